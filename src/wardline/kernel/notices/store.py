"""Tables and queries of this room: the only SQL about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from wardline.kernel.database.types import METADATA, Document, Moment, PlainText
from wardline.kernel.notices.model import Delivery, Notice, Row
from wardline.kernel.paging import Listing, Page, cursor

NOTICES: Final = Table(
    "notices",
    METADATA,
    Column("id", String(30), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("recipient", String(80), nullable=False, index=True),
    Column("recipient_name", PlainText, nullable=False),
    Column("subject", PlainText, nullable=False),
    Column("text", PlainText, nullable=False),
    Column("link", PlainText, nullable=False),
    Column("rows", Document, nullable=False),
    Column("more", Integer, nullable=False),
    Column("dedupe", String(200), nullable=False),
    Column("posted_at", Moment, nullable=False, index=True),
    UniqueConstraint("dedupe", "recipient"),
)

DELIVERIES: Final = Table(
    "notice_deliveries",
    METADATA,
    Column("notice", String(30), ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String(10), primary_key=True),
    Column("address", PlainText, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("batch", String(30)),  # what was sent together once is sent together again: the same message, the same key
    Column("claimed_until", Moment),
    Column("fence", Integer),
    Column("sent_at", Moment),
    Column("said", PlainText, nullable=False),
    Index("ix_notice_deliveries_state_due_at", "state", "due_at"),
)


def add(tx: Connection, notice: Mapping[str, Any], deliveries: Sequence[Mapping[str, Any]]) -> bool:
    """Keep a notice with its deliveries unless one with its key and recipient is there; return whether it was new."""
    into = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    new = into(NOTICES).values(**notice).on_conflict_do_nothing(index_elements=["dedupe", "recipient"])
    if tx.execute(new.returning(NOTICES.c.id)).first() is None:
        return False
    if deliveries:
        tx.execute(insert(DELIVERIES), [dict(row) for row in deliveries])
    return True


def claim(  # noqa: PLR0913 - the parts of a claim, all by name
    tx: Connection, now: datetime, *, fence: int, seconds: float, batch: str, most: int, without: Sequence[str]
) -> Sequence[Any]:
    """Claim what is due for one address on one channel, oldest first, at most `most`; return its rows with notices.

    Deliveries that were tried together stay together. `without` are channels to leave alone for now.
    """
    row = DELIVERIES.c
    due = and_(
        row.state == "waiting", row.due_at <= now, or_(row.claimed_until.is_(None), row.claimed_until <= now),
        row.channel.not_in(list(without)),
    )  # fmt: skip
    first = tx.execute(
        select(DELIVERIES).where(due).order_by(row.due_at, row.notice).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if first is None:
        return ()
    same = [due, row.channel == first.channel, row.address == first.address]
    same.append(row.batch.is_(None) if first.batch is None else row.batch == first.batch)
    found = tx.execute(
        select(row.notice).where(*same).order_by(row.due_at, row.notice).limit(most).with_for_update(skip_locked=True)
    )
    ids = [one.notice for one in found]
    mine = and_(row.channel == first.channel, row.notice.in_(ids))
    tx.execute(
        update(DELIVERIES)
        .where(mine)
        .values(claimed_until=now + timedelta(seconds=seconds), fence=fence, batch=first.batch or batch)
    )
    joined = DELIVERIES.join(NOTICES, row.notice == NOTICES.c.id)
    columns = [
        row.notice, row.channel, row.address, row.name, row.attempts, row.batch,
        NOTICES.c.subject, NOTICES.c.text, NOTICES.c.link, NOTICES.c.rows, NOTICES.c.more, NOTICES.c.posted_at,
    ]  # fmt: skip
    return tx.execute(select(*columns).select_from(joined).where(mine).order_by(row.due_at, row.notice)).all()


def settle(tx: Connection, notices: Sequence[str], channel: str, *, fence: int, **values: Any) -> int:
    """Write down what became of claimed deliveries, only under the fence they were claimed with; return how many."""
    mine = and_(DELIVERIES.c.channel == channel, DELIVERIES.c.notice.in_(notices), DELIVERIES.c.fence == fence)
    return tx.execute(update(DELIVERIES).where(mine).values(claimed_until=None, **values)).rowcount


def again(tx: Connection, notice: str, now: datetime) -> int:
    """Make parked deliveries of a notice due at once; return how many there were."""
    parked = and_(DELIVERIES.c.notice == notice, DELIVERIES.c.state.in_(["parked", "not sent"]))
    values = {"state": "waiting", "attempts": 0, "due_at": now, "batch": None, "claimed_until": None}
    return tx.execute(update(DELIVERIES).where(parked).values(**values)).rowcount


def prune(tx: Connection, before: datetime, most: int = 5000) -> int:
    """Forget notices from before a time that wait for nothing; return how many."""
    waiting = select(DELIVERIES.c.notice).where(DELIVERIES.c.state == "waiting")
    old = select(NOTICES.c.id).where(NOTICES.c.posted_at < before, NOTICES.c.id.not_in(waiting)).limit(most)
    return tx.execute(delete(NOTICES).where(NOTICES.c.id.in_(old))).rowcount


def listed(tx: Connection, page: Page, *, recipient: str | None, state: str | None) -> Listing[Notice]:
    """Return notices, newest first; only those to `recipient`, or with a delivery in `state`, where these are given."""
    wanted = select(NOTICES).order_by(NOTICES.c.id.desc()).limit(page.limit + 1)
    if recipient is not None:
        wanted = wanted.where(NOTICES.c.recipient == recipient)
    if state is not None:
        wanted = wanted.where(NOTICES.c.id.in_(select(DELIVERIES.c.notice).where(DELIVERIES.c.state == state)))
    after = page.after(str)
    if after is not None:
        wanted = wanted.where(NOTICES.c.id < after[0])
    rows = tx.execute(wanted).all()
    shown = rows[: page.limit]
    known: dict[str, list[Delivery]] = {row.id: [] for row in shown}
    of_these = DELIVERIES.c.notice.in_(list(known))
    for row in tx.execute(select(DELIVERIES).where(of_these).order_by(DELIVERIES.c.channel)):
        known[row.notice].append(Delivery(row.channel, row.state, row.attempts, row.due_at, row.sent_at, row.said))
    notices = [_notice(row, known[row.id]) for row in shown]
    return Listing(notices, cursor(shown[-1].id) if len(rows) > page.limit else None)


def _notice(row: Any, deliveries: Sequence[Delivery]) -> Notice:
    return Notice(
        id=row.id, kind=row.kind, recipient=row.recipient, recipient_name=row.recipient_name, subject=row.subject,
        text=row.text, link=row.link, posted_at=row.posted_at, rows=rows(row.rows), more=row.more,
        deliveries=tuple(deliveries),
    )  # fmt: skip


def rows(kept: Sequence[Sequence[str]]) -> tuple[Row, ...]:
    """Return the rows of a notice as they were posted."""
    return tuple(Row(*one) for one in kept)
