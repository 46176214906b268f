"""Rows of any table that are due are claimed under a lease, a few at a time, by as many workers as there are.

    MESSAGES = Table("messages", METADATA, Column("id", Text, primary_key=True), ..., *claims.columns())

    with turn.transaction() as tx:
        claimed = claims.claim(tx, MESSAGES, now=turn.now, lease_seconds=60, limit=20)
    for claim in claimed:
        ...                                                   # outside a transaction: send it
        with turn.transaction() as tx:
            claims.settle(tx, MESSAGES, claim, due_at=None)   # or due_at=later, to try again

A row is due from `due_at` on (NULL: nothing is owed); nobody else claims it before `lease_until`. Whoever dies lets the
lease end and another claims the row with a higher `fence`; whoever comes back late is refused by `settle`. So the note
in the database is made once; what is done outside may be done twice and carries an idempotency key.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Table, and_, or_, select, update

from wardline.kernel.database.types import Moment
from wardline.kernel.duties.model import LeaseLostError

_TOO_FAR: Final = 2  # leases: an end farther off than this was written by a clock that has been set back since


class Claim(NamedTuple):
    """A row that is ours until its lease ends: its columns as they were, and the fence that `settle` compares."""

    row: Mapping[str, Any]
    fence: int


def columns() -> tuple[Column[Any], ...]:
    """Return the three columns of a table whose rows are claimed."""
    return (
        Column("due_at", Moment, index=True),
        Column("lease_until", Moment),
        Column("fence", BigInteger, nullable=False, default=0, server_default="0"),
    )


def claim(  # noqa: PLR0913 - each has a name where it is given
    tx: Connection,
    table: Table,
    *,
    now: datetime,
    lease_seconds: float,
    limit: int,
    where: Sequence[ColumnElement[bool]] = (),
) -> list[Claim]:
    """Return at most `limit` rows that are due and nobody's, the longest due first; they are ours from the commit on.

    On PostgreSQL rows that another transaction is claiming are passed over; on SQLite there is no other one.
    """
    lease = timedelta(seconds=lease_seconds)
    until = table.c.lease_until
    free = or_(until.is_(None), until <= now, until > now + _TOO_FAR * lease)
    due = select(table).where(table.c.due_at <= now, free, *where).order_by(table.c.due_at).limit(limit)
    found = [dict(row) for row in tx.execute(due.with_for_update(skip_locked=True)).mappings()]
    for row in found:
        tx.execute(update(table).where(_same(table, row)).values(lease_until=now + lease, fence=table.c.fence + 1))
    return [Claim(dict(row), row["fence"] + 1) for row in found]


def settle(tx: Connection, table: Table, claim: Claim, **changes: Any) -> None:
    """Note what came of a claim and give the row free; `due_at` among `changes` says when it is due again.

    Raises: `LeaseLostError` where another has claimed it since: nothing may be noted then.
    """
    ended = update(table).where(_same(table, claim.row), table.c.fence == claim.fence)
    if tx.execute(ended.values(lease_until=None, **changes)).rowcount == 0:
        raise LeaseLostError("another node has claimed this since")


def _same(table: Table, row: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))
