"""Queries that add up: what the database can count is counted there, and only counts come back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from wardline.findings.list_store import Reach
from wardline.findings.measures import BIN_SECONDS
from wardline.findings.tables import CYCLES, FINDINGS, INTAKE

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


def ages(tx: Connection, what: Narrowed, period: Period, by: str | None) -> list[tuple[str, str, int, int]]:
    """Return (group, event, age in bins, how many): events are "entered", "fixed", "dismissed", "open"."""
    group: Any = _BY[by] if by else None
    found: list[tuple[str, str, int, int]] = []
    for half in _halves(period):
        began = case((_C.detected < period.since, period.since - _C.detected), else_=0)
        ended = case((_C.ended.is_(None), period.until), (_C.ended > period.until, period.until), else_=_C.ended)
        event = case((_C.ended.is_(None), "open"), (_C.ended > period.until, "open"), else_=_C.ended_as)
        where = and_(half, _C.detected <= period.until, *what.where(_C))
        for name, age in (("entered", began), ("", ended - _C.detected)):
            kind = event if not name else None
            columns = [column for column in (group, kind) if column is not None]
            bins = age // BIN_SECONDS
            query = select(func.count(), bins, *columns).where(where).group_by(bins, *columns)
            for row in tx.execute(query):
                values = list(row[2:])
                label = str(values.pop(0)) if group is not None else ""
                found.append((label, name or str(values.pop(0)), int(row[1]), int(row[0])))
    return found


def exposure(tx: Connection, what: Narrowed, period: Period, by: str | None) -> dict[str, tuple[int, int]]:
    """Return the seconds that findings were open, and until they were gone from what runs, in the period, by group."""
    group: Any = _BY[by] if by else None
    totals: dict[str, tuple[int, int]] = {}
    start = case((_C.detected < period.since, period.since), else_=_C.detected)
    ended = case((_C.ended.is_(None), period.until), (_C.ended > period.until, period.until), else_=_C.ended)
    unverified = case((and_(INTAKE.c.deployed, _C.ended_as == "fixed"), period.until), else_=ended)
    gone = case((_C.verified.is_not(None), _C.verified), else_=unverified)
    gone = case((gone > period.until, period.until), else_=gone)
    for half in _halves(period, unverified=True):
        where = and_(half, _C.detected <= period.until, *what.where(_C))
        columns = [] if group is None else [group]
        opened = case((ended > start, ended - start), else_=0)
        ran = case((gone > start, gone - start), else_=0)
        query = select(func.sum(opened), func.sum(ran), *columns).select_from(
            CYCLES.outerjoin(INTAKE, INTAKE.c.service == _C.service)
        )
        for row in tx.execute(query.where(where).group_by(*columns)):
            label = str(row[2]) if group is not None else ""
            before = totals.get(label, (0, 0))
            totals[label] = (before[0] + int(row[0] or 0), before[1] + int(row[1] or 0))
    return totals


def kept(tx: Connection, what: Narrowed, period: Period) -> tuple[int, int]:
    """Return how many cycles that were fixed in the period were fixed in time, and how many late."""
    where = and_(_C.ended >= period.since, _C.ended <= period.until, _C.ended_as == "fixed", *what.where(_C))
    row = tx.execute(select(func.count(), func.sum(case((_C.ended <= _C.due, 1), else_=0))).where(where)).one()
    met = int(row[1] or 0)
    return met, int(row[0]) - met


def tallies(tx: Connection, what: Narrowed, period: Period, by: str) -> dict[str, dict[str, int]]:
    """Return, by team or service, how many cycles were fixed, dismissed, waived at some time, and came back."""
    group = _BY[by]
    found: dict[str, dict[str, int]] = {}
    for half in _halves(period):
        where = and_(half, _C.detected <= period.until, *what.where(_C))
        query = select(
            group,
            func.sum(case((_C.ended_as == "fixed", 1), else_=0)),
            func.sum(case((_C.ended_as == "dismissed", 1), else_=0)),
            func.sum(case((_C.waived, 1), else_=0)),
            func.sum(case((and_(_C.number > 1, _C.detected >= period.since), 1), else_=0)),
        )
        for row in tx.execute(query.where(where).group_by(group)):
            before = found.setdefault(row[0], dict.fromkeys(("fixed", "dismissed", "waived", "came_back"), 0))
            for name, count in zip(before, row[1:], strict=True):
                before[name] += int(count or 0)
    return found


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


def _halves(period: Period, *, unverified: bool = False) -> list[ColumnElement[bool]]:
    """Return conditions that find every cycle that was open in the period: what has not ended, and what ended in it."""
    halves: list[ColumnElement[bool]] = [_C.ended.is_(None), _C.ended >= period.since]
    if unverified:  # it ended before, and yet ran on
        ran_on = and_(_C.ended < period.since, _C.ended_as == "fixed")
        halves.append(and_(ran_on, _C.verified >= period.since))
        halves.append(and_(ran_on, _C.verified.is_(None), INTAKE.c.deployed))
    return halves
