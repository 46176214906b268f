"""Somebody who can write to the database, past every guard, changes the ledger: verification says what, and where.

Each kind of tampering is tried on both databases, and each check is seen to be the one that finds it: with that check
taken out, the same tampering goes unseen.
"""

# ruff: noqa: E501, S608 - a table of statements, which name our own tables

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from wardline.kernel import merkle
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger import encoding, keys, store, stored, verification
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.model import Entry
from wardline.kernel.ledger.service import Ledger

EVENTS = 600  # more than one stored subtree of 256
HEADS = 6


@pytest.fixture
def signer():
    return Signer.generated()


@pytest.fixture
def ledger(database, clock, signer):
    made = Ledger(database, clock, signer)
    for batch in range(HEADS):
        each = EVENTS // HEADS
        entries = [Entry("finding:opened", f"fnd-{batch}-{n}", ("svc-1",), {"n": n}) for n in range(each)]
        with database.transaction() as tx:
            made.record_all(tx, at=clock.forward(seconds=1), who=PLATFORM, entries=entries)
        assert made.sequence() >= each
    return made


@pytest.fixture
def attacker(database, ledger):
    """Changes anything: whoever owns the database can take its triggers away."""
    unguarded(database)

    def run(statement: str, **values: Any) -> None:
        with database.transaction() as tx:
            tx.execute(text(statement), values)

    return run


def unguarded(database):
    with database.transaction() as tx:
        for table in store.GROWING:
            if database.postgresql:
                tx.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
            else:
                for verb in ("update", "delete"):
                    tx.execute(text(f"DROP TRIGGER {table.name}_no_{verb}"))


def kinds(ledger, **how):
    found = ledger.verify(**how)
    assert found.ok == (not found.problems)
    return [(problem.kind, problem.number) for problem in found.problems]


def test_a_ledger_that_nobody_touched_is_right(ledger, signer):
    seen = []
    found = ledger.verify(lambda read, of: seen.append((read, of)))
    assert found.ok
    assert (found.size, found.heads) == (EVENTS + 1, HEADS)
    assert found.root == ledger.head(PLATFORM).root
    assert seen[-1] == (EVENTS + 1, EVENTS + 1)


def test_an_empty_ledger_is_right(database, clock, signer):
    found = Ledger(database, clock, signer).verify()
    assert (found.ok, found.size, found.root) == (True, 0, merkle.EMPTY_ROOT)


def test_what_waits_for_a_number_is_no_problem(database, clock, ledger):
    with database.transaction() as tx:
        ledger.record(tx, at=clock(), who=PLATFORM, action="a:b", subject="x")
    assert ledger.verify().ok


@pytest.mark.parametrize("batch", [1, 7, 256, 5000])
def test_the_size_of_a_batch_changes_nothing(monkeypatch, lite, clock, signer, batch):
    monkeypatch.setattr(verification, "BATCH", batch)
    made = Ledger(lite, clock, signer)
    with lite.transaction() as tx:
        made.record_all(tx, at=clock(), who=PLATFORM, entries=[Entry("a:b", f"x{n}") for n in range(300)])
    made.sequence()
    found = made.verify()
    assert (found.ok, found.size, found.heads) == (True, 301, 1)


