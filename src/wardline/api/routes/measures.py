"""Measures: how long things take, what that exposes, what is kept in time, and where it burns."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import Query as InQuery
from pydantic import Field
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed_whole
from wardline.api.routing import route, router
from wardline.api.words import Asked, IdOrSlug, Shown, TeamId
from wardline.findings.measures import Heat
from wardline.findings.report import Practice
from wardline.kernel.identity.model import Principal

ROUTER = router("measures")
By = Literal["severity", "practice", "team", "service"]
_WORST: Final = ("critical", "high", "medium", "low", "info")
_DAYS: Final = Field(180, ge=1, le=3660, description="how far back the period reaches")


class MeasuresAsked(Asked):
    """Of what, and in which period."""

    days: int = _DAYS
    service: IdOrSlug | None = None
    team: TeamId | None = None
    practice: Practice | None = None

    def narrowed(self) -> dict[str, Any]:
        """Return what was asked for, by the names of the service."""
        return {"days": self.days, "service": self.service, "team": self.team, "practice": self.practice}


class GroupsAsked(MeasuresAsked):
    """Of what, in which period, and told apart by what."""

    by: By | None = Field(None, description="default: all together")


class VelocityAsked(Asked):
    """In which period, told apart by what, of which team."""

    days: int = _DAYS
    by: By = "severity"
    team: TeamId | None = None


class PointShown(Shown):
    """At this age, in days, `open_share` of all findings were still open; `at_risk` were seen at that age."""

    days: float
    open_share: float
    at_risk: int


class CurveShown(Shown):
    """How long findings stay open, as a survival curve. `median_days` is null where more than half are still open."""

    name: str
    points: list[PointShown]
    median_days: float | None
    fixed: int
    still_open: int
    dismissed: int


class ExposureShown(Shown):
    """Days that findings were open, and days until they were gone from what runs, added up."""

    open_days: float
    running_days: float


class AttainmentShown(Shown):
    """How due times are kept: `share` of what was due in the period or is late now; null where nothing was."""

    open: int
    late: int
    waived: int
    met: int
    missed: int
    share: float | None


class PaceShown(Shown):
    """One team's or service's numbers, each beside the one that it could be flattered with."""

    id: str
    name: str
    open: int
    late: int
    median_days: float | None
    fixed: int
    dismissed: int
    dismissed_share: float | None
    waived: int
    waived_share: float | None
    came_back: int
    came_back_share: float | None
    exposure: ExposureShown


class VelocityShown(Shown):
    """All of it at one moment. `whole` is null where there was nothing in the period."""

    whole: CurveShown | None
    curves: list[CurveShown]
    exposure: ExposureShown
    exposure_by_severity: dict[str, ExposureShown]
    attainment: AttainmentShown
    paces: list[PaceShown]


class CurvesShown(Shown):
    """One curve, or one for each group."""

    curves: list[CurveShown]


class ExposuresShown(Shown):
    """Exposure by the name of its group; of all together under ""."""

    by: By | None
    exposure: dict[str, ExposureShown]


class PacesAsked(Paging):
    """Whose numbers, in which period."""

    days: int = _DAYS
    by: Literal["team", "service"] = "team"


class CellShown(Shown):
    """One service's open findings of one practice."""

    service: str
    service_name: str
    tier: int
    practice: Practice
    open: int
    late: int
    waived: int
    worst: Literal["critical", "high", "medium", "low", "info"] | None


class OpenDayShown(Shown):
    """How many findings were open at the end of a day in UTC; today: now. Unknown counts as high, info as low."""

    day: date
    critical: int
    high: int
    medium: int
    low: int


class TimelineAsked(Paging):
    """Which service, and how many days back."""

    service: IdOrSlug
    days: int = Field(90, ge=1, le=3660)


@route(ROUTER, "GET", "/velocity", needs="finding:read", shows=VelocityShown)
async def get_velocity(call: Called, asked: Annotated[VelocityAsked, InQuery()]) -> Response:
    """Show secure velocity: time to fix, exposure and attainment, in one look, each beside what could flatter it."""
    return await call.answer(call.services.findings.velocity, by=asked.by, days=asked.days, team=asked.team)


@route(ROUTER, "GET", "/survival", needs="finding:read", shows=CurvesShown, may=(404,))
async def get_survival(call: Called, asked: Annotated[GroupsAsked, InQuery()]) -> Response:
    """Show time to fix as survival curves: what is still open counts for as long as it has been open."""

    def curves(who: Principal) -> dict[str, object]:
        return {"curves": call.services.findings.survival(who, by=asked.by, **asked.narrowed())}

    return await call.answer(curves)


@route(ROUTER, "GET", "/exposure", needs="finding:read", shows=ExposuresShown, may=(404,))
async def get_exposure(call: Called, asked: Annotated[GroupsAsked, InQuery()]) -> Response:
    """Show the days that findings were open, and in something that runs, added up."""

    def exposure(who: Principal) -> dict[str, object]:
        return {
            "by": asked.by,
            "exposure": call.services.findings.exposure_days(who, by=asked.by, **asked.narrowed()),
        }

    return await call.answer(exposure)


@route(ROUTER, "GET", "/attainment", needs="finding:read", shows=AttainmentShown, may=(404,))
async def get_attainment(call: Called, asked: Annotated[MeasuresAsked, InQuery()]) -> Response:
    """Show how due times are kept: what is open and late now counts, not only what was fixed."""
    return await call.answer(call.services.findings.attainment, **asked.narrowed())


@route(ROUTER, "GET", "/paces", needs="finding:read", shows=Rows[PaceShown], lists=True)
async def list_paces(call: Called, asked: Annotated[PacesAsked, InQuery()]) -> Response:
    """List the numbers of each team or service side by side, whoever has the most late first."""

    def paces(who: Principal) -> tuple[Any, ...]:
        return call.services.findings.pace(who, asked.by, days=asked.days)

    return await listed_whole(call, asked, paces)


@route(ROUTER, "GET", "/heat", needs="finding:read", shows=Rows[CellShown], lists=True)
async def list_heat(call: Called, asked: Annotated[Paging, InQuery()]) -> Response:
    """List what is open by service and practice, the most urgent service first: the portfolio's heat map."""
    return await listed_whole(call, asked, lambda who: list(_cells(call.services.findings.heat(who))))


@route(ROUTER, "GET", "/timeline", needs="finding:read", shows=Rows[OpenDayShown], lists=True, may=(404,))
async def list_timeline(call: Called, asked: Annotated[TimelineAsked, InQuery()]) -> Response:
    """List how many findings of a service were open at the end of each day, the first day first."""

    def days(who: Principal) -> tuple[Any, ...]:
        return call.services.findings.timeline(who, asked.service, days=asked.days)

    return await listed_whole(call, asked, days)


def _cells(heat: Heat) -> Iterator[dict[str, object]]:
    for service, name, tier in heat.services:
        for practice in heat.practices:
            cell = heat.cells.get((service, practice))
            if cell is not None:
                worst = None if cell.worst is None else _WORST[cell.worst]
                named = {"service": service, "service_name": name, "tier": tier, "practice": practice}
                yield {**cell._asdict(), **named, "worst": worst}
