"""Where answers are kept for requests that may be sent again."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Index, Integer, Row, Table, Text, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from wardline.kernel.database.types import METADATA, Bytes, Document, Moment
from wardline.kernel.idempotency.model import Claim, Kept

KEPT: Final = Table(
    "kept_answers",
    METADATA,
    Column("account", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Bytes, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_until", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("status", Integer),  # null: not answered yet
    Column("headers", Document),
    Column("body", Bytes),
    Index("ix_kept_answers_expires_at", "expires_at"),
)
_FORGOTTEN_AT_ONCE: Final = 50


def opened(tx: Connection, claim: Claim, digest: bytes, expires_at: datetime) -> bool:
    """Write a first claim; return False where there is one under this key already."""
    make = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    row = {
        "account": claim.account,
        "key": claim.key,
        "digest": digest,
        "fence": claim.fence,
        "lease_until": claim.until,
        "expires_at": expires_at,
    }
    made = make(KEPT).values(row).on_conflict_do_nothing().returning(KEPT.c.fence)
    return tx.execute(made).one_or_none() is not None


def found(tx: Connection, account: str, key: str) -> Row[Any] | None:
    """Return what stands under a key, locked against others where the database can."""
    wanted = select(KEPT).where(KEPT.c.account == account, KEPT.c.key == key)
    return tx.execute(wanted.with_for_update()).one_or_none()


def taken_over(tx: Connection, claim: Claim, digest: bytes, expires_at: datetime) -> None:
    """Renew a claim whose holder is gone, or whose time is over."""
    values = {
        "digest": digest, "fence": claim.fence, "lease_until": claim.until, "expires_at": expires_at,
        "status": None, "headers": None, "body": None,
    }  # fmt: skip
    tx.execute(update(KEPT).where(KEPT.c.account == claim.account, KEPT.c.key == claim.key).values(values))


def prolonged(tx: Connection, claim: Claim, until: datetime) -> bool:
    """Move a claim's end on; return False where the claim is no longer ours, or was answered."""
    mine = (KEPT.c.account == claim.account, KEPT.c.key == claim.key, KEPT.c.fence == claim.fence)
    done = tx.execute(update(KEPT).where(*mine, KEPT.c.status.is_(None)).values(lease_until=until))
    return done.rowcount == 1


def answered(tx: Connection, claim: Claim, kept: Kept) -> bool:
    """Write the answer; return False where the claim is no longer ours."""
    done = tx.execute(
        update(KEPT)
        .where(KEPT.c.account == claim.account, KEPT.c.key == claim.key, KEPT.c.fence == claim.fence)
        .values(status=kept.status, headers=dict(kept.headers), body=kept.body)
    )
    return done.rowcount == 1


def released(tx: Connection, claim: Claim) -> None:
    """Forget a claim under which nothing was done."""
    tx.execute(
        delete(KEPT).where(
            KEPT.c.account == claim.account,
            KEPT.c.key == claim.key,
            KEPT.c.fence == claim.fence,
            KEPT.c.status.is_(None),
        )
    )


def forgotten(tx: Connection, now: datetime) -> int:
    """Delete some of what has expired; return how many."""
    old = select(KEPT.c.account, KEPT.c.key).where(KEPT.c.expires_at <= now).limit(_FORGOTTEN_AT_ONCE)
    rows = tx.execute(old).all()
    for account, key in rows:
        tx.execute(delete(KEPT).where(KEPT.c.account == account, KEPT.c.key == key, KEPT.c.expires_at <= now))
    return len(rows)


def locked(tx: Connection, name: str) -> None:
    """Hold others who lock the same name off until the transaction ends. On SQLite a transaction holds all off."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