# Each: what is done, and what is said of it.
EDITS = {
    "an event's subject": ("UPDATE ledger_events SET subject = 'fnd-9' WHERE entry = :e", [("edited", 7), ("index", 7), ("index", 7)]),
    "an event's details": ("UPDATE ledger_events SET details = '{}' WHERE entry = :e", [("edited", 7)]),
    "the spelling of details": ("UPDATE ledger_events SET details = '{\"n\": 5}' WHERE entry = :e", [("edited", 7)]),
    "who did it": ("UPDATE ledger_events SET actor_name = 'Eve' WHERE entry = :e", [("edited", 7)]),
    "when it was": ("UPDATE ledger_events SET at = '2020-01-01 00:00:00.000000' WHERE entry = :e", [("edited", 7)]),
    "an event's id": ("UPDATE ledger_events SET id = 'evt-1' WHERE entry = :e", [("edited", 7)]),
    "an event taken away": ("DELETE FROM ledger_events WHERE entry = :e", [("index", None), ("index", None), ("deleted", 7)]),
    "a number taken away": ("DELETE FROM ledger_leaves WHERE number = 7", [("withheld", None), ("deleted", 7)]),
    "a leaf's hash": ("UPDATE ledger_leaves SET hash = :h WHERE number = 7", [("edited", 7), ("head", 101)]),
    "a stored hash above": ("UPDATE ledger_nodes SET hash = :h WHERE level = 8 AND position = 1", [("tree", 256)]),
    "a stored hash taken away": ("DELETE FROM ledger_nodes WHERE level = 8 AND position = 1", [("tree", None)]),
    "a stored hash too many": ("INSERT INTO ledger_nodes VALUES (8, 2, :h)", [("tree", None)]),
    "a head's root": ("UPDATE ledger_heads SET root = :h WHERE size = 301", [("signature", 301), ("head", 301)]),
    "a head's time": ("UPDATE ledger_heads SET at = '2020-01-01 00:00:00.000000' WHERE size = 301", [("signature", 301)]),
    "a head's key": ("UPDATE ledger_heads SET key_id = 'other' WHERE size = 301", [("signature", 301)]),
    "the newest head taken away": ("DELETE FROM ledger_heads WHERE size = 601", [("truncated", 501)]),
    "the end of the numbers taken away": (
        "DELETE FROM ledger_leaves WHERE number >= 590",
        [*[("withheld", None)] * 10, ("truncated", 590)],
    ),
    "an event hidden from pages": ("DELETE FROM ledger_about WHERE entry = :e AND identifier = 'svc-1'", [("index", 7)]),
    "an event shown where it does not belong": ("INSERT INTO ledger_about VALUES ('svc-2', :e)", [("index", 7)]),
    "a page's line of nothing": ("INSERT INTO ledger_about VALUES ('svc-2', 999999)", [("index", None)]),
}  # fmt: skip


def test_what_was_changed_is_named(ledger, attacker, database):
    (entry,) = entries_of(database, 7)
    for table in store.GROWING:
        attacker(f"CREATE TABLE kept_{table.name} AS SELECT * FROM {table.name}")
    found = {}
    for what, (statement, _) in EDITS.items():
        values = {"e": entry, "h": b"\x01" * 32}
        attacker(statement, **{name: value for name, value in values.items() if f":{name}" in statement})
        found[what] = kinds(ledger)
        for table in store.GROWING:
            attacker(f"DELETE FROM {table.name}")
            whole = "OVERRIDING SYSTEM VALUE" if database.postgresql and table is store.EVENTS else ""
            attacker(f"INSERT INTO {table.name} {whole} SELECT * FROM kept_{table.name}")
    assert found == {what: expected for what, (_, expected) in EDITS.items()}
    assert kinds(ledger) == []


def entries_of(database, *numbers):
    with database.reading() as tx:
        return [tx.scalar(text("SELECT entry FROM ledger_leaves WHERE number = :n"), {"n": n}) for n in numbers]


def test_two_events_that_changed_places_are_named(database, ledger, attacker):
    seventh, ninth = entries_of(database, 7, 9)
    attacker("UPDATE ledger_leaves SET entry = -1 WHERE number = 7")
    attacker("UPDATE ledger_leaves SET entry = :e WHERE number = 9", e=seventh)
    attacker("UPDATE ledger_leaves SET entry = :e WHERE number = 7", e=ninth)
    assert kinds(ledger) == [("reordered", 7), ("reordered", 9)]


def rebuilt(database, attacker, first, signer=None):
    """Make leaves, stored hashes and heads follow from the events as they are, from number `first` on.

    The heads keep their signatures, or are signed anew by `signer`.
    """
    with database.reading() as tx:
        size, heads = store.size(tx), store.heads(tx, limit=1000)
        rows = {row["number"]: row for row in stored.leaves(tx, 0, size)}
        origin = encoding.read(rows[0]["details"])["origin"]
    digests = {}
    tree = merkle.Tree()
    roots = {}
    for number in range(size):
        leaf = merkle.leaf_hash(encoding.entry(rows[number]))
        if number >= first:
            attacker("UPDATE ledger_leaves SET hash = :h WHERE number = :n", h=leaf, n=number)
        tree.append(leaf, lambda level, place, digest: digests.update({(level, place): digest}))
        roots[tree.size] = tree.root()
    for (level, place), digest in digests.items():
        if level == 8:
            attacker("UPDATE ledger_nodes SET hash = :h WHERE level = 8 AND position = :p", h=digest, p=place)
    for head in heads:
        if signer is not None and head.size > first:
            signature = signer.sign(keys.signed_text(origin, head.size, roots[head.size], head.at))
            attacker(
                "UPDATE ledger_heads SET root = :r, signature = :s, key_id = :k WHERE size = :n",
                r=roots[head.size], s=signature, k=signer.key_id, n=head.size,
            )  # fmt: skip


