"""Now: what burns, whose move it is, and how much time is left; one's own things first."""

from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from wardline.findings.model import STATES, Query
from wardline.findings.waivers.model import Query as Waived
from wardline.kernel.paging import Page
from wardline.web.asking import Asked
from wardline.web.routing import Look

_MINE: Final = 20
_TEAM: Final = 15
_OTHERS: Final = 10
_DECISIONS: Final = 10
_SOON: Final = timedelta(days=3)


def now(asked: Asked) -> Response:
    """Return the page."""
    findings, who = asked.services.findings, asked.who
    mine = findings.list(who, Query(owner=who.id, waived=False), Page(_MINE)).rows
    shown = {one.id for one in mine}
    team = []
    if who.teams:
        listed = findings.list(who, Query(teams=who.teams, waived=False), Page(_TEAM + len(shown))).rows
        team = [one for one in listed if one.id not in shown][:_TEAM]
        shown.update(one.id for one in team)
    burning = findings.list(who, Query(waived=False, due_before=asked.now + _SOON), Page(_OTHERS + len(shown))).rows
    later = [] if shown or burning else findings.list(who, Query(waived=False), Page(_OTHERS)).rows
    tiles = _tiles(asked)
    return asked.html(
        "now.html",
        mine=mine,
        team=team,
        burning=[one for one in burning if one.id not in shown][:_OTHERS],
        later=later,
        decisions=_decisions(asked),
        tiles=tiles,
        reported=bool(tiles["open"]) or findings.count(who, Query(states=frozenset(STATES))) > 0,
        calm=not mine and not team,
        next_due=next(iter(mine or team), None),
    )


def _tiles(asked: Asked) -> dict[str, int]:
    findings, who = asked.services.findings, asked.who
    return {
        "overdue": findings.count(who, Query(overdue=True, waived=False)),
        "soon": findings.count(who, Query(overdue=False, waived=False, due_before=asked.now + _SOON)),
        "detected": findings.count(who, Query(states=frozenset({"detected"}), waived=False)),
        "open": findings.count(who, Query()),
    }


def _decisions(asked: Asked) -> list[Any]:
    """Return the waivers that wait for a decision that this person may take."""
    if not asked.may("waiver:approve"):
        return []
    listed = asked.services.waivers.list(asked.who, Waived(standings=frozenset({"asked"})), Page(_DECISIONS)).rows
    return [one for one in listed if "approve" in one.actions]


ROUTES: Final = (Look("/", now, "finding:read"),)
