"""The ladder of escalation as a duty: whoever has to hear of an open finding hears of it once, and in time.

Everything is worked out from the findings themselves, at each run: there is no timer that could be lost. A step is
taken by inserting its row and posting its notices in one transaction, under the lease of the run: a node that dies
takes both with it, and a second node that is at it too inserts nothing. What one person has to hear in a run is one
notice.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from wardline.catalog.service import Catalog
from wardline.findings.escalation import ladder, people, store
from wardline.findings.escalation.digest import Digest
from wardline.findings.escalation.ladder import OPENED, UNACKNOWLEDGED, WEEK, Climber, Rung
from wardline.findings.escalation.words import left, moment
from wardline.findings.policy import Policy
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Duty, Turn
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.model import Entry
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.notices import outbox
from wardline.kernel.notices.model import Recipient, When
from wardline.kernel.notices.model import Row as Line

_BATCH: Final = 1000
_STEPS_A_RUN: Final = 10_000
_LOUD: Final = frozenset({"critical", "high", "unknown"})  # whose first word does not wait for the morning


class Step(NamedTuple):
    """One step that one finding takes in this run."""

    finding: Row[Any]
    rung: Rung


class Escalation:
    """The ladder. Stateless: any number of nodes may hold one over the same database."""

    def __init__(self, database: Database, clock: Callable[[], datetime], ledger: Ledger, catalog: Catalog) -> None:
        del catalog
        self._database: Final = database
        self._clock: Final = clock
        self._ledger: Final = ledger

    def duties(self) -> tuple[Duty, ...]:
        """Return what the platform owes here."""
        title = "Who has to hear of a finding hears of it"
        digest = Digest(self._database, self._clock)
        return (Duty("findings:escalate", title, every_seconds=300, run=self.run), *digest.duties())

    def run(self, turn: Turn) -> str:
        """Take every step that is due and was not taken, and tell each person once; return how many of both."""
        now = turn.now
        with self._database.reading() as tx:
            waiting = self._waiting(tx, people.policy(tx), now)
        if not waiting or turn.stopping:
            return ""
        with turn.transaction() as tx:
            new = store.take(tx, [_key(step) for step in waiting], now)
            steps = [step for step in waiting if _key(step) in new]
            store.climbed(tx, [(*_key(step)[:2], step.rung.number) for step in steps if step.rung.number])
            posted = self._told(tx, steps, now)
        return f"{len(steps)} steps, {posted} notices" if steps else ""

    def _waiting(self, tx: Connection, policy: Policy, now: datetime) -> list[Step]:
        """Return the steps that are due and were not taken, at most `_STEPS_A_RUN`: the rest is the next run's."""
        found: list[Step] = []
        for rows in store.open_findings(tx, now, _BATCH):
            taken = store.taken(tx, rows[0].id, rows[-1].id)
            found += [
                Step(row, rung)
                for row in rows
                for rung in ladder.due(_climber(row), policy, now)
                if (row.id, row.cycle, rung.step) not in taken
            ]
            if len(found) >= _STEPS_A_RUN:
                break
        return found[:_STEPS_A_RUN]

    def _told(self, tx: Connection, steps: Sequence[Step], now: datetime) -> int:
        """Record the steps, and post one notice to each person that any of them concerns; return how many."""
        entries = [
            Entry(
                "finding:escalated", step.finding.id, (step.finding.service, step.finding.team),
                {"step": step.rung.step, "told": step.rung.tell, "due": step.finding.due_at.isoformat()},
            )
            for step in steps
            if step.rung.step != OPENED
        ]  # fmt: skip
        self._ledger.record_all(tx, at=now, who=PLATFORM, entries=entries)
        posted = 0
        for recipient, mine in self._by_recipient(tx, steps):
            posted += self._post(tx, recipient, mine, now)
        return posted

    def _by_recipient(self, tx: Connection, steps: Sequence[Step]) -> Iterator[tuple[Recipient, list[Step]]]:
        told: dict[str, tuple[Recipient, list[Step]]] = {}
        known: dict[tuple[str, str, str | None], list[Recipient]] = {}
        for step in steps:
            key = (step.rung.tell, step.finding.team, step.finding.owner if step.rung.tell == "owner" else None)
            if key not in known:
                known[key] = self._audience(tx, *key)
            for recipient in known[key]:
                told.setdefault(recipient.id, (recipient, []))[1].append(step)
        yield from told.values()

    def _audience(self, tx: Connection, tell: str, team: str, owner: str | None) -> list[Recipient]:
        """Return whom a step tells; nobody of that kind at all: security, so that no step goes into the void."""
        match tell:
            case "owner":
                found = people.to_tell(tx, [(owner, team)])
            case "lead":
                found = people.leads(tx, team)
            case "security":
                found = people.with_role(tx, "security")
            case _:
                found = people.with_role(tx, "director")
        return found or people.with_role(tx, "security") or people.with_role(tx, "admin")

    def _post(self, tx: Connection, to: Recipient, steps: Sequence[Step], now: datetime) -> bool:
        """Post one notice about all of a person's steps, the most urgent first."""
        highest: dict[str, Step] = {}
        for step in steps:  # a finding that climbs several steps at once for the same person is one line
            before = highest.get(step.finding.id)
            if before is None or _rank(step.rung) > _rank(before.rung):
                highest[step.finding.id] = step
        mine = sorted(highest.values(), key=lambda step: (step.finding.urgency, step.finding.due_at, step.finding.id))
        services = people.service_names(tx, {step.finding.service for step in mine})
        rows = [
            Line(
                step.finding.title,
                f"{services[step.finding.service].name}: {step.finding.place}"
                if step.finding.service in services
                else step.finding.place,
                _move(step.rung),
                left(step.finding.due_at, now),
                step.finding.severity,
            )
            for step in mine
        ]
        key = min(f"{step.finding.id}/{step.finding.cycle}/{step.rung.step}" for step in steps)
        posted = outbox.post(
            tx, at=now, kind="escalation", to=to, subject=_subject(mine, now), text=_text(mine, now),
            link=f"/findings/{mine[0].finding.id}" if len(mine) == 1 else "/", rows=rows, when=_when(mine),
            dedupe=f"escalation:{key}",
        )  # fmt: skip
        return posted is not None