def test_an_event_that_was_edited_with_its_whole_tree_contradicts_the_head_over_it(database, ledger, attacker):
    attacker("UPDATE ledger_events SET actor_name = 'Eve' WHERE entry = :e", e=entries_of(database, 450)[0])
    rebuilt(database, attacker, 450)
    (problem,) = ledger.verify().problems
    assert (problem.kind, problem.number) == ("head", 501)
    assert "between the numbers 401 and 500" in problem.text


def test_heads_that_another_key_signed_are_forged(database, ledger, attacker):
    attacker("UPDATE ledger_events SET actor_name = 'Eve' WHERE entry = :e", e=entries_of(database, 450)[0])
    rebuilt(database, attacker, 450, Signer.generated())
    assert kinds(ledger) == [("signature", 501), ("signature", 601)]


def test_a_past_that_was_written_anew_with_the_stolen_key_contradicts_a_head_kept_elsewhere(
    database, ledger, attacker, signer
):
    kept = ledger.note(PLATFORM)
    attacker("UPDATE ledger_events SET actor_name = 'Eve' WHERE entry = :e", e=entries_of(database, 450)[0])
    rebuilt(database, attacker, 450, signer)
    assert kinds(ledger) == [], "nothing in the database can show it"
    assert kinds(ledger, kept=[kept]) == [("fork", 601)]


def shortened(attacker, database, size):
    """Take the end of the ledger away without a trace in the database."""
    tree = f"SELECT entry FROM ledger_leaves WHERE number >= {size}"
    attacker(f"DELETE FROM ledger_events WHERE entry IN ({tree})")
    attacker(f"DELETE FROM ledger_about WHERE entry IN ({tree})")
    attacker("DELETE FROM ledger_leaves WHERE number >= :n", n=size)
    attacker("DELETE FROM ledger_nodes WHERE level = 8 AND position >= :n", n=size >> 8)
    attacker("DELETE FROM ledger_heads WHERE size > :n", n=size)


def test_a_ledger_cut_short_without_a_trace_contradicts_a_head_kept_elsewhere(database, ledger, attacker):
    kept = ledger.note(PLATFORM)
    shortened(attacker, database, 401)
    assert kinds(ledger) == [], "nothing in the database can show it"
    assert kinds(ledger, kept=[kept]) == [("truncated", 601)]


def test_a_node_remembers_the_last_head_it_has_seen(database, clock, tmp_path):
    ledger = Ledger(database, clock, Signer.opened(tmp_path))
    for _ in range(2):
        with database.transaction() as tx:
            ledger.record(tx, at=clock.forward(seconds=1), who=PLATFORM, action="a:b", subject="x")
        ledger.sequence()
    unguarded(database)

    def run(statement, **values):
        with database.transaction() as tx:
            tx.execute(text(statement), values)

    shortened(run, database, 2)
    assert kinds(ledger) == [("truncated", 3)]


def test_a_ledger_made_anew_with_another_key_is_not_ours(database, clock, ledger, signer):
    """Everything is taken away and written again, signed well, by somebody who has not our key."""
    kept = ledger.note(PLATFORM)
    unguarded(database)
    with database.transaction() as tx:
        for table in (*store.GROWING, store.PENDING):
            tx.execute(text(f"DELETE FROM {table.name}"))
    other = Ledger(database, clock, Signer.generated())
    with database.transaction() as tx:
        other.record(tx, at=clock(), who=PLATFORM, action="a:b", subject="x")
    other.sequence()
    assert kinds(other) == []
    assert kinds(ledger) == [("key", None)]
    assert kinds(other, kept=[kept]) == [("fork", 601)]


