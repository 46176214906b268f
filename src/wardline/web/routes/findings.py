"""Findings: every one that is asked for, as a list, as CSV and as JSON; the address is the filter."""

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from starlette.responses import Response

from wardline.findings.model import STATES, Tracked
from wardline.findings.report import finding_to_dict
from wardline.kernel.paging import Page
from wardline.web import exports, filters
from wardline.web.asking import Asked
from wardline.web.routing import Look

COLUMNS: Final = (
    "id", "severity", "state", "title", "practice", "rule", "place", "service", "service_name", "tier", "team_name",
    "owner_name", "due_at", "overdue", "acknowledge_by", "acknowledged_at", "first_detected_at", "detected_at",
    "last_seen_at", "fixed_at", "verified_at", "cycle", "exploited", "waived_until", "fingerprint",
)  # fmt: skip
_NAMES: Final = 1000


def findings(asked: Asked) -> Response:
    """Return the list."""
    chosen = filters.read(asked.query)
    query = filters.query(chosen, me=asked.who.id, now=asked.now)
    listing = asked.services.findings.list(asked.who, query, asked.page())
    services, teams = _services(asked), _teams(asked)
    return asked.html(
        "findings.html",
        listing=listing,
        count=asked.services.findings.count(asked.who, query),
        chosen=chosen,
        views=_views(chosen),
        chips=chosen.chips({**services, **teams, "me": "me"}),
        services=services,
        teams=teams,
        states=STATES,
        severities=filters.SHOWN_SEVERITIES,
        practices=filters.PRACTICES,
        sorts=filters.SORTS,
        dues=filters.DUE,
        next_address=lambda cursor: chosen.address(after=cursor, rows=asked.query.get("rows")),
    )


def export(asked: Asked) -> Response:
    """Return the same list as a file."""
    query = filters.query(filters.read(asked.query), me=asked.who.id, now=asked.now)
    rows = exports.every(partial(asked.services.findings.list, asked.who, query))
    kind = asked.path.rpartition(".")[2]
    return exports.answer(kind, "findings", _rows(asked, rows, whole=kind == "json"), COLUMNS)


def _rows(asked: Asked, rows: Iterable[Tracked], *, whole: bool) -> Iterable[dict[str, Any]]:
    for one in rows:
        row = {name: getattr(one, name) for name in COLUMNS if name != "overdue"}
        row["overdue"] = one.open and one.due_at <= asked.now
        if whole:
            row["clock"] = list(one.clock)
            row["reported"] = finding_to_dict(one.attributes)
        yield row


def _views(chosen: filters.Filter) -> list[tuple[str, str, bool]]:
    """Return the filters that most people want, as links."""
    wanted = (
        ("All open", filters.Filter()),
        ("Mine", filters.Filter(owner="me")),
        ("Overdue", filters.Filter(due="overdue", waived="no")),
        ("Due in a week", filters.Filter(due="7", waived="no")),
        ("Not acknowledged", filters.Filter(state=("detected",))),
        ("Exploited in the wild", filters.Filter(exploited="yes")),
        ("Waived", filters.Filter(waived="yes")),
        ("Fixed, not verified", filters.Filter(state=("fixed",))),
        ("Dismissed", filters.Filter(state=("dismissed",))),
    )
    return [(name, one.address(), chosen._replace(sort="due") == one) for name, one in wanted]


def _services(asked: Asked) -> dict[str, str]:
    if not asked.may("catalog:read"):
        return {}
    listed = asked.services.catalog.briefs(asked.who)[:_NAMES]
    return {one.id: one.name for one in sorted(listed, key=lambda one: one.name.casefold())}


def _teams(asked: Asked) -> dict[str, str]:
    if not asked.may("catalog:read"):
        return {}
    listed = asked.services.catalog.teams(asked.who, Page(_NAMES)).rows
    return {one.id: one.name for one in sorted(listed, key=lambda one: one.name.casefold())}


ROUTES: Final = (
    Look("/findings", findings, "finding:read"),
    Look("/findings.csv", export, "finding:read"),
    Look("/findings.json", export, "finding:read"),
)