def _key(step: Step) -> tuple[str, int, str]:
    return step.finding.id, step.finding.cycle, step.rung.step


def _climber(row: Row[Any]) -> Climber:
    return Climber(row.detected_at, row.due_at, row.acknowledge_by, row.acknowledged_at)


def _rank(rung: Rung) -> tuple[int, str]:
    if rung.step == OPENED:
        return 0, ""
    if rung.step == UNACKNOWLEDGED:
        return 1, ""
    return (100 if rung.step.startswith(WEEK) else 1 + rung.number), rung.step


def _when(steps: Iterable[Step]) -> When:
    """Return whether it can wait for the morning: only first words about what is not urgent, and weekly digests."""
    quiet = all(
        step.rung.step.startswith(WEEK) or (step.rung.step == OPENED and step.finding.severity not in _LOUD)
        for step in steps
    )
    return "morning" if quiet else "now"


def _move(rung: Rung) -> str:
    if rung.step == OPENED:
        return "yours to repair"
    if rung.step == UNACKNOWLEDGED:
        return "nobody said “mine” in time"
    if rung.step.startswith(WEEK):
        return "long overdue, and open"
    return f"{rung.step} of its time is over"


def _subject(steps: Sequence[Step], now: datetime) -> str:
    first = steps[0]
    if len(steps) == 1:
        return f"{first.finding.severity.capitalize()}, {left(first.finding.due_at, now)}: {first.finding.title}"
    late = sum(step.finding.due_at <= now for step in steps)
    worst = sum(step.finding.severity == first.finding.severity for step in steps)
    overdue = f", {late} overdue" if late else ""
    return f"{len(steps)} findings: {worst} {first.finding.severity}{overdue}"


def _text(steps: Sequence[Step], now: datetime) -> str:
    """Return what it is about and whose move it is; the rows say the rest."""
    kinds = {step.rung.tell for step in steps}
    if len(steps) > 1:
        opening = "These burn, the most urgent first."
    elif steps[0].finding.due_at > now:
        opening = f"It is due by {moment(steps[0].finding.due_at)}."
    else:
        opening = f"It was due by {moment(steps[0].finding.due_at)}, and is open."
    moves = {
        "owner": "It is your move: say “mine”, repair it, or ask for a waiver while there is time.",
        "lead": "It is your move as the team's lead: see that somebody has the time to repair it.",
        "security": "It is security's move: help with the repair, or decide what else protects meanwhile.",
        "director": "It is a director's move: something else has to wait for this.",
        "executive": "It stays in this digest, week after week, until it is repaired.",
    }
    said = [moves[kind] for kind in ("owner", "lead", "security", "director", "executive") if kind in kinds]
    return "\n\n".join([opening, *said])
