"""Velocity: how long things take, what that exposes, what is kept in time; each number beside what could flatter it."""

from typing import Any, Final, Literal, NamedTuple

from starlette.responses import Response

from wardline.findings.measures import Attainment, Curve, Pace
from wardline.kernel.paging import Page
from wardline.web import exports, rendering, words
from wardline.web.asking import Asked
from wardline.web.plots.bars import Bar, bars
from wardline.web.plots.drawing import number
from wardline.web.plots.survival import Line, survival
from wardline.web.routing import Look

COLUMNS: Final = (
    "id", "name", "open", "late", "median_days", "fixed", "dismissed", "waived", "came_back", "open_days",
    "running_days",
)  # fmt: skip
_PERIODS: Final = (30, 90, 180, 365)
_BY: Final = (("severity", "Severity"), ("practice", "Practice"), ("team", "Team"))


class Pair(NamedTuple):
    """A number, the one that shows when it is flattered, and why they stand together."""

    name: str
    value: str
    other: str
    other_value: str
    why: str


def velocity(asked: Asked) -> Response:
    """Return the page."""
    findings, who = asked.services.findings, asked.who
    days, by, team = _days(asked), _by(asked), asked.query.get("team") or None
    seen = findings.velocity(who, by=by, days=days, team=team)
    return asked.html(
        "velocity.html",
        curves=survival([_line(one, by) for one in seen.curves]),
        exposure=_exposure_bars(seen.exposure_by_severity),
        attainment=seen.attainment,
        attainment_plot=_attainment_bars(seen.attainment),
        paces=[pace for pace in seen.paces if team is None or pace.id == team],
        pairs=_pairs(seen.whole, seen.attainment, seen.exposure, seen.paces, team),
        days=days,
        by=by,
        team=team,
        periods=[(one, _address(one, by, team)) for one in _PERIODS],
        groups=[(name, label, _address(days, name, team)) for name, label in _BY],
        teams=[(one.id, one.name) for one in asked.services.catalog.teams(who, Page(1000)).rows]
        if asked.may("catalog:read")
        else [],
        median=seen.whole.median_days if seen.whole else None,
    )


def export(asked: Asked) -> Response:
    """Return the numbers of each team, or of each service with `?by=service`, as a file."""
    by: Literal["team", "service"] = "service" if asked.query.get("by") == "service" else "team"
    rows = asked.services.findings.pace(asked.who, by=by, days=_days(asked))
    found = ({**one._asdict(), **one.exposure._asdict()} for one in rows)
    return exports.answer(asked.path.rpartition(".")[2], "velocity", found, COLUMNS)


def _line(curve: Curve, by: str) -> Line:
    points = tuple((point.days, point.open_share) for point in curve.points)
    kind = f"of-{curve.name}" if by == "severity" else ""
    return Line(curve.name, curve.fixed + curve.still_open + curve.dismissed, points, kind)


def _exposure_bars(exposure: Any) -> Any:
    order = ("critical", "high", "medium", "low", "info")
    rows = [
        Bar(name, exposure[name].open_days, f"{number(round(exposure[name].open_days, 1))} days", f"sev-{name}")
        for name in order
        if name in exposure
    ]
    total = sum(row.amount for row in rows)
    summary = (
        f"Together findings were open for {number(round(total, 1))} days." if rows else "Nothing was open in this time."
    )
    return bars(rows, "Days that findings were open, added up, by severity", summary, ("Severity", "Exposure"))


def _attainment_bars(kept: Attainment) -> Any:
    rows = [
        Bar("in time", kept.met, f"{kept.met:,}", "p4"),
        Bar("late", kept.missed, f"{kept.missed:,}", "sev-critical"),
    ]
    summary = (
        f"{words.percent(kept.share)} of what was due in this time, or is late now, was fixed in time."
        if kept.share is not None
        else "Nothing was due in this time."
    )
    return bars(rows, "Due times kept and missed", summary, ("What", "Findings"))


def _pairs(whole: Curve | None, kept: Attainment, together: Any, paces: Any, team: str | None) -> list[Pair]:
    some: list[Pace] = [pace for pace in paces if team is None or pace.id == team]
    fixed, dismissed = sum(pace.fixed for pace in some), sum(pace.dismissed for pace in some)
    waived, back = sum(pace.waived for pace in some), sum(pace.came_back for pace in some)
    there = fixed + dismissed + sum(pace.open for pace in some)
    days = whole.median_days if whole else None
    return [
        Pair(
            "Half are fixed within",
            f"{days:,.1f} days" if days is not None else "not yet",
            "Ended by dismissal instead",
            _share(dismissed, fixed + dismissed),
            "Dismissing the hard ones would make fixing look quick; a dismissal does not count as fixed here.",
        ),
        Pair(
            "Due times kept",
            words.percent(kept.share),
            "Had a waiver at some time",
            _share(waived, there),
            "Waiving what is nearly late would keep every due time; the clock runs on under a waiver.",
        ),
        Pair(
            "Fixed",
            f"{fixed:,}",
            "Came back",
            _share(back, fixed),
            "What is fixed only for the next scan comes back, and has half the window then.",
        ),
        Pair(
            "Open, in days added up",
            f"{together.open_days:,.0f}" if together else "0",
            "Until gone from what runs",
            f"{together.running_days:,.0f}" if together else "0",
            "A fix that is merged and not deployed protects nobody.",
        ),
    ]


def _share(part: int, whole: int) -> str:
    return f"{words.percent(part / whole)} ({part:,})" if whole else words.percent(None)


def _days(asked: Asked) -> int:
    sent = asked.query.get("days", "")
    return int(sent) if sent in {str(one) for one in _PERIODS} else 90


def _by(asked: Asked) -> Literal["severity", "practice", "team"]:
    sent = asked.query.get("by", "")
    return "practice" if sent == "practice" else "team" if sent == "team" else "severity"


def _address(days: int, by: str, team: str | None) -> str:
    return "/velocity" + rendering.query({"days": days, "by": by, "team": team})


ROUTES: Final = (
    Look("/velocity", velocity, "finding:read"),
    Look("/velocity.csv", export, "finding:read"),
    Look("/velocity.json", export, "finding:read"),
)
