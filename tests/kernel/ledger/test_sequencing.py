"""Nothing is signed over a past that is not the one that was signed; keys are handed over."""

import pytest
from sqlalchemy import text

from wardline.kernel.duties.model import LeaseLostError
from wardline.kernel.duties.service import Duties
from wardline.kernel.errors import ConflictError
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger import sequencing, store
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.model import Entry
from wardline.kernel.ledger.sequencing import WrongKeyError
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.ledger.tree import LedgerDamagedError
from wardline.kernel.ledger.trust import changed
from wardline.kernel.paging import Page


def add(database, ledger, clock, count=1):
    with database.transaction() as tx:
        entries = [Entry("a:b", f"x{n}") for n in range(count)]
        ledger.record_all(tx, at=clock.forward(seconds=1), who=PLATFORM, entries=entries)


@pytest.fixture
def ledger(lite, clock, tmp_path):
    made = Ledger(lite, clock, Signer.opened(tmp_path / "state"))
    add(lite, made, clock, 300)
    made.sequence()
    return made


@pytest.fixture
def attacker(lite, ledger):
    def run(*statements, **values):
        with lite.transaction() as tx:
            for table in store.GROWING:
                for verb in ("update", "delete"):
                    tx.execute(text(f"DROP TRIGGER IF EXISTS {table.name}_no_{verb}"))
            for statement in statements:
                tx.execute(text(statement), values)

    return run


WRONG = {
    "a head too few": ["DELETE FROM ledger_heads"],
    "a number too few": ["DELETE FROM ledger_leaves WHERE number = 300"],
    "a leaf that a peak is made of": ["UPDATE ledger_leaves SET hash = zeroblob(32) WHERE number = 290"],
    "a missing leaf within": [
        "DELETE FROM ledger_leaves WHERE number = 290",
    ],
    "a stored peak": ["UPDATE ledger_nodes SET hash = zeroblob(32)"],
    "a stored peak that is missing": ["DELETE FROM ledger_nodes"],
    "a head's root": ["UPDATE ledger_heads SET root = zeroblob(32)"],
    "a head's signature": ["UPDATE ledger_heads SET signature = zeroblob(64)"],
    "another first event": ["UPDATE ledger_events SET details = '{}' WHERE action = 'ledger:begun'"],
}


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_added_to_a_damaged_ledger(lite, ledger, clock, attacker, what):
    attacker(*WRONG[what])
    add(lite, ledger, clock)
    with pytest.raises(LedgerDamagedError):
        ledger.sequence()
    with lite.reading() as tx:
        assert store.pending_count(tx) == 1


def test_a_node_signs_nothing_after_a_head_that_it_has_seen_is_gone(lite, ledger, clock, attacker):
    add(lite, ledger, clock, 2)
    ledger.sequence()
    attacker("DELETE FROM ledger_heads WHERE size = 303", "DELETE FROM ledger_leaves WHERE number >= 301")
    add(lite, ledger, clock)
    with pytest.raises(LedgerDamagedError, match="has signed a head over 303"):
        ledger.sequence()


def test_a_node_with_another_key_signs_nothing(lite, ledger, clock):
    other = Ledger(lite, clock, Signer.generated())
    add(lite, ledger, clock)
    with pytest.raises(WrongKeyError) as raised:
        other.sequence()
    assert "key file" in raised.value.hint
    assert ledger.sequence() == 1


def test_a_key_is_handed_over_with_the_word_of_the_one_before(lite, ledger, clock):
    new = Signer.generated()
    add(lite, ledger, clock, 3)
    kept = ledger.note(PLATFORM)
    head = ledger.change_key(PLATFORM, new)
    assert (head.key_id, head.size) == (new.key_id, 305)
    add(lite, ledger, clock)
    with pytest.raises(WrongKeyError):
        ledger.sequence()
    after = Ledger(lite, clock, new)
    assert after.sequence() == 1
    assert [(key.key_id, key.since, key.vouched) for key in after.keys(PLATFORM)] == [
        (ledger._signer.key_id, 0, True),
        (new.key_id, 304, True),
    ]
    assert after.verify(kept=[kept]).ok
    assert ledger.verify().ok


def test_a_lost_key_is_replaced_and_verification_says_so_until_it_is_told(lite, clock):
    lost = Ledger(lite, clock, Signer.generated())
    add(lite, lost, clock, 3)
    lost.sequence()
    new = Signer.generated()
    ledger = Ledger(lite, clock, new)
    ledger.change_key(PLATFORM, new, lost=True)
    add(lite, ledger, clock)
    ledger.sequence()
    (problem,) = ledger.verify().problems
    assert (problem.kind, problem.number) == ("key", 4)
    assert new.key_id in problem.text
    assert ledger.verify(trusted=[new.key_id]).ok


def test_a_ledger_that_has_not_begun_has_no_key_to_change(lite, clock):
    with pytest.raises(ConflictError):
        Ledger(lite, clock, Signer.generated()).change_key(PLATFORM, Signer.generated())


def test_an_event_that_only_looks_like_a_handover_is_none(lite, ledger, clock):
    """Anybody who can write to the database can have it numbered."""
    thief = Signer.generated()
    details = changed("wardline/elsewhere", thief, thief)
    with lite.transaction() as tx:
        ledger.record(tx, at=clock(), who=PLATFORM, action="ledger:key-changed", subject="ledger", details=details)
        ledger.record(tx, at=clock(), who=PLATFORM, action="ledger:begun", subject="ledger", details=details)
        ledger.record(tx, at=clock(), who=PLATFORM, action="ledger:key-changed", subject="ledger", details={"vouch": 1})
    ledger.sequence()
    assert [key.key_id for key in ledger.keys(PLATFORM)] == [ledger._signer.key_id]
    assert ledger.verify().ok


def test_more_than_fits_under_one_head_is_numbered_in_steps(lite, ledger, clock, monkeypatch):
    monkeypatch.setattr(sequencing, "MAX_EVENTS", 7)
    add(lite, ledger, clock, 20)
    assert [ledger.sequence() for _ in range(4)] == [7, 7, 6, 0]
    events = ledger.list(PLATFORM, page=Page(20)).rows
    assert [event.subject for event in reversed(events)] == [f"x{n}" for n in range(20)]
    assert ledger.verify().ok


def test_the_first_step_is_bounded_as_well(lite, clock, monkeypatch):
    monkeypatch.setattr(sequencing, "MAX_EVENTS", 7)
    ledger = Ledger(lite, clock, Signer.generated())
    add(lite, ledger, clock, 10)
    assert [ledger.sequence() for _ in range(3)] == [8, 3, 0]
    assert ledger.get(PLATFORM, 0).action == "ledger:begun"
    assert ledger.verify().ok


def test_a_sequencer_that_lost_its_lease_numbers_nothing(lite, ledger, clock):
    add(lite, ledger, clock)

    class Elsewhere:
        now = clock()

        def transaction(self):
            raise LeaseLostError("another node has taken over")

    with pytest.raises(LeaseLostError):
        ledger.sequence(Elsewhere())
    assert ledger.head(PLATFORM).size == 301


def test_the_duty_numbers_what_there_is_and_says_how_much(database, clock):
    ledger = Ledger(database, clock, Signer.generated())
    runner = Duties(database, clock, "one").runner([ledger.duty()])
    assert [outcome.said for outcome in runner.step(clock())] == [""]
    add(database, ledger, clock, 5)
    assert [outcome.said for outcome in runner.step(clock())] == ["6 events"]
    assert ledger.duty().resident
    assert ledger.duty().every_seconds == 0.1
