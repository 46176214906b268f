"""Findings: what is wrong, whose move it is and until when; and the moves themselves."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query as InQuery
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed
from wardline.api.reported import ReportedFinding
from wardline.api.routing import route, router
from wardline.api.words import AccountId, Asked, FindingId, IdOrSlug, Line, Shown, Words
from wardline.findings.model import OPEN, Query, State
from wardline.findings.report import Confidence, Practice, Severity

ROUTER = router("findings")


class FindingRow(Shown):
    """A finding in a list."""

    id: str
    service: str
    service_name: str
    tier: int
    team: str
    team_name: str
    owner: str | None
    owner_name: str | None
    practice: Practice
    rule: str
    title: str
    severity: Severity
    confidence: Confidence
    place: str
    state: State
    open: bool
    due_at: datetime
    acknowledge_by: datetime
    acknowledged_at: datetime | None
    cycle: int
    first_detected_at: datetime
    detected_at: datetime
    window_seconds: int
    fixed_at: datetime | None
    verified_at: datetime | None
    last_seen_at: datetime
    escalation: int
    exploited: bool
    waived_until: datetime | None
    clock: list[str]
    fingerprint: str


class FindingShown(FindingRow):
    """A finding, with what the last report says of it."""

    attributes: ReportedFinding


class FindingsAsked(Paging):
    """Which findings; nothing named means all that are open."""

    state: set[State] | None = Field(None, description="default: every open state")
    practice: set[Practice] = Field(set(), max_length=10)
    severity: set[Severity] = Field(set(), max_length=10)
    service: set[IdOrSlug] = Field(set(), max_length=50)
    team: set[IdOrSlug] = Field(set(), max_length=50)
    owner: AccountId | None = None
    text: Line | None = Field(None, description="in title, place, rule and advisories")
    overdue: bool | None = None
    waived: bool | None = None
    exploited: bool | None = None
    due_before: AwareDatetime | None = None
    sort: Literal["due", "severity", "detected", "seen"] = "due"

    def query(self) -> Query:
        """Return the question for the service."""
        return Query(
            states=OPEN if self.state is None else frozenset(self.state),
            practices=frozenset(self.practice),
            severities=frozenset(self.severity),
            services=frozenset(self.service),
            teams=frozenset(self.team),
            owner=self.owner,
            text=self.text or "",
            overdue=self.overdue,
            waived=self.waived,
            exploited=self.exploited,
            due_before=self.due_before,
            sort=self.sort,
        )


class CycleShown(Shown):
    """One time that the finding was there."""

    number: int
    detected_at: datetime
    due_at: datetime
    ended_at: datetime | None
    ended_as: Literal["fixed", "dismissed"] | None
    verified_at: datetime | None


class EventShown(Shown):
    """One decision or change."""

    id: str
    number: int | None
    at: datetime
    actor: str
    actor_name: str
    via: str
    action: str
    subject: str
    about: list[str]
    details: dict[str, Any]


class HistoryShown(Shown):
    """What became of a finding: its cycles, and every event about it."""

    cycles: list[CycleShown]
    events: list[EventShown]


class Assignment(Asked):
    """Who is to repair it."""

    account: AccountId


class DismissalAsked(Asked):
    """Why the finding is wrong or does not apply, what shows it, and until when that holds."""

    reason: Line
    evidence: Words
    expires_at: AwareDatetime


class Refusal(Asked):
    """Why not."""

    why: Words


@route(ROUTER, "GET", "", needs="finding:read", shows=Rows[FindingRow], lists=True)
async def list_findings(call: Called, asked: Annotated[FindingsAsked, InQuery()]) -> Response:
    """List findings, the one that is due first coming first."""
    return await listed(call, asked, call.services.findings.list, asked.query())


@route(ROUTER, "GET", "/{finding}", needs="finding:read", shows=FindingShown)
async def get_finding(call: Called, finding: FindingId) -> Response:
    """Show one finding."""
    return await call.answer(call.services.findings.get, finding)


@route(ROUTER, "POST", "/{finding}/acknowledge", needs="finding:work", shows=FindingShown)
async def acknowledge_finding(call: Called, finding: FindingId) -> Response:
    """Say that it was seen and is being taken care of."""
    return await call.answer(call.services.findings.acknowledge, finding)
