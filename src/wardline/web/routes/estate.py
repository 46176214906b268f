"""Services: all of them; and one: its tier and why, what is wrong with it over time, what runs, and whose it is."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, cast

from starlette.responses import Response

from wardline.catalog.model import TIER_MEANING, TIERS, ServiceQuery, Tier
from wardline.findings.model import Query, Tracked
from wardline.findings.report import Practice, Severity
from wardline.kernel.errors import AskedWronglyError, NotFoundError
from wardline.kernel.paging import Page
from wardline.web import exports, filters, plots_data, rendering
from wardline.web.asking import Asked
from wardline.web.plots.exposure import exposure
from wardline.web.routing import Look, Move

COLUMNS: Final = (
    "id", "slug", "name", "team", "team_name", "team_source", "tier", "tier_inferred", "tier_claimed",
    "tier_argument", "exposed", "repository", "description", "open",
)  # fmt: skip
_ROWS: Final = 25
_PACKAGES: Final = 500
_DEPENDENCIES: Final[frozenset[Practice]] = frozenset({"dependencies"})
_REPORTS: Final = 10


class Upgrade(NamedTuple):
    """A package that findings of a service ask to be upgraded; `repaired` names the versions that repair them."""

    ecosystem: str
    name: str
    version: str
    repaired: str
    worst: Severity
    findings: int


def services(asked: Asked) -> Response:
    """Return the list."""
    query = _query(asked)
    listing = asked.services.catalog.services(asked.who, query, asked.page())
    return asked.html(
        "services.html",
        listing=listing,
        query=query,
        teams=_team_names(asked),
        open=_open(asked),
        tiers=TIER_MEANING,
        next_address=lambda cursor: (
            "/services" + rendering.query({"q": query.text, "team": sorted(query.teams), "after": cursor})
        ),
    )


def export(asked: Asked) -> Response:
    """Return the same list as a file."""
    query, counts = _query(asked), _open(asked)
    rows = exports.every(lambda page: asked.services.catalog.services(asked.who, query, page))
    found = ({**one._asdict(), "open": counts.get(one.id, 0)} for one in rows)
    return exports.answer(asked.path.rpartition(".")[2], "services", found, COLUMNS)


def service(asked: Asked) -> Response:
    """Return one service's page."""
    catalog, who = asked.services.catalog, asked.who
    one = catalog.service(who, asked.parameters["slug"])
    return asked.html(
        "service.html",
        service=one,
        team=catalog.team(who, one.team),
        members=catalog.members(who, one.team),
        tiers=TIERS,
        meanings=TIER_MEANING,
        running=catalog.running(who, one.id),
        deployments=catalog.deployments(who, one.id, Page(_REPORTS)).rows,
        **_wrong(asked, one.id),
    )


def _wrong(asked: Asked, service: str) -> dict[str, Any]:
    """Return what is wrong with a service, for a page; that it is not shown (`sees`) to whom it is none of theirs."""
    findings, who = asked.services.findings, asked.who
    try:
        reports = findings.reports(who, service, Page(_REPORTS)).rows
    except NotFoundError:
        return {"sees": False}
    mine = Query(services=frozenset({service}))
    return {
        "sees": True,
        "reports": reports,
        "findings": findings.list(who, mine, Page(_ROWS)).rows,
        "count": findings.count(who, mine),
        "by_severity": findings.counts(who, mine, by="severity"),
        "by_practice": findings.counts(who, mine, by="practice"),
        "exposure": exposure(plots_data.exposure_days(asked, service)),
        "packages": packages(findings.list(who, mine._replace(practices=_DEPENDENCIES), Page(_PACKAGES)).rows),
    }


def packages(rows: Iterable[Tracked]) -> list[Upgrade]:
    """Return what has to be upgraded for these findings, a row for each package and version, the worst first."""
    found: dict[tuple[str, str, str], list[Tracked]] = {}
    for one in rows:
        package = one.attributes.package
        if package is not None:
            found.setdefault((package.ecosystem, package.name, package.version), []).append(one)
    upgrades = []
    for (ecosystem, name, version), some in found.items():
        repaired = {one.attributes.fix.version for one in some if one.attributes.fix and one.attributes.fix.version}
        worst = min((one.severity for one in some), key=filters.SHOWN_SEVERITIES.index)
        # Which of several repairs is the highest is the ecosystem's to say: more than one is shown as they are.
        upgrades.append(Upgrade(ecosystem, name, version, ", ".join(sorted(repaired)), worst, len(some)))
    return sorted(upgrades, key=lambda one: (filters.SHOWN_SEVERITIES.index(one.worst), one.name))


def argue(asked: Asked) -> Response:
    """Claim another tier for a service, with the argument for it; both stay beside what was inferred."""
    tier = cast("Tier", asked.form.whole("tier", "the tier", least=1, most=4))
    argument = asked.form.required("argument", "the argument")
    if len(argument) > 2000:
        raise AskedWronglyError("the argument is too long", hint="2,000 characters at most; link to the rest")
    one = asked.services.catalog.service(asked.who, asked.parameters["slug"])
    asked.services.catalog.argue_tier(asked.who, one.id, tier, argument)
    return asked.back(f"/services/{one.slug}", f"Tier {tier} is claimed, and shown beside what was inferred")


def _query(asked: Asked) -> ServiceQuery:
    return ServiceQuery(
        text=asked.query.get("q", "").strip()[:200], teams=frozenset(filter(None, asked.query.getlist("team")[:20]))
    )


def _team_names(asked: Asked) -> dict[str, str]:
    return {one.id: one.name for one in asked.services.catalog.teams(asked.who, Page(1000)).rows}


def _open(asked: Asked) -> dict[str, int]:
    return dict(asked.services.findings.counts(asked.who, Query(), by="service")) if asked.may("finding:read") else {}


ROUTES: Final = (
    Look("/services", services, "catalog:read"),
    Look("/services.csv", export, "catalog:read"),
    Look("/services.json", export, "catalog:read"),
    Look("/services/{slug}", service, "catalog:read"),
    Move("/services/{slug}/tier", argue, "catalog:write", service),
)
