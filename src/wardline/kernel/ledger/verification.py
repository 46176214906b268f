"""Reads the whole ledger from the database in batches, computes everything anew and says what is wrong.

Every row may have been changed by somebody who can write to the database, past every guard: also to values of another
type, which SQLite keeps. So what cannot be read is a problem of its row, and reading goes on with the next.

What cannot be found here: events taken away before they were numbered (within 100 ms), and a ledger whose end was taken
away with the heads over it, unless a head over that end was kept elsewhere: each node keeps the last one it has signed.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from wardline.kernel import merkle
from wardline.kernel.database.engine import Database
from wardline.kernel.ledger import encoding, store, stored
from wardline.kernel.ledger.model import Head, Verification
from wardline.kernel.ledger.replay import Replay
from wardline.kernel.ledger.trust import KEY_ACTIONS, Trust, trust

BATCH: Final = 5_000
_SHOWN: Final = 10

Progress = Callable[[int, int], object]
"""Is told how many events were read, of how many."""

Found = TypeVar("Found")


def verify(
    database: Database,
    *,
    kept: Sequence[tuple[str, Head]] = (),
    trusted: Iterable[str] = (),
    held: str = "",
    progress: Progress | None = None,
) -> Verification:
    """Return what reading everything anew shows, up to the events that have a number now.

    `kept` are heads that were kept elsewhere; `trusted` are ids of keys that nobody needs to vouch for; `held` is
    the id of the key that this node holds, which must be one of the ledger's.
    """
    with database.reading() as tx:
        known, size, head = _known(tx, frozenset(trusted)), store.size(tx), stored.head_size(tx)
        replay = Replay(known, kept)
        _whole(tx, replay, size, head)
    if held and known.keys and held not in {key.key_id for key in known.keys}:
        replay.problem("key", None, f"this node holds the key {held}, which this ledger does not know")
    while replay.tree.size < size:
        with database.reading() as tx:
            _batch(tx, replay, replay.tree.size, min(BATCH, size - replay.tree.size))
        if progress is not None:
            progress(replay.tree.size, size)
    if head > size:
        replay.problem("truncated", size, f"a head is over {head} events, and {size} have numbers")
    return replay.finished()


def _known(tx: Connection, trusted: frozenset[str]) -> Trust:
    return trust(store.key_events(tx, KEY_ACTIONS), trusted)


def _whole(tx: Connection, replay: Replay, size: int, head: int) -> None:
    """Compare what only the whole can show, in one snapshot: what is too much, and what hangs in the air."""
    if size > head:
        replay.problem("truncated", head, f"{size} events have numbers, and the newest head is over {head}")
    for identifier in stored.withheld(tx, _SHOWN):
        replay.problem("withheld", None, f"event {identifier} has no number and does not wait for one")
    for identifier in stored.index_without_events(tx, _SHOWN):
        replay.problem("index", None, f"an event that is not there is listed under {identifier}")
    expected = {level: size >> level for level in range(store.LEVELS, size.bit_length(), store.LEVELS)}
    counted = stored.node_counts(tx)
    for level in sorted(expected.keys() | counted.keys()):
        if expected.get(level, 0) != counted.get(level, 0):
            replay.problem(
                "tree",
                None,
                f"{counted.get(level, 0)} hashes are stored at level {level}, not {expected.get(level, 0)}",
            )


def _batch(tx: Connection, replay: Replay, first: int, count: int) -> None:
    leaves: dict[int, dict[str, Any]] = {}
    heads: dict[int, Head] = {}

    def unreadable_leaf(number: int) -> None:
        found = store.hashes(tx, 0, number, 1)
        leaves[number] = {"number": number, "id": None, "hash": found[0][1] if found else None}

    def unreadable_head(size: int) -> None:
        replay.problem("head", size, f"the head over {size} events cannot be read")

    for row in _readable(lambda a, n: stored.leaves(tx, a, n), first, count, unreadable_leaf):
        leaves[row["number"]] = row
    for head in _readable(lambda a, n: stored.heads_between(tx, a, n), first + 1, count, unreadable_head):
        heads[head.size] = head
    nodes: dict[tuple[int, int], bytes] = {}
    for level in range(store.LEVELS, (first + count).bit_length(), store.LEVELS):
        shown = (first >> level, ((first + count) >> level) - (first >> level) + 1)
        nodes |= {(level, place): digest for place, digest in store.hashes(tx, level, *shown)}
    index = stored.index_of(tx, first, count)
    hashes = {row["hash"] for row in leaves.values() if isinstance(row["hash"], bytes)}
    for number in range(first, first + count):
        found = leaves.get(number)
        _event(replay, number, found, hashes, nodes)
        if found is not None and found["id"] is not None:
            _index(replay, found, index.get(found["entry"], set()))
        if number + 1 in heads:
            replay.head(heads[number + 1])


def _event(
    replay: Replay, number: int, row: dict[str, Any] | None, hashes: set[bytes], nodes: dict[tuple[int, int], bytes]
) -> None:
    """Look at one number's row and event, and append its hash."""
    if row is None:
        replay.problem("deleted", number, f"number {number} is missing")
        replay.missing()
        return
    stands = row["hash"]
    leaf = stands if isinstance(stands, bytes) and len(stands) == merkle.HASH_BYTES else None
    computed = None if row["id"] is None else _leaf(row)
    if leaf is None:
        replay.problem("tree", number, f"the hash of number {number} is none")
    if row["id"] is None:
        replay.problem("deleted", number, f"the event with number {number} is missing or cannot be read")
    elif leaf is not None and computed != leaf and computed in hashes:
        replay.problem("reordered", number, f"event {row['id']} stands at number {number}, and had another")
    elif leaf is not None and computed != leaf:
        replay.problem("edited", number, f"event {row['id']} with number {number} is not what was recorded")
    digest = leaf or computed
    if digest is None:
        replay.missing()
    else:
        replay.event(digest, nodes)


def _leaf(row: dict[str, Any]) -> bytes | None:
    try:
        return merkle.leaf_hash(encoding.entry(row))
    except (TypeError, AttributeError):  # a value of another type
        return None


def _index(replay: Replay, row: dict[str, Any], indexed: set[str]) -> None:
    """Compare what pages find an event under with what it says it is about."""
    try:
        about = {row["subject"], *encoding.read(row["about"])}
    except (TypeError, ValueError):
        return  # it was edited, and that was said
    for identifier in sorted(about ^ indexed, key=str):
        says = "is not listed" if identifier in about else "is listed"
        replay.problem("index", row["number"], f"event {row['id']} {says} under {identifier}")


def _readable(
    read: Callable[[int, int], list[Found]], first: int, count: int, unreadable: Callable[[int], object]
) -> list[Found]:
    """Return the rows of a range, and tell which ones hold what cannot be read."""
    try:
        return read(first, count)
    except (TypeError, ValueError, AttributeError):
        if count == 1:
            unreadable(first)
            return []
    half = count // 2
    return [
        *_readable(read, first, half, unreadable),
        *_readable(read, first + half, count - half, unreadable),
    ]
