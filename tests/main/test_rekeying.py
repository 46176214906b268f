"""Changing the ledger's key: handed over on the record, finished where it was cut off, and never silently."""

from pathlib import Path

import pytest

from wardline.kernel import clock, settings
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import ConflictError
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger import export
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.main import migrating, rekeying


@pytest.fixture
def known(tmp_path, sqlite_template, monkeypatch):
    monkeypatch.setattr(migrating, "require_migrated", lambda _: None)  # the template was made without migrations
    (tmp_path / "wardline.db").write_bytes(sqlite_template.read_bytes())
    return settings.load(tmp_path, {})


def recorded(known) -> Ledger:
    ledger = Ledger(Database(known.database), clock.now, Signer.opened(known.state))
    with ledger._database.transaction() as tx:
        ledger.record(tx, at=clock.now(), who=PLATFORM, action="a:b", subject="svc-1")
    ledger.sequence()
    return ledger


def test_the_old_key_vouches_for_the_new_one_and_what_is_signed_later_verifies(known):
    before = recorded(known).note(PLATFORM)
    done = rekeying.rekey(known)
    ledger = recorded(known)
    assert [key.key_id for key in ledger.keys(PLATFORM)] == [done.old, done.new]
    assert Signer.opened(known.state).key_id == done.new
    assert export.verify_lines(ledger.export(PLATFORM), kept=[before]).ok
    assert sorted(path.name for path in known.state.glob("ledger.key*")) == [
        "ledger.key",
        f"ledger.key.{done.old}.retired",
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in known.state.glob("ledger.key*"))


@pytest.mark.parametrize("point", ["link", "replace"])
def test_what_was_cut_off_is_finished_by_doing_it_again(known, monkeypatch, point):
    old = recorded(known).keys(PLATFORM)[0].key_id

    def cut(*_: object) -> None:
        raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(*((rekeying.os, "link") if point == "link" else (Path, "replace")), cut)
        with pytest.raises(InterruptedError):
            rekeying.rekey(known)
    done = rekeying.rekey(known)
    assert (done.old, done.vouched) == (old, True)
    ledger = recorded(known)
    assert [key.key_id for key in ledger.keys(PLATFORM)] == [old, done.new]
    assert ledger.verify().ok


def test_a_lost_key_is_replaced_aloud(known):
    recorded(known)
    (known.state / "ledger.key").unlink()
    for head in known.state.glob("*.head"):
        head.unlink()
    with pytest.raises(ConflictError, match="holds the key"):
        rekeying.rekey(known)
    done = rekeying.rekey(known, lost=True)
    lines = list(recorded(known).export(PLATFORM))
    assert {problem.kind for problem in export.verify_lines(lines).problems} == {"key"}
    assert export.verify_lines(lines, trusted=[done.new]).ok
    with pytest.raises(ConflictError, match="not lost"):
        rekeying.rekey(known, lost=True)


def test_a_ledger_that_has_not_begun_has_no_key_to_change(known):
    with pytest.raises(ConflictError, match="not begun"):
        rekeying.rekey(known)
