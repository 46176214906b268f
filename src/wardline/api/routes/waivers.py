"""Waivers: leave for findings to stay a while: asked for, decided by somebody else, always ending."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Query as InQuery
from pydantic import AwareDatetime, Field, StringConstraints
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed
from wardline.api.routing import route, router
from wardline.api.words import AccountId, Asked, FindingId, Fingerprint, IdOrSlug, Line, Prose, WaiverId, Words
from wardline.api.words import Shown as Model
from wardline.findings.report import Severity
from wardline.findings.waivers.model import Action, Control, Query, Reason, Request, Scope, Shown, Standing
from wardline.kernel.identity.model import Principal
from wardline.kernel.paging import Listing, Page

ROUTER = router("waivers")
_PATH = r"^[^\x00-\x1f\x7f/\\][^\x00-\x1f\x7f\\]*$"
Path = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=_PATH)]


class ScopeShown(Model):
    """What a waiver covers: findings of one service, by fingerprint, by rule, or by rule below a path."""

    service: str
    fingerprint: str | None
    rule: str | None
    path_prefix: str | None


class ControlShown(Model):
    """What holds instead of the fix, and how that is known."""

    text: str
    check: str | None
    attested_by: str | None


class ApprovalShown(Model):
    """One person's yes."""

    account: str
    name: str
    at: datetime


class CoveredShown(Model):
    """A finding that the waiver covers."""

    id: str
    title: str
    place: str
    severity: Severity
    fingerprint: str


class WaiverShown(Model):
    """A waiver: how it stands, whose move it is, and what whoever asks may do with it."""

    id: str
    standing: Standing
    move: str
    actions: list[Action]
    service: str
    service_slug: str
    service_name: str
    team: str
    team_name: str
    scope: ScopeShown
    severity: Severity
    reason: Reason
    justification: str
    control: ControlShown
    requester: str
    requester_name: str
    asked_at: datetime
    decide_by: datetime
    starts_at: datetime
    expires_at: datetime
    approvals: list[ApprovalShown]
    needed_approvals: int
    refused_at: datetime | None
    refusal: str
    revoked_at: datetime | None
    lapsed_at: datetime | None
    withdrawn_at: datetime | None
    ending: str
    granted_by_clock: bool
    renewals: int
    renews: str | None
    source: Literal["api", "file"]
    file: str | None
    findings: list[CoveredShown]


class WaiversAsked(Paging):
    """Which waivers."""

    standing: set[Standing] = Field(set(), max_length=8)
    service: set[IdOrSlug] = Field(set(), max_length=50)
    team: set[IdOrSlug] = Field(set(), max_length=50)
    finding: FindingId | None = None
    requester: AccountId | None = None
    expires_before: AwareDatetime | None = None
    mine: bool = Field(default=False, description="only those that whoever asks may approve now")

    def query(self) -> Query:
        """Return the question for the service."""
        return Query(
            standings=frozenset(self.standing),
            services=frozenset(self.service),
            teams=frozenset(self.team),
            finding=self.finding,
            requester=self.requester,
            expires_before=self.expires_before,
            mine=self.mine,
        )


class ControlAsked(Asked):
    """What holds instead of the fix; a rule that checks it, or a person (id or e-mail) who attests it."""

    text: Words
    check: Line | None = None
    attested_by: Line | None = None

    def value(self) -> Control:
        """Return it for the service."""
        return Control(self.text, self.check, self.attested_by)


class WaiverAsked(Asked):
    """What is to stay (a fingerprint, or a rule, perhaps below a path), why, what holds meanwhile, and until when."""

    service: IdOrSlug
    fingerprint: Fingerprint | None = None
    rule: Line | None = None
    path_prefix: Path | None = None
    reason: Reason
    justification: Words
    control: ControlAsked
    expires_at: AwareDatetime

    def request(self) -> Request:
        """Return it for the service."""
        scope = Scope(self.service, self.fingerprint, self.rule, self.path_prefix)
        return Request(scope, self.reason, self.justification, self.control.value(), self.expires_at)


class RenewalAsked(Asked):
    """Until when it is to go on, and why. What is not named stays as it was."""

    expires_at: AwareDatetime
    justification: Words
    control: ControlAsked | None = None
    reason: Reason | None = None


class Why(Asked):
    """Why."""

    why: Words


class MaybeWhy(Asked):
    """Why, where there is something to say."""

    why: Prose = ""


class FileSent(Asked):
    """One file of `.wardline/waivers/`, and the e-mail addresses of who wrote it, as the repository's history tells."""

    path: Path
    content: Annotated[str, StringConstraints(max_length=65536)]
    authors: list[Annotated[str, StringConstraints(max_length=254)]] = Field(max_length=200)


