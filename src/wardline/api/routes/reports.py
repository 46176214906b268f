"""Reports: what a check or another tool found, sent by CI; and what became of each that was sent."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Final, Literal

from fastapi import Query
from pydantic import AwareDatetime, Field, StringConstraints
from starlette.responses import Response

from wardline.api import reading, spool
from wardline.api.caller import Call, Called
from wardline.api.listing import Paging, Rows, listed
from wardline.api.routing import route, router
from wardline.api.words import Asked, Commit, IdOrSlug, ReportId, Shown
from wardline.findings.model import Receipt, Upload
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.identity.model import Principal

ROUTER = router("reports")
LEASE: Final = timedelta(seconds=20)  # renewed while it is worked on; receiving guards itself beside that
_DEFAULT: Final = "wardline"
_SOURCES: Final = {"wardline": "wardline check"}
FormatName = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
SourceName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Branch = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x20\x7f]+$")]
_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "`wardline check --format json`, or another tool's report with `format`; gzip is unpacked",
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Report"}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


class ReportAsked(Asked):
    """What is sent: of which service, in which format, from where."""

    service: IdOrSlug
    format: FormatName = Field(_DEFAULT, description="`wardline`, `sarif`, …; `auto`: by its content")
    source: SourceName | None = Field(
        None, description="who found it; findings are closed by reports of their own source. Default: the format"
    )
    scope: Literal["whole", "part"] = Field(
        "whole", description="`part`: only some of the service was looked at, so nothing counts as fixed"
    )
    commit: Commit | None = None
    branch: Branch | None = Field(None, description="default: the default branch; others change nothing")
    at: AwareDatetime | None = Field(None, description="when it was examined; default: now")


class ReceiptShown(Shown):
    """What a report changed."""

    report: str
    opened: int
    reopened: int
    seen: int
    moved: int
    fixed: int
    ambiguous: int
    gaps: int
    introduced: int
    stale: bool
    branch: str | None
    repeated: bool


class ReportsAsked(Paging):
    """The reports of which service."""

    service: IdOrSlug


class GapShown(Shown):
    """Something that was not examined."""

    practice: str
    scope: str
    reason: str
    remedy: str


class ReportShown(Shown):
    """A report that came in."""

    receipt: ReceiptShown
    service: str
    source: str
    commit: str | None
    at: datetime
    received_at: datetime
    sender: str
    complete: list[str]
    gaps: list[GapShown]
    whole: bool


@route(
    ROUTER,
    "POST",
    "",
    needs="report:write",
    shows=ReceiptShown,
    status=201,
    streams=True,
    may=(404, 507),
    extra=_BODY,
)
async def send_report(call: Called, asked: Annotated[ReportAsked, Query()]) -> Response:
    """Send a report. The same again changes nothing; one that was cut off is finished by sending it again."""
    platform = call.platform
    spooled = await platform.spool.take(call.request, platform.hop, call.services.settings.max_report_bytes)
    try:
        call.sent(spooled.digest)
        receive = partial(_received, call, spooled, asked)
        return await call.answer_apart(receive, lease=LEASE, at=lambda made: f"/reports/{made.report}")
    finally:
        await platform.hop(spool.drop, spooled.path)


@route(ROUTER, "GET", "", needs="finding:read", shows=Rows[ReportShown], lists=True, may=(404,))
async def list_reports(call: Called, asked: Annotated[ReportsAsked, Query()]) -> Response:
    """List the reports of a service, newest first."""
    return await listed(call, asked, call.services.findings.reports, asked.service)


@route(ROUTER, "GET", "/{report}", needs="finding:read", shows=ReportShown)
async def get_report(call: Called, report: ReportId) -> Response:
    """Show one report and what it changed."""
    return await call.answer(call.services.findings.report, report)


def _received(call: Call, spooled: spool.Spooled, asked: ReportAsked, who: Principal) -> Receipt:
    """Read a report in a process of its own, and take in what it says."""
    name = reading.recognised(spooled.path, asked.format)
    upload = Upload(
        service=asked.service,
        source=asked.source or _SOURCES.get(name, name),
        findings=(),
        commit=asked.commit,
        branch=asked.branch,
        at=asked.at,
        idempotency=f"{who.id} {call.key}" if call.key else None,
        said=b" ".join((name.encode(), asked.scope.encode(), spooled.digest)),
    )
    known = call.services.findings.repeated(who, upload)
    if known is not None:
        return known
    told = reading.read(spooled.path, spooled.beside, name)
    if told.summary.empty:
        raise AskedWronglyError(
            "nothing could be read: " + told.summary.empty, hint="send it whole, and name its format"
        )
    complete = told.summary.complete if asked.scope == "whole" else frozenset()
    return call.services.findings.receive(
        who, upload._replace(findings=told, gaps=told.summary.gaps, complete=complete)
    )
