"""Findings: what is wrong, whose move it is and until when; and the moves themselves."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query as InQuery
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed
from wardline.api.reported import ReportedFinding
from wardline.api.routes.ledger import EventShown
from wardline.api.routing import route, router
from wardline.api.words import AccountId, Asked, Cursor, FindingId, IdOrSlug, Line, Shown, Words
from wardline.findings.model import OPEN, Query, State
from wardline.findings.report import Confidence, Practice, Severity
from wardline.kernel.identity.model import Principal
from wardline.kernel.paging import Page

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


class FindingsFilter(Asked):
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
        )


class FindingsAsked(Paging, FindingsFilter):
    """Which findings, in which order."""

    sort: Literal["due", "severity", "detected", "seen"] = "due"


class CycleShown(Shown):
    """One time that the finding was there."""

    number: int
    detected_at: datetime
    due_at: datetime
    ended_at: datetime | None
    ended_as: Literal["fixed", "dismissed"] | None
    verified_at: datetime | None


class DismissalShown(Shown):
    """That a finding is wrong or does not apply: who says so, who agreed, until when."""

    reason: str
    evidence: str
    asked_by: str
    asked_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    expires_at: datetime
    state: Literal["asked", "approved", "refused", "lapsed", "moot"]
    refusal: str


class SourceShown(Shown):
    """What reports it: whether it does now, and when it last did."""

    name: str
    present: bool
    at: datetime


class HistoryShown(Shown):
    """What became of a finding, and every event about it, the newest first."""

    cycles: list[CycleShown]
    dismissals: list[DismissalShown]
    sources: list[SourceShown]
    events: Rows[EventShown]


class HistoryAsked(Asked):
    """Which piece of the events."""

    limit: int = Field(50, ge=1, le=1000)
    cursor: Cursor | None = None


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


By = Literal["severity", "service", "practice", "team", "state"]


class CountsAsked(FindingsFilter):
    """What is counted, by what."""

    by: By = "severity"


class CountsShown(Shown):
    """How many findings there are, by severity, service (id), practice, team (id) or state."""

    by: By
    counts: dict[str, int]


@route(ROUTER, "GET", "", needs="finding:read", shows=Rows[FindingRow], lists=True)
async def list_findings(call: Called, asked: Annotated[FindingsAsked, InQuery()]) -> Response:
    """List findings, the one that is due first coming first."""
    return await listed(call, asked, call.services.findings.list, asked.query()._replace(sort=asked.sort))


@route(ROUTER, "GET", "/counts", needs="finding:read", shows=CountsShown)
async def count_findings(call: Called, asked: Annotated[CountsAsked, InQuery()]) -> Response:
    """Count findings by severity, service, practice, team or state."""

    def counts(who: Principal) -> dict[str, object]:
        return {"by": asked.by, "counts": call.services.findings.counts(who, asked.query(), asked.by)}

    return await call.answer(counts)


@route(ROUTER, "GET", "/{finding}", needs="finding:read", shows=FindingShown)
async def get_finding(call: Called, finding: FindingId) -> Response:
    """Show one finding."""
    return await call.answer(call.services.findings.get, finding)


@route(ROUTER, "GET", "/{finding}/history", needs="finding:read", shows=HistoryShown)
async def get_finding_history(call: Called, finding: FindingId, asked: Annotated[HistoryAsked, InQuery()]) -> Response:
    """Show what became of a finding: its cycles, dismissals, sources and events."""

    def history(who: Principal) -> dict[str, object]:
        found = call.services.findings.history(who, finding, Page(asked.limit, asked.cursor))
        sources = [dict(zip(("name", "present", "at"), one, strict=True)) for one in found.sources]
        return {**found._asdict(), "sources": sources}

    return await call.answer(history)


@route(ROUTER, "POST", "/{finding}/acknowledge", needs="finding:work", shows=FindingShown)
async def acknowledge_finding(call: Called, finding: FindingId) -> Response:
    """Say "mine": whoever asks owns it, if nobody else does."""
    return await call.answer(call.services.findings.acknowledge, finding)


@route(ROUTER, "POST", "/{finding}/assign", needs="finding:work", shows=FindingShown)
async def assign_finding(call: Called, finding: FindingId, asked: Assignment) -> Response:
    """Hand it to somebody: they own it."""
    return await call.answer(call.services.findings.assign, finding, asked.account)


@route(ROUTER, "POST", "/{finding}/start", needs="finding:work", shows=FindingShown)
async def start_finding(call: Called, finding: FindingId) -> Response:
    """Say that the repair has begun."""
    return await call.answer(call.services.findings.start, finding)


@route(ROUTER, "POST", "/{finding}/dismissal", needs="finding:dismiss", shows=FindingShown)
async def ask_dismissal(call: Called, finding: FindingId, asked: DismissalAsked) -> Response:
    """Ask that a finding count as wrong for a while: a second person decides, and its clock runs on meanwhile."""
    return await call.answer(call.services.findings.dismiss, finding, asked.reason, asked.evidence, asked.expires_at)


@route(ROUTER, "POST", "/{finding}/dismissal/approve", needs="finding:dismiss-approve", shows=FindingShown)
async def approve_dismissal(call: Called, finding: FindingId) -> Response:
    """Agree that a finding is wrong. Not for whoever asked, nor for its owner."""
    return await call.answer(call.services.findings.approve_dismissal, finding)


@route(ROUTER, "POST", "/{finding}/dismissal/refuse", needs="finding:dismiss-approve", shows=FindingShown)
async def refuse_dismissal(call: Called, finding: FindingId, refusal: Refusal) -> Response:
    """Say that a finding is none to dismiss: it stays as it is."""
    return await call.answer(call.services.findings.refuse_dismissal, finding, refusal.why)
