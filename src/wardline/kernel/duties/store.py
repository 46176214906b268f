"""Tables and queries of duties: the only SQL about them.

`fence` goes up with every lease, `beat` with every transaction under one: whoever waits for a lease to end watches the
two, and asks no clock.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    Table,
    bindparam,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from wardline.kernel.database.types import METADATA, Moment, PlainText
from wardline.kernel.duties.model import Duty, Standing

DUTIES: Final = Table(
    "duties",
    METADATA,
    Column("name", PlainText, primary_key=True),
    Column("title", PlainText, nullable=False),
    Column("every_seconds", Float, nullable=False),
    Column("next_due", Moment, nullable=False),
    Column("asked", Boolean, nullable=False, default=False),  # for a turn at once, whatever `next_due` says
    Column("last_started", Moment),
    Column("last_finished", Moment),
    Column("last_said", PlainText, nullable=False, default=""),
    Column("last_failure", PlainText, nullable=False, default=""),
    Column("failures", Integer, nullable=False, default=0),
    Column("failing_since", Moment),
    Column("holder", PlainText),
    Column("fence", BigInteger, nullable=False, default=0),
    Column("beat", BigInteger, nullable=False, default=0),
    Column("runs", BigInteger, nullable=False, default=0),
)
_SHOWN: Final = tuple(DUTIES.c[name] for name in Standing._fields)


class Row(NamedTuple):
    """A duty as it stands, with what a runner needs to know beside that."""

    standing: Standing
    asked: bool
    beat: int


def register(tx: Connection, duties: Iterable[Duty], now: datetime) -> None:
    """Make the rows of duties that have none, due at once; bring titles and periods of the others up to date.

    A row that is as it should be is not touched: a node that is at work on it may hold it for long.
    """
    made = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    there = rows(tx)
    for duty in sorted(duties, key=lambda duty: duty.name):
        shown = {"title": duty.title, "every_seconds": float(duty.every_seconds)}
        row = there.get(duty.name)
        if row is None:
            # Nodes that start together meet here: who comes second waits, and adds nothing.
            tx.execute(made(DUTIES).values(name=duty.name, next_due=now, **shown).on_conflict_do_nothing())
        elif (row.standing.title, row.standing.every_seconds) != tuple(shown.values()):
            tx.execute(update(DUTIES).where(DUTIES.c.name == duty.name).values(**shown))


def rows(tx: Connection) -> dict[str, Row]:
    """Return every duty's row, by name."""
    found = tx.execute(select(*_SHOWN, DUTIES.c.asked, DUTIES.c.beat).order_by(DUTIES.c.name))
    return {row[0]: Row(Standing(*row[:-2]), row[-2], row[-1]) for row in found}


def standings(tx: Connection) -> Sequence[Standing]:
    """Return how every duty stands, by name."""
    return [row.standing for row in rows(tx).values()]


def take(tx: Connection, seen: Row, holder: str, now: datetime) -> int | None:
    """Return the fence of a new lease, or None where anything has happened to the duty since it was `seen`."""
    name, fence = seen.standing.name, seen.standing.fence
    # A node that was stopped within a transaction still holds the row: then it is another time's affair.
    free = select(DUTIES.c.name).where(DUTIES.c.name == name, DUTIES.c.fence == fence, DUTIES.c.beat == seen.beat)
    if tx.execute(free.with_for_update(skip_locked=True)).first() is None:
        return None
    changes: dict[str, Any] = {"holder": holder, "last_started": now, "asked": False}
    changes |= {"fence": DUTIES.c.fence + 1, "beat": DUTIES.c.beat + 1, "runs": DUTIES.c.runs + 1}
    tx.execute(update(DUTIES).where(DUTIES.c.name == name).values(changes))
    return fence + 1


def keep(tx: Connection, name: str, fence: int, *, idle_ms: int) -> bool:
    """Prolong a lease and hold the duty's row until the end of this transaction; return False where it was lost."""
    if tx.dialect.name == "postgresql":
        # So that a node that stops within this transaction does not keep the row for longer than its lease.
        tx.execute(select(func.set_config("idle_in_transaction_session_timeout", str(idle_ms), True)))  # noqa: FBT003 - set_config's own
    return tx.execute(_KEEP, {"of": name, "under": fence}).rowcount == 1


_KEEP: Final = (
    update(DUTIES)
    .where(DUTIES.c.name == bindparam("of"), DUTIES.c.fence == bindparam("under"))
    .values(beat=DUTIES.c.beat + 1)
)


def settle(tx: Connection, name: str, fence: int, **changes: Any) -> Standing | None:
    """End a lease and note what came of it; return how the duty stands now, or None where the lease was lost."""
    ended = update(DUTIES).where(DUTIES.c.name == name, DUTIES.c.fence == fence).values(holder=None, **changes)
    if tx.execute(ended).rowcount == 0:
        return None
    return Standing(*tx.execute(select(*_SHOWN).where(DUTIES.c.name == name)).one())


def hangs(tx: Connection, name: str, fence: int, now: datetime) -> Standing | None:
    """Count a turn that does not move as a failure, and leave it its lease; None where it was lost."""
    changes: dict[str, Any] = {"failures": DUTIES.c.failures + 1, "last_failure": "it does not move"}
    changes["failing_since"] = func.coalesce(DUTIES.c.failing_since, literal(now, Moment()))
    noted = update(DUTIES).where(DUTIES.c.name == name, DUTIES.c.fence == fence).values(changes)
    if tx.execute(noted).rowcount == 0:
        return None
    return Standing(*tx.execute(select(*_SHOWN).where(DUTIES.c.name == name)).one())


def ask(tx: Connection, name: str) -> bool:
    """Let a duty have a turn at once; return whether there is such a duty."""
    return tx.execute(update(DUTIES).where(DUTIES.c.name == name).values(asked=True)).rowcount == 1
