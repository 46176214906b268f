"""Tables and queries of this room: the only SQL about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

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
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from wardline.kernel.database.types import METADATA, Document, Moment, PlainText
from wardline.kernel.duties import claims
from wardline.kernel.duties.claims import Claim
from wardline.kernel.notices.model import ChannelName, Delivery, Notice, Row
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
    Column("batch", String(30)),  # what was sent together once is sent together again: the same message, the same key
    Column("sent_at", Moment),
    Column("said", PlainText, nullable=False),
    *claims.columns(),
    Index("ix_notice_deliveries_state", "state"),
)


class Batch(NamedTuple):
    """Notices for one address on one channel, claimed together, and the key of their message."""

    channel: ChannelName
    address: str
    name: str
    key: str
    claims: Sequence[Claim]
    notices: Sequence[Any]  # rows of `NOTICES`, in the same order


def add(tx: Connection, notice: Mapping[str, Any], deliveries: Sequence[Mapping[str, Any]]) -> bool:
    """Keep a notice with its deliveries unless one with its key and recipient is there; return whether it was new."""
    into = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    new = into(NOTICES).values(**notice).on_conflict_do_nothing(index_elements=["dedupe", "recipient"])
    if tx.execute(new.returning(NOTICES.c.id)).first() is None:
        return False
    if deliveries:
        tx.execute(insert(DELIVERIES), [dict(row) for row in deliveries])
    return True


def claim(tx: Connection, now: datetime, *, seconds: float, key: str, most: Mapping[ChannelName, int]) -> Batch | None:
    """Claim what is due for one address on one channel, oldest first; None where nothing is.

    `most` says for each channel that is asked how much becomes one message. Deliveries that were tried together stay
    together, under the key that they had; else `key` becomes theirs.
    """
    row = DELIVERIES.c
    first = claims.claim(tx, DELIVERIES, now=now, lease_seconds=seconds, limit=1, where=[row.channel.in_(sorted(most))])
    if not first:
        return None
    one = first[0].row
    same = [row.channel == one["channel"], row.address == one["address"]]
    same.append(row.batch.is_(None) if one["batch"] is None else row.batch == one["batch"])
    others = claims.claim(tx, DELIVERIES, now=now, lease_seconds=seconds, limit=most[one["channel"]] - 1, where=same)
    found = sorted([*first, *others], key=lambda claim: str(claim.row["notice"]))  # sent again, it reads the same
    ids = [claim.row["notice"] for claim in found]
    mine = and_(row.channel == one["channel"], row.notice.in_(ids))
    key = one["batch"] or key
    tx.execute(update(DELIVERIES).where(mine).values(batch=key))
    known = {notice.id: notice for notice in tx.execute(select(NOTICES).where(NOTICES.c.id.in_(ids)))}
    return Batch(one["channel"], one["address"], one["name"], key, found, [known[notice] for notice in ids])


def settle(tx: Connection, claim: Claim, **values: Any) -> None:
    """Write down what became of a claimed delivery; `due_at` None ends it. Raises: `LeaseLostError`."""
    claims.settle(tx, DELIVERIES, claim, **values)


def again(tx: Connection, notice: str, now: datetime) -> int:
    """Make parked deliveries of a notice due at once; return how many there were."""
    parked = and_(DELIVERIES.c.notice == notice, DELIVERIES.c.state.in_(["parked", "not sent"]))
    values = {"state": "waiting", "attempts": 0, "due_at": now, "batch": None, "lease_until": None}
    return tx.execute(update(DELIVERIES).where(parked).values(**values)).rowcount


def known(tx: Connection, notice: str) -> bool:
    """Return whether there is such a notice."""
    return tx.execute(select(NOTICES.c.id).where(NOTICES.c.id == notice)).first() is not None


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
    posted = {row.id: row.posted_at for row in shown}
    of_these = DELIVERIES.c.notice.in_(list(known))
    for row in tx.execute(select(DELIVERIES).where(of_these).order_by(DELIVERIES.c.channel)):
        due_at = row.due_at or row.sent_at or posted[row.notice]
        known[row.notice].append(Delivery(row.channel, row.state, row.attempts, due_at, row.sent_at, row.said))
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
