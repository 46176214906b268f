"""The morning digest: on working days, one notice to each person who has something that burns; nothing to the others.

It lists what is overdue and what is due within a week, the most urgent first. It is worked out before seven and sent at
seven (UTC), together with whatever else waited for the morning.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from wardline.findings.escalation import people, store
from wardline.findings.escalation.words import left
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Duty, Turn
from wardline.kernel.notices import outbox
from wardline.kernel.notices.model import MORNING_HOUR, Recipient
from wardline.kernel.notices.model import Row as Line

_SOON: Final = timedelta(days=7)
_BEFORE: Final = timedelta(minutes=30)
_MOST: Final = 20_000


class Digest:
    """The digest as a duty. Stateless: any number of nodes may hold one over the same database."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database: Final = database
        self._clock: Final = clock

    def duties(self) -> tuple[Duty, ...]:
        """Return what the platform owes here."""
        return (Duty("findings:digest", "Everybody hears in the morning what burns", every_seconds=300, run=self.run),)

    def run(self, turn: Turn) -> str:
        """Post this morning's digest where it is due and was not posted; return to how many."""
        now = turn.now
        today = (now + _BEFORE).date()
        if (now + _BEFORE).hour < MORNING_HOUR:
            return ""
        with self._database.reading() as tx:
            if store.mailed(tx, today) or not people.policy(tx).calendar.works(today):
                return ""
        with turn.transaction() as tx:
            if not store.take(tx, [(store.DIGEST, 0, today.isoformat())], now):
                return ""
            return f"to {count}" if (count := _posted(tx, now, today)) else ""


def _posted(tx: Connection, now: datetime, today: date) -> int:
    mine: dict[str, tuple[Recipient, list[Row[Any]]]] = {}
    owners: dict[tuple[str | None, str], list[Recipient]] = {}
    for row in store.burning(tx, now, now + _SOON, _MOST):
        key = (row.owner, row.team)
        if key not in owners:
            owners[key] = people.to_tell(tx, [key])
        for recipient in owners[key]:
            mine.setdefault(recipient.id, (recipient, []))[1].append(row)
    for recipient, rows in mine.values():
        _post(tx, now, today, recipient, rows)
    return len(mine)


def _post(tx: Connection, now: datetime, today: date, to: Recipient, rows: Sequence[Row[Any]]) -> None:
    services = people.service_names(tx, {row.service for row in rows})
    late = sum(row.due_at <= now for row in rows)
    soon = len(rows) - late
    parts = [f"{late} overdue" if late else "", f"{soon} due within a week" if soon else ""]
    lines = [
        Line(
            row.title,
            f"{services[row.service].name}: {row.place}" if row.service in services else row.place,
            "" if row.acknowledged_at else "nobody has said “mine”",
            left(row.due_at, now),
            row.severity,
        )
        for row in rows
    ]
    outbox.post(
        tx, at=now, kind="digest", to=to, subject=f"This morning: {', '.join(part for part in parts if part)}",
        text="What burns, the most urgent first. It is your move.", link="/", rows=lines,
        dedupe=f"digest:{today.isoformat()}", when="morning",
    )  # fmt: skip
