"""Queries that add up: what the database can count is counted there, and only counts come back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select

from wardline.findings.list_store import Reach
from wardline.findings.measures import BIN_SECONDS, DAY
from wardline.findings.tables import CYCLES, FINDINGS, INTAKE, REPORTS

_C: Final = CYCLES.c
_F: Final = FINDINGS.c
_BY: Final[Mapping[str, Any]] = {
    "severity": _C.urgency,
    "practice": _C.practice,
    "team": _C.team,
    "service": _C.service,
}


class Period(NamedTuple):
    """From when to when, in seconds since 1970."""

    since: int
    until: int


class Narrowed(NamedTuple):
    """What is counted: within reach, and of one service, team or practice where one is named."""

    reach: Reach
    service: str | None = None
    team: str | None = None
    practice: str | None = None

    def where(self, columns: Any) -> list[ColumnElement[bool]]:
        """Return the conditions on a table that has these columns."""
        found: list[ColumnElement[bool]] = []
        if self.reach.services is not None:
            found.append(columns.service.in_(sorted(self.reach.services)))
        if self.reach.teams is not None:
            found.append(columns.team.in_(sorted(self.reach.teams)))
        named = {name: getattr(self, name) for name in ("service", "team", "practice")}
        return found + [getattr(columns, name) == value for name, value in named.items() if value is not None]


class Lives(NamedTuple):
    """Cycles that are alike: in what was asked for, in the ages at which they entered the period and left it, in how.

    `event` is "fixed", "dismissed" or "open". Ages are in bins of `BIN_SECONDS`; `opened` and `ran` are the seconds in
    the period that they were open, and that they were in something that runs, added up.
    """

    groups: tuple[str, ...]
    event: str
    entered: int
    age: int
    how_many: int
    waived: int
    came_back: int
    opened: int
    ran: int


def lives(tx: Connection, what: Narrowed, period: Period, by: Sequence[str]) -> list[Lives]:
    """Return every cycle that was open in the period, those that are alike (in what `by` names, too) as one."""
    columns = [_BY[name] for name in by]
    start = case((_C.detected < period.since, period.since), else_=_C.detected)
    is_open = or_(_C.ended.is_(None), _C.ended > period.until)
    ended = case((is_open, period.until), else_=_C.ended)
    keys = (
        case((is_open, "open"), else_=_C.ended_as),
        (start - _C.detected) // BIN_SECONDS,
        (ended - _C.detected) // BIN_SECONDS,
    )
    sums = (
        func.count(),
        func.sum(case((_C.waived, 1), else_=0)),
        func.sum(case((and_(_C.number > 1, _C.detected >= period.since), 1), else_=0)),
        func.sum(ended - start),
        func.sum(_gone(period, ended) - start),
    )
    found = []
    for half in (_C.ended.is_(None), _C.ended >= period.since):
        where = and_(half, _C.detected <= period.until, *what.where(_C))
        query = select(*keys, *sums, *columns).select_from(CYCLES).where(where).group_by(*keys, *columns)
        found += [
            Lives(tuple(map(str, row[8:])), row[0], *(int(part or 0) for part in row[1:8])) for row in tx.execute(query)
        ]
    return found


def ran_on(tx: Connection, what: Narrowed, period: Period, by: str | None) -> dict[str, int]:
    """Return, by group, the seconds in the period that something ran in which was fixed before the period began."""
    columns = [_BY[by]] if by else []
    ran = func.sum(_gone(period, _C.ended) - period.since)
    totals: dict[str, int] = {}
    for half in (_C.verified > period.since, and_(_C.verified.is_(None), _deployed())):
        where = and_(_C.ended < period.since, _C.ended_as == "fixed", half, *what.where(_C))
        for row in tx.execute(select(ran, *columns).select_from(CYCLES).where(where).group_by(*columns)):
            group = str(row[1]) if columns else ""
            totals[group] = totals.get(group, 0) + int(row[0] or 0)
    return totals


def _deployed() -> ColumnElement[bool]:
    return _C.service.in_(select(INTAKE.c.service).where(INTAKE.c.deployed))


def _gone(period: Period, ended: Any) -> Any:
    """Return when a cycle was gone from what runs, at most the period's end: unverified, it is not while any runs."""
    unverified = case((and_(_C.ended_as == "fixed", _deployed()), period.until), else_=ended)
    gone = case((_C.verified.is_not(None), _C.verified), else_=unverified)
    return case((gone > period.until, period.until), (gone < ended, ended), else_=gone)


def kept(tx: Connection, what: Narrowed, period: Period) -> tuple[int, int]:
    """Return how many cycles that were fixed in the period were fixed in time, and how many late."""
    where = and_(_C.ended >= period.since, _C.ended <= period.until, _C.ended_as == "fixed", *what.where(_C))
    row = tx.execute(select(func.count(), func.sum(case((_C.ended <= _C.due, 1), else_=0))).where(where)).one()
    met = int(row[1] or 0)
    return met, int(row[0]) - met


def standing(tx: Connection, what: Narrowed, now: Any, by: str | None) -> dict[str, tuple[int, int, int]]:
    """Return how many findings are open, late and waived now, by team, service or practice."""
    group: Any = {"team": _F.team, "service": _F.service, "practice": _F.practice}[by] if by else None
    columns = [] if group is None else [group]
    query = select(
        func.count(),
        func.sum(case((_F.due_at < now, 1), else_=0)),
        func.sum(case((_F.waived_until > now, 1), else_=0)),
        *columns,
    )
    rows = tx.execute(query.where(_F.open.is_(True), *what.where(_F)).group_by(*columns))
    return {str(row[3]) if group is not None else "": (int(row[0]), int(row[1] or 0), int(row[2] or 0)) for row in rows}


def heat(tx: Connection, what: Narrowed, now: Any) -> Sequence[Any]:
    """Return (service, practice, open, late, waived, worst) of what is open."""
    query = select(
        _F.service,
        _F.practice,
        func.count(),
        func.sum(case((_F.due_at < now, 1), else_=0)),
        func.sum(case((_F.waived_until > now, 1), else_=0)),
        func.min(_F.urgency),
    )
    return tx.execute(query.where(_F.open.is_(True), *what.where(_F)).group_by(_F.service, _F.practice)).all()


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