class FilesSent(Asked):
    """Every waiver file of the service's default branch: what a file that is missing here asked for is withdrawn."""

    service: IdOrSlug
    files: list[FileSent] = Field(max_length=200)


class OutcomeShown(Model):
    """What one file led to: a waiver and how it stands, or in words why there is none."""

    path: str
    waiver: str | None
    standing: Standing | None
    said: str
    changed: bool


class OutcomesShown(Model):
    """What the files led to."""

    outcomes: list[OutcomeShown]


def flat(shown: Shown) -> dict[str, Any]:
    """Return a waiver and what is said about it side by side, as the API shows it."""
    beside = shown._asdict()
    waiver = beside.pop("waiver")._asdict()
    service = waiver["scope"].service
    return {**waiver, **beside, "service": service, "actions": sorted(shown.actions)}


def _flatly(method: Callable[..., Shown]) -> Callable[..., dict[str, Any]]:
    return lambda *given, **named: flat(method(*given, **named))


@route(ROUTER, "GET", "", needs="waiver:read", shows=Rows[WaiverShown], lists=True)
async def list_waivers(call: Called, asked: Annotated[WaiversAsked, InQuery()]) -> Response:
    """List waivers, newest first."""

    def waivers(who: Principal, page: Page) -> Listing[Any]:
        found = call.services.waivers.list(who, asked.query(), page)
        return Listing(list(map(flat, found.rows)), found.next_cursor)

    return await listed(call, asked, waivers)


@route(ROUTER, "POST", "", needs="waiver:ask", shows=WaiverShown, status=201)
async def ask_waiver(call: Called, asked: WaiverAsked) -> Response:
    """Ask for a waiver of what is open in a scope now; nothing that comes later is covered."""
    ask = _flatly(call.services.waivers.ask)
    return await call.answer(ask, asked.request(), at=lambda made: f"/waivers/{made['id']}")


@route(ROUTER, "PUT", "/files", needs="waiver:ask", shows=OutcomesShown)
async def put_waiver_files(call: Called, sent: FilesSent) -> Response:
    """Bring waivers in line with a repository's files. A file whose authors are not known here asks for nothing."""

    def read(who: Principal) -> dict[str, object]:
        contents = {one.path: one.content.encode() for one in sent.files}
        authors = {one.path: one.authors for one in sent.files}
        return {"outcomes": call.services.waivers.read_files(who, sent.service, contents, authors)}

    return await call.answer(read)


@route(ROUTER, "GET", "/{waiver}", needs="waiver:read", shows=WaiverShown)
async def get_waiver(call: Called, waiver: WaiverId) -> Response:
    """Show one waiver."""
    return await call.answer(_flatly(call.services.waivers.get), waiver)


@route(ROUTER, "POST", "/{waiver}/approve", needs="waiver:approve", shows=WaiverShown)
async def approve_waiver(call: Called, waiver: WaiverId) -> Response:
    """Say yes. Not for who asked, wrote or owns it."""
    return await call.answer(_flatly(call.services.waivers.approve), waiver)


@route(ROUTER, "POST", "/{waiver}/refuse", needs="waiver:approve", shows=WaiverShown)
async def refuse_waiver(call: Called, waiver: WaiverId, asked: Why) -> Response:
    """Say no, with a reason."""
    return await call.answer(_flatly(call.services.waivers.refuse), waiver, asked.why)


@route(ROUTER, "POST", "/{waiver}/renew", needs="waiver:ask", shows=WaiverShown, status=201)
async def renew_waiver(call: Called, waiver: WaiverId, asked: RenewalAsked) -> Response:
    """Ask to go on with a waiver that counts: a new one, which is decided anew."""
    renew = partial(
        _flatly(call.services.waivers.renew),
        expires_at=asked.expires_at,
        justification=asked.justification,
        control=asked.control.value() if asked.control else None,
        reason=asked.reason,
    )
    return await call.answer(renew, waiver, at=lambda made: f"/waivers/{made['id']}")


@route(ROUTER, "POST", "/{waiver}/revoke", needs="waiver:read", shows=WaiverShown)
async def revoke_waiver(call: Called, waiver: WaiverId, asked: Why) -> Response:
    """End a waiver before its time: for who may approve, or attested the control."""
    return await call.answer(_flatly(call.services.waivers.revoke), waiver, asked.why)


@route(ROUTER, "POST", "/{waiver}/withdraw", needs="waiver:ask", shows=WaiverShown)
async def withdraw_waiver(call: Called, waiver: WaiverId, asked: MaybeWhy) -> Response:
    """Take it back, as who asked for it or as its team."""
    return await call.answer(_flatly(call.services.waivers.withdraw), waiver, asked.why)