def test_a_kept_head_that_no_key_of_the_ledger_signed_is_a_problem(ledger, signer):
    origin, head = keys.read_note(ledger.note(PLATFORM))
    forged = keys.note(origin, head._replace(signature=bytes(64)), signer.public)
    assert kinds(ledger, kept=[forged]) == [("fork", 601)]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("events", "at", "yesterday"),
        ("events", "at", 5),
        ("events", "about", None),
        ("events", "about", "{"),
        ("events", "details", 7),
        ("events", "details", "\x00{{"),
        ("events", "subject", 12.5),
        ("events", "action", b"\xff"),
        ("events", "via", "\ud7ff"),
        ("leaves", "hash", "text"),
        ("leaves", "hash", b"short"),
        ("leaves", "hash", 3),
    ],
)
def test_values_of_other_types_are_problems_of_their_row(small, table, column, value):
    """SQLite keeps any value in any column; SQLite's own NOT NULL is taken away as well."""
    _, ledger, raw = small
    raw.execute("PRAGMA writable_schema = ON")
    raw.execute("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '') WHERE name LIKE 'ledger_%'")
    raw.execute("PRAGMA writable_schema = RESET")
    numbers = {0, 7, 255, 600}
    for number in numbers:
        (entry,) = raw.execute("SELECT entry FROM ledger_leaves WHERE number = ?", (number,)).fetchone()
        raw.execute(f"UPDATE ledger_{table} SET {column} = ? WHERE entry = ?", (value, entry))
    found = ledger.verify().problems
    assert {problem.number for problem in found if problem.kind in {"deleted", "edited", "tree"}} == numbers
    assert {problem.kind for problem in found} <= {"deleted", "edited", "tree", "index", "signature", "key"}


@pytest.mark.parametrize(("column", "value"), [("root", "text"), ("signature", 5), ("at", "never"), ("key_id", b"1")])
def test_heads_of_other_types_are_problems(small, column, value):
    _, ledger, raw = small
    raw.execute(f"UPDATE ledger_heads SET {column} = ?", (value,))
    assert {problem.kind for problem in ledger.verify().problems} <= {"head", "signature"}
    assert not ledger.verify().ok


@pytest.fixture
def small(lite, clock, signer):
    """A ledger on SQLite, and a connection to its file that knows no guard."""
    made = Ledger(lite, clock, signer)
    with lite.transaction() as tx:
        made.record_all(tx, at=clock(), who=PLATFORM, entries=[Entry("a:b", f"x{n}", ("svc-1",)) for n in range(600)])
    made.sequence()
    unguarded(lite)
    raw = sqlite3.connect(lite.engine.url.database, isolation_level=None)
    yield lite, made, raw
    raw.close()


def test_thousands_of_problems_are_counted_and_not_listed(small):
    _, ledger, raw = small
    raw.execute("UPDATE ledger_events SET actor_name = 'Eve'")
    found = ledger.verify()
    assert (len(found.problems), found.more) == (100, True)


def unseen(*_: Any, **__: Any) -> None:
    """What a check becomes that is taken out."""


# Each: a tampering of above, the check that finds it, what stands in its place, and what is no longer found.
CHECKS: list[tuple[str, object, str, Callable[..., Any], str]] = [
    ("an event's subject", verification, "_leaf", lambda row: row["hash"], "edited"),
    ("an event hidden from pages", verification, "_index", unseen, "index"),
    ("an event shown where it does not belong", verification, "_index", unseen, "index"),
    ("a page's line of nothing", stored, "index_without_events", lambda *_: [], "index"),
    ("a number taken away", stored, "withheld", lambda *_: [], "withheld"),
    ("a stored hash above", store, "hashes", lambda *_: [], "tree"),
    ("a stored hash taken away", verification, "_whole", unseen, "tree"),
    ("a stored hash too many", verification, "_whole", unseen, "tree"),
    ("a head's time", keys, "verified", lambda *_: True, "signature"),
    ("a head's root", merkle.Tree, "root", lambda _: b"\x01" * 32, "head"),
    ("the newest head taken away", verification, "_whole", unseen, "truncated"),
]


@pytest.mark.parametrize("check", CHECKS, ids=[check[0] for check in CHECKS])
def test_without_its_check_the_same_tampering_goes_unseen(monkeypatch, small, check):
    what, place, name, instead, kind = check
    _, ledger, raw = small
    statement, _ = EDITS[what]
    (entry,) = raw.execute("SELECT entry FROM ledger_leaves WHERE number = 7").fetchone()
    raw.execute(statement.replace("301", "601"), {"e": entry, "h": b"\x01" * 32})
    assert kind in {found for found, _ in kinds(ledger)}
    monkeypatch.setattr(place, name, instead)
    assert kind not in {found for found, _ in kinds(ledger)}
