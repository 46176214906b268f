"""More queries of the ledger, for verification and export: what is stored is read as it is, and may be anything."""

from typing import Any

from sqlalchemy import Connection, func, select

from wardline.kernel.ledger.model import Head
from wardline.kernel.ledger.store import ABOUT, EVENTS, HEADS, LEAVES, NODES, PENDING, dictionaries


def head_size(tx: Connection) -> int:
    """Return how many events the newest head is over."""
    return tx.scalar(select(func.max(HEADS.c.size))) or 0


def leaves(tx: Connection, first: int, count: int) -> list[dict[str, Any]]:
    """Return the leaves of these numbers with their events, whose columns are None where the event is not there."""
    query = (
        select(LEAVES.c.number, LEAVES.c.hash, EVENTS)
        .outerjoin(EVENTS, EVENTS.c.entry == LEAVES.c.entry)
        .where(LEAVES.c.number.between(first, first + count - 1))
    )
    return dictionaries(tx.execute(query))


def heads_between(tx: Connection, first: int, count: int) -> list[Head]:
    """Return the heads of sizes from `first` on."""
    return [Head(*row) for row in tx.execute(select(HEADS).where(HEADS.c.size.between(first, first + count - 1)))]


def index_of(tx: Connection, first: int, count: int) -> dict[int, set[str]]:
    """Return what the events of these numbers are listed under, by entry."""
    query = (
        select(ABOUT.c.entry, ABOUT.c.identifier)
        .join(LEAVES, LEAVES.c.entry == ABOUT.c.entry)
        .where(LEAVES.c.number.between(first, first + count - 1))
    )
    found: dict[int, set[str]] = {}
    for entry, identifier in tx.execute(query):
        found.setdefault(entry, set()).add(identifier)
    return found


def index_without_events(tx: Connection, limit: int) -> list[str]:
    """Return what some events are listed under that are not there."""
    absent = ~select(EVENTS.c.entry).where(EVENTS.c.entry == ABOUT.c.entry).exists()
    return [str(name) for name in tx.scalars(select(ABOUT.c.identifier).where(absent).limit(limit))]


def withheld(tx: Connection, limit: int) -> list[str]:
    """Return the ids of some events that have no number and do not wait for one."""
    numbered = select(LEAVES.c.entry).where(LEAVES.c.entry == EVENTS.c.entry).exists()
    waiting = select(PENDING.c.entry).where(PENDING.c.entry == EVENTS.c.entry).exists()
    return [str(name) for name in tx.scalars(select(EVENTS.c.id).where(~numbered, ~waiting).limit(limit))]


def node_counts(tx: Connection) -> dict[int, int]:
    """Return how many hashes of complete subtrees are stored, by level."""
    found = tx.execute(select(NODES.c.level, func.count()).group_by(NODES.c.level))
    return {row[0]: row[1] for row in found}
