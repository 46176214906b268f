"""Record, number, list, prove: on both databases."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from wardline.kernel import merkle
from wardline.kernel.errors import AskedWronglyError, DeniedError, NotFoundError
from wardline.kernel.identity.model import PLATFORM, Principal
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.model import Entry
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.paging import Page

ADA = Principal("person", "acc-ada", "Ada", frozenset({"ledger:read"}), teams=frozenset({"tea-1"}), via="ses-1")
AUDITOR = Principal("person", "acc-aud", "Aud", frozenset({"ledger:read", "ledger:read-all"}))
NARROWED = AUDITOR._replace(services=frozenset({"svc-2"}))
NOBODY = Principal("person", "acc-no", "No")


@pytest.fixture
def ledger(database, clock):
    return Ledger(database, clock, Signer.generated())


@pytest.fixture
def record(database, ledger, clock):
    def make(action="a:b", subject="x", about=(), details=None, who=PLATFORM):
        with database.transaction() as tx:
            return ledger.record(
                tx, at=clock(), who=who, action=action, subject=subject, about=about, details=details or {}
            )

    return make


def subjects(listing):
    return [event.subject for event in listing.rows]


def test_an_event_comes_back_as_it_was_recorded(ledger, record, clock):
    details = {"reason": "naïve \x00 \U0001f600", "days": 7, "ratio": 0.5, "list": [None, True], "nested": {"a": {}}}
    made = record("waiver:approved", "wvr-1", ["svc-2", "svc-1", "svc-1"], details, who=ADA)
    event = ledger.get(AUDITOR, made)
    assert event._asdict() == {
        "id": made, "at": clock(), "actor": "acc-ada", "actor_name": "Ada", "via": "ses-1", "action": "waiver:approved",
        "subject": "wvr-1", "about": ("svc-1", "svc-2"), "details": details, "number": None,
    }  # fmt: skip
    assert ledger.sequence() == 2
    assert ledger.get(AUDITOR, made).number == 1
    assert ledger.get(AUDITOR, 1) == ledger.get(AUDITOR, "1") == ledger.get(AUDITOR, made)
    assert ledger.verify().ok


def test_what_the_database_cannot_keep_is_kept_as_it_can_and_verifies(ledger, record):
    made = record("a:b", "x\x00y", ["\ud800"], {"\udfff": "\x00"}, who=ADA._replace(name="A\x00\ud800"))
    ledger.sequence()
    event = ledger.get(AUDITOR, made)
    assert (event.subject, event.about, event.details) == ("x\ufffdy", ("\ufffd",), {"\ufffd": "\x00"})
    assert ledger.verify().ok


def test_an_event_stands_only_if_its_transaction_does(database, ledger, clock):
    def cut_off():
        with database.transaction() as tx:
            ledger.record(tx, at=clock(), who=PLATFORM, action="a:b", subject="x")
            raise KeyError

    with pytest.raises(KeyError):
        cut_off()
    assert ledger.sequence() == 0
    assert ledger.head(AUDITOR) is None
    assert ledger.note(AUDITOR) == ""


def test_the_first_event_names_the_ledger_and_its_key(ledger, record):
    record()
    ledger.sequence()
    first = ledger.get(AUDITOR, 0)
    (key,) = ledger.keys(AUDITOR)
    assert (first.action, first.subject, first.details["key_id"]) == ("ledger:begun", "ledger", key.key_id)
    assert ledger.note(AUDITOR).startswith(first.details["origin"])


def test_numbers_follow_the_order_of_recording(database, ledger, clock):
    for batch in range(3):
        entries = [Entry("a:b", f"{batch}-{n:02}") for n in range(40)]
        with database.transaction() as tx:
            ids = ledger.record_all(tx, at=clock(), who=PLATFORM, entries=entries)
            assert len(set(ids)) == 40
        if batch:
            ledger.sequence()
    events = ledger.list(AUDITOR, action="a:b", page=Page(1000)).rows
    assert [event.number for event in events] == list(range(120, 0, -1))
    assert [event.subject for event in reversed(events)] == [f"{batch}-{n:02}" for batch in range(3) for n in range(40)]


def test_recording_nothing_is_nothing(database, ledger, clock):
    with database.transaction() as tx:
        assert ledger.record_all(tx, at=clock(), who=PLATFORM, entries=[]) == []


def test_a_step_that_has_nothing_new_signs_nothing(ledger, record):
    record()
    assert ledger.sequence() == 2
    head = ledger.head(AUDITOR)
    assert ledger.sequence() == 0
    assert ledger.head(AUDITOR) == head
    assert len(ledger.heads(AUDITOR).rows) == 1


def test_every_event_and_every_head_is_proved(database, ledger, clock):
    sizes = []
    for count in (1, 2, 250, 300, 5):
        entries = [Entry("a:b", f"x{n}") for n in range(count)]
        with database.transaction() as tx:
            ledger.record_all(tx, at=clock(), who=PLATFORM, entries=entries)
        ledger.sequence()
        sizes.append(ledger.head(AUDITOR).size)
    last = ledger.head(AUDITOR)
    for number in (0, 1, 2, 254, 255, 256, 511, 512, last.size - 1):
        proof = ledger.inclusion(AUDITOR, number, last.size)
        assert proof.root == last.root
        assert merkle.verify_inclusion(proof.first_hash, number, last.size, proof.hashes, last.root)
    heads = {head.size: head for head in ledger.heads(AUDITOR).rows}
    assert sorted(heads) == sizes
    for first in sizes:
        for second in sizes[sizes.index(first) :]:
            proof = ledger.consistency(AUDITOR, first, second)
            roots = heads[first].root, heads[second].root
            assert (proof.first_hash, proof.root) == roots
            assert merkle.verify_consistency(first, second, proof.hashes, *roots)


def test_there_is_no_proof_of_what_is_not_there(ledger, record):
    record()
    ledger.sequence()
    for number, size in [(0, 3), (-1, 2), (2, 2), (0, 0), (10**30, 10**31)]:
        with pytest.raises(AskedWronglyError):
            ledger.inclusion(AUDITOR, number, size)
        with pytest.raises(AskedWronglyError):
            ledger.consistency(AUDITOR, size, number + 1)


def test_lists_are_filtered_and_go_on_where_they_ended(ledger, record):
    for n in range(7):
        record("finding:opened", f"fnd-{n}", ["svc-1"])
        record("finding:fixed", f"fnd-{n}", ["svc-2"], who=ADA)
        record("findings:x", f"fnd-{n}")
    ledger.sequence()
    record("finding:opened", "fnd-7", ["svc-1"])
    assert subjects(ledger.list(AUDITOR, about="svc-1")) == [f"fnd-{n}" for n in range(7, -1, -1)]
    assert subjects(ledger.list(AUDITOR, about="fnd-3")) == ["fnd-3"] * 3
    assert len(ledger.list(AUDITOR, action="finding:").rows) == 15
    assert len(ledger.list(AUDITOR, action="finding:fixed", actor="acc-ada").rows) == 7
    found, page = [], Page(3)
    while True:
        listing = ledger.list(AUDITOR, about="svc-1", page=page)
        found += subjects(listing)
        if listing.next_cursor is None:
            break
        page = Page(3, listing.next_cursor)
        record("finding:opened", "later", ["svc-1"])
    assert found == [f"fnd-{n}" for n in range(7, -1, -1)]


def test_heads_are_listed_newest_first_a_piece_at_a_time(ledger, record):
    for _ in range(5):
        record()
        ledger.sequence()
    first = ledger.heads(AUDITOR, Page(2))
    second = ledger.heads(AUDITOR, Page(3, first.next_cursor))
    assert [head.size for head in (*first.rows, *second.rows)] == [6, 5, 4, 3, 2]
    assert second.next_cursor is None


def test_a_piece_of_a_list_is_bounded(ledger):
    for limit in (0, -1, 1001):
        with pytest.raises(AskedWronglyError):
            ledger.list(AUDITOR, page=Page(limit))
        with pytest.raises(AskedWronglyError):
            ledger.heads(AUDITOR, Page(limit))


def test_who_may_not_read_the_ledger_reads_nothing_of_it(ledger, record):
    made = record(who=NOBODY)
    ledger.sequence()
    asked = [
        lambda: ledger.list(NOBODY),
        lambda: ledger.get(NOBODY, made),
        lambda: ledger.head(NOBODY),
        lambda: ledger.heads(NOBODY),
        lambda: ledger.keys(NOBODY),
        lambda: ledger.note(NOBODY),
        lambda: ledger.inclusion(NOBODY, 0, 1),
        lambda: ledger.consistency(NOBODY, 1, 2),
        lambda: ledger.verify(who=NOBODY),
        lambda: ledger.export(NOBODY),
        lambda: ledger.export(ADA),
        lambda: ledger.export(NARROWED),
        lambda: ledger.change_key(AUDITOR, Signer.generated()),
    ]
    for ask in asked:
        with pytest.raises(DeniedError):
            ask()


def test_one_sees_what_concerns_ones_teams_and_oneself(ledger, record):
    seen = [
        record("a:b", "own", who=ADA),
        record("a:b", "team's", ["tea-1", "svc-1"]),
        record("account:changed", "acc-ada"),
    ]
    hidden = [record("a:b", "other team's", ["tea-2", "svc-2"]), record("a:b", "nobody's")]
    ledger.sequence()
    assert subjects(ledger.list(ADA)) == ["acc-ada", "team's", "own"]
    assert subjects(ledger.list(ADA, about="svc-2")) == []
    assert subjects(ledger.list(NARROWED)) == ["other team's"]
    for made in seen:
        assert ledger.get(ADA, made).id == made
    for made in (*hidden, 0, "0", "evt-none", "9" * 30, -1):
        with pytest.raises(NotFoundError, match="no such event"):
            ledger.get(ADA, made)
    with pytest.raises(NotFoundError):
        ledger.get(NARROWED, seen[1])
    assert len(ledger.list(AUDITOR).rows) == 6


def test_a_service_reads_a_history_for_those_it_has_let_in(database, ledger, record):
    record("finding:opened", "fnd-1", ["svc-1"])
    record("finding:fixed", "fnd-1", ["svc-1"])
    with database.reading() as tx:
        assert [event.action for event in ledger.history(tx, "fnd-1", Page()).rows] == [
            "finding:fixed",
            "finding:opened",
        ]


class Writers:
    """Threads that record, and threads that number; each writer notes what was committed before its own began."""

    def __init__(self, database, ledger, clock):
        self.database, self.ledger, self.clock = database, ledger, clock
        self.committed: list[str] = []
        self.before: dict[str, int] = {}
        self.stop = threading.Event()

    def write(self, name):
        for n in range(12):
            subject = f"{name}-{n}"
            self.before[subject] = len(self.committed)
            with self.database.transaction() as tx:
                self.ledger.record(tx, at=self.clock(), who=PLATFORM, action="a:b", subject=subject)
                time.sleep(0.002)
            self.committed.append(subject)

    def number(self):
        while not self.stop.is_set():
            self.ledger.sequence()
            time.sleep(0.001)

    def run(self):
        with ThreadPoolExecutor(6) as pool:
            numbering = [pool.submit(self.number) for _ in range(2)]
            writing = [pool.submit(self.write, name) for name in "abcd"]
            try:
                for future in writing:
                    future.result()
            finally:
                self.stop.set()
            for future in numbering:
                future.result()
        while self.ledger.sequence():
            pass


def test_what_was_committed_before_another_began_has_the_lower_number(database, ledger, clock):
    writers = Writers(database, ledger, clock)
    writers.run()
    numbers = {event.subject: event.number for event in ledger.list(AUDITOR, action="a:b", page=Page(1000)).rows}
    assert sorted(numbers.values()) == list(range(1, 49))
    for subject, count in writers.before.items():
        assert all(numbers[earlier] < numbers[subject] for earlier in writers.committed[:count])
    assert ledger.verify().ok
