"""Tables and queries of this room: which steps of the ladder were taken, and who there is to tell."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Index, Integer, Row, String, Table, and_, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from wardline.findings.tables import FINDINGS
from wardline.kernel.database.types import METADATA, Moment
from wardline.kernel.identity.tables import ACCOUNTS

STEPS: Final = Table(  # one row a finding, cycle and step: whoever inserts it tells, and nobody else
    "escalation_steps",
    METADATA,
    Column("finding", String, primary_key=True),
    Column("cycle", Integer, primary_key=True),
    Column("step", String(20), primary_key=True),
    Column("at", Moment, nullable=False),
    Index("ix_escalation_steps_at", "at"),
)

DIGEST: Final = "digest"  # stands for a finding where a day's digest is noted as posted

_AT_ONCE: Final = 500
_COLUMNS: Final = tuple(
    FINDINGS.c[name]
    for name in (
        "id", "service", "team", "owner", "title", "place", "severity", "urgency", "cycle", "detected_at", "due_at",
        "acknowledge_by", "acknowledged_at", "escalation",
    )
)  # fmt: skip


def open_findings(tx: Connection, now: datetime, size: int) -> Iterator[Sequence[Row[Any]]]:
    """Yield open findings that are not waived at `now`, by id, so many at a time: one question, never all in memory."""
    free = or_(FINDINGS.c.waived_until.is_(None), FINDINGS.c.waived_until <= now)
    query = select(*_COLUMNS).where(FINDINGS.c.open, free).order_by(FINDINGS.c.id)
    yield from tx.execution_options(yield_per=size).execute(query).partitions(size)


def burning(tx: Connection, now: datetime, until: datetime, limit: int) -> Sequence[Row[Any]]:
    """Return open findings that are not waived and are due before `until`, the most urgent first."""
    free = or_(FINDINGS.c.waived_until.is_(None), FINDINGS.c.waived_until <= now)
    query = select(*_COLUMNS).where(FINDINGS.c.open, free, FINDINGS.c.due_at < until)
    return tx.execute(query.order_by(FINDINGS.c.due_at, FINDINGS.c.urgency, FINDINGS.c.id).limit(limit)).all()


def mailed(tx: Connection, day: date) -> bool:
    """Return whether a day's digest was posted."""
    here = and_(STEPS.c.finding == DIGEST, STEPS.c.cycle == 0, STEPS.c.step == day.isoformat())
    return tx.execute(select(STEPS.c.step).where(here)).first() is not None


def taken(tx: Connection, first: str, last: str) -> set[tuple[str, int, str]]:
    """Return the steps that were taken for findings with ids from `first` to `last`."""
    query = select(STEPS.c.finding, STEPS.c.cycle, STEPS.c.step).where(STEPS.c.finding.between(first, last))
    return {(row.finding, row.cycle, row.step) for row in tx.execute(query)}


def take(tx: Connection, steps: Sequence[tuple[str, int, str]], at: datetime) -> set[tuple[str, int, str]]:
    """Note steps (finding, cycle, step) as taken; return those that were not before: one transaction ever gets each."""
    into = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    new: set[tuple[str, int, str]] = set()
    for start in range(0, len(steps), _AT_ONCE):
        rows = [
            {"finding": finding, "cycle": cycle, "step": step, "at": at}
            for finding, cycle, step in steps[start : start + _AT_ONCE]
        ]
        taken = into(STEPS).values(rows).on_conflict_do_nothing()
        found = tx.execute(taken.returning(STEPS.c.finding, STEPS.c.cycle, STEPS.c.step))
        new |= {(row.finding, row.cycle, row.step) for row in found}
    return new


def climbed(tx: Connection, steps: Sequence[tuple[str, int, int]]) -> None:
    """Write beside each finding how many steps of the ladder were taken in this cycle."""
    if steps:
        here = and_(
            FINDINGS.c.id == bindparam("of"), FINDINGS.c.cycle == bindparam("in_cycle"),
            FINDINGS.c.escalation < bindparam("to"),
        )  # fmt: skip
        changed = update(FINDINGS).where(here).values(escalation=bindparam("to"))
        tx.execute(changed, [{"of": finding, "in_cycle": cycle, "to": number} for finding, cycle, number in steps])


def active_accounts(tx: Connection) -> Sequence[Any]:
    """Return every active account by name: id, name, e-mail and roles."""
    query = select(ACCOUNTS.c.id, ACCOUNTS.c.name, ACCOUNTS.c.email, ACCOUNTS.c.roles)
    return tx.execute(query.where(ACCOUNTS.c.active).order_by(ACCOUNTS.c.name, ACCOUNTS.c.id)).all()


def sharing_address(tx: Connection, account: str) -> frozenset[str]:
    """Return the ids of other accounts with the e-mail address of this one."""
    mine = select(ACCOUNTS.c.email_key).where(ACCOUNTS.c.id == account).scalar_subquery()
    query = select(ACCOUNTS.c.id).where(ACCOUNTS.c.email_key == mine, ACCOUNTS.c.id != account)
    return frozenset(tx.execute(query).scalars())
