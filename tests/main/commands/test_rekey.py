"""`wardline rekey`: refused while a node runs, and where there is nothing to change."""

from pathlib import Path

import pytest

from wardline.cli.root import command
from wardline.kernel import clock, settings
from wardline.kernel.database.engine import Database
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.main import migrating, state


def test_a_key_is_changed_once_nothing_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = state.prepared(tmp_path / "state")
    known = settings.load(folder, {})
    database = Database(known.database)
    migrating.migrate(database)
    assert command(["rekey", "--state", str(folder)]) == 2
    assert "has not begun" in capsys.readouterr().err
    ledger = Ledger(database, clock.now, Signer.opened(folder))
    with database.transaction() as tx:
        ledger.record(tx, at=clock.now(), who=PLATFORM, action="a:b", subject="svc-1")
    ledger.sequence()
    database.close()
    with state.held(folder):
        state.remember(folder, process=1)
        assert command(["rekey", "--state", str(folder)]) == 2
    assert "`wardline down` first" in capsys.readouterr().err
    assert command(["rekey", "--state", str(folder)]) == 0
    assert f"before it was {ledger.keys(PLATFORM)[0].key_id}" in capsys.readouterr().out
    database.close()
