"""Queries about how things stand and stood: what the database can count is counted there, and only counts come back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, case, exists, func, select

from wardline.findings import counting
from wardline.findings.counting import Standing
from wardline.findings.life_store import Narrowed
from wardline.findings.list_store import Reach
from wardline.findings.measures import DAY
from wardline.findings.tables import CYCLES, FINDINGS, INTAKE, REPORTS
from wardline.findings.tally_tables import TALLIES

_C: Final = CYCLES.c
_F: Final = FINDINGS.c


def standing(tx: Connection, what: Narrowed, now: datetime, *by: str) -> dict[tuple[str, ...], Standing]:
    """Return how findings stand now, by team, service and practice as they are named."""
    return counting.standing(tx, (what.where(TALLIES.c), what.where(_F)), now, by)


def open_spans(tx: Connection, service: str, since: int) -> Sequence[Any]:
    """Return (first day, day of its end or None, urgency, how many) of what was open in a service since then.

    Days are numbered from 1970 in UTC. What began before `since` began, here, on the day before that.
    """
    before = since // DAY - 1
    began = case((_C.detected < since, before), else_=_C.detected // DAY)
    found: list[Any] = []
    for half in (_C.ended.is_(None), _C.ended >= since):
        ended = _C.ended // DAY
        query = select(began, ended, _C.urgency, func.count()).where(_C.service == service, half)
        found += tx.execute(query.group_by(began, ended, _C.urgency)).all()
    return found


def ever_reported(tx: Connection, reach: Reach) -> frozenset[str]:
    """Return the services of which a whole report of the default branch was ever received, with or without findings."""
    received = exists().where(
        REPORTS.c.service == INTAKE.c.service, REPORTS.c.state == "complete", REPORTS.c.branch.is_(None)
    )
    within = [] if reach.services is None else [INTAKE.c.service.in_(sorted(reach.services))]
    if reach.teams is not None:
        within.append(INTAKE.c.team.in_(sorted(reach.teams)))
    return frozenset(tx.scalars(select(INTAKE.c.service).where(received, *within)))
