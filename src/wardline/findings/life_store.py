"""Queries about how long findings were open: what measures need of every cycle, in a few texts that the database made.

Cycles are read group by group (team, practice, urgency) from one index: those that are open, and those that ended from
the period's beginning on. What ended before is not looked at, however long the history is. Of each group one row comes
back; its ages stand in it as a text of numbers, a hundred thousand of which are read in the time of a thousand rows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from wardline.findings.list_store import Reach
from wardline.findings.measures import BIN_SECONDS
from wardline.findings.tables import CYCLES, INTAKE

_C: Final = CYCLES.c
_EVENTS: Final = 3  # open, fixed, dismissed
_URGENCIES: Final = range(5)
_SOME: Final = 500
GROUPS: Final[Mapping[str, Any]] = {
    "team": _C.team, "practice": _C.practice, "severity": _C.urgency, "service": _C.service,
}  # fmt: skip


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


@dataclass(slots=True)
class Lives:
    """Cycles of a group that were open in a period, added up.

    `entered`: how many, by the age at which they entered it; `fixed` and `left` (dismissed, or still open): by the age
    at which they left it, in bins of `BIN_SECONDS`. `opened` and `ran`: seconds in the period that they were open, and
    that they were in something that runs. `met`: fixed in time.
    """

    entered: Counter[int] = field(default_factory=Counter)
    fixed: Counter[int] = field(default_factory=Counter)
    left: Counter[int] = field(default_factory=Counter)
    fixes: int = 0
    dismissed: int = 0
    waived: int = 0
    came_back: int = 0
    opened: int = 0
    ran: int = 0
    met: int = 0

    def add(self, other: "Lives") -> None:
        """Add another group's."""
        self.entered.update(other.entered)
        self.fixed.update(other.fixed)
        self.left.update(other.left)
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_SUMS: Final = ("fixes", "dismissed", "waived", "came_back", "opened", "ran", "met")


def lives(tx: Connection, what: Narrowed, period: Period, by: Sequence[str]) -> dict[tuple[str, ...], Lives]:
    """Return every cycle that was open in the period, by what `by` names (all under an empty name without)."""
    served = what.service is not None or what.reach.services is not None or "service" in by
    groups = _each_service(what) if served else _each_team(what)
    names = ("service", "practice", "severity", "team") if served else ("team", "practice", "severity")
    places = [names.index(name) for name in by]
    # Of a service the index of services is entered: the rest of the group is hidden from whoever looks for an index.
    own = [
        func.coalesce(GROUPS[name], groups.c[name]) if served and name != "service" else GROUPS[name] for name in names
    ]
    here = and_(*(column == groups.c[name] for column, name in zip(own, names, strict=True)))
    query = select(groups, _open(groups, here, period), _ended(here, period))
    found: dict[tuple[str, ...], Lives] = {}
    for row in tx.execute(query):
        if row[-2] is not None or row[-1] is not None:
            group = found.setdefault(tuple(str(row[place]) for place in places), Lives())
            _read_open(group, row[-2], period)
            _read_ended(group, row[-1])
    return found


def ran_on(tx: Connection, what: Narrowed, period: Period, by: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Return, by group, the seconds in the period that something ran in which was fixed before the period began."""
    # Grouped by expressions: no index in the order of the groups is to be preferred to the one that finds the few.
    columns = [func.coalesce(GROUPS[name], literal(0) if name == "severity" else literal("")) for name in by]
    fixed = and_(_C.ended < period.since, _C.ended_as == "fixed", *what.where(_C))
    until = case((_C.verified > period.until, period.until), else_=_C.verified)
    queries = [select(func.sum(until - period.since), *columns).where(fixed, _C.verified > period.since)]
    deployed = tx.execute(select(INTAKE.c.service).where(INTAKE.c.deployed).order_by(INTAKE.c.service)).scalars().all()
    for place in range(0, len(deployed), _SOME):
        here = and_(_C.verified.is_(None), _C.service.in_(deployed[place : place + _SOME]))
        queries.append(select(func.count() * (period.until - period.since), *columns).where(fixed, here))
    totals: Counter[tuple[str, ...]] = Counter()
    for query in queries:
        for total, *group in tx.execute(query.group_by(*columns)):
            if total:
                totals[tuple(map(str, group))] += int(total)
    return dict(totals)


# Which groups there are, found by leaps: from each value to the next one, in the order of an index


def _each_team(what: Narrowed) -> CTE:
    first = select(select(func.min(_C.team)).scalar_subquery().label("team")).cte("every_team", recursive=True)
    following = select(func.min(_C.team)).where(_C.team > first.c.team).scalar_subquery()
    teams = first.union_all(select(following).select_from(first).where(first.c.team.is_not(None)))
    asked = [what.reach.teams] if what.reach.teams is not None else []
    asked += [frozenset({what.team})] if what.team is not None else []
    lead = select(select(func.min(_C.practice)).where(_C.team == teams.c.team).scalar_subquery().label("practice"))
    lead = lead.add_columns(teams.c.team).where(*(teams.c.team.in_(sorted(some)) for some in asked))
    pair = lead.where(teams.c.team.is_not(None)).cte("every_practice", recursive=True)
    later = select(func.min(_C.practice)).where(_C.team == pair.c.team, _C.practice > pair.c.practice)
    pairs = pair.union_all(select(later.scalar_subquery(), pair.c.team).where(pair.c.practice.is_not(None)))
    urgencies = union_all(*(select(literal(one).label("severity")) for one in _URGENCIES)).cte("every_urgency")
    only = [pairs.c.practice == what.practice] if what.practice is not None else []
    query = select(pairs.c.team, pairs.c.practice, urgencies.c.severity).select_from(
        pairs.join(urgencies, literal(1) == 1)
    )
    return query.where(pairs.c.practice.is_not(None), *only).cte("every_group")


def _each_service(what: Narrowed) -> CTE:
    names = ("service", "practice", "severity", "team")
    columns = [GROUPS[name].label(name) for name in names]
    return select(*columns).where(*what.where(_C)).distinct().cte("every_group")


# What a group says, in one text


def _open(groups: CTE, here: ColumnElement[bool], period: Period) -> Any:
    """Return "waived;came back;began:how many,…" of what is open; None where nothing is."""
    back = case((and_(_C.number > 1, _C.detected >= period.since), 1), else_=0)
    began = (
        select(
            _C.detected,
            func.count().label("number"),
            func.sum(case((_C.waived, 1), else_=0)).label("waived"),
            func.sum(back).label("back"),
        )
        .where(here, _C.ended.is_(None), _C.detected <= period.until)
        .group_by(_C.detected)
        .correlate(groups)
        .subquery()
    )
    each = cast(began.c.detected, String) + ":" + cast(began.c.number, String)
    parts = (func.sum(began.c.waived), func.sum(began.c.back), func.aggregate_strings(each, ","))
    return select(_joined(parts)).scalar_subquery()


def _ended(here: ColumnElement[bool], period: Period) -> Any:
    """Return "sums…;age and event,…;age at entry,…" of what ended in the period; None where nothing did."""
    start = case((_C.detected < period.since, period.since), else_=_C.detected)
    still = _C.ended > period.until
    ended = case((still, period.until), else_=_C.ended)
    event = case((still, 0), (_C.ended_as == "fixed", 1), else_=2)
    deployed = _C.service.in_(select(INTAKE.c.service).where(INTAKE.c.deployed))
    runs = case((and_(_C.ended_as == "fixed", deployed), period.until), else_=ended)
    gone = case((_C.verified.is_not(None), _C.verified), else_=runs)
    gone = case((gone > period.until, period.until), (gone < ended, ended), else_=gone)
    age = (ended - _C.detected) // BIN_SECONDS
    late = case((_C.detected < period.since, (period.since - _C.detected) // BIN_SECONDS))
    sums = (
        case((event == 1, 1), else_=0),
        case((event == 2, 1), else_=0),
        case((_C.waived, 1), else_=0),
        case((and_(_C.number > 1, _C.detected >= period.since), 1), else_=0),
        ended - start,
        gone - start,
        case((and_(event == 1, _C.ended <= _C.due), 1), else_=0),
    )
    texts = (
        func.aggregate_strings(cast(age * _EVENTS + event, String), ","),
        func.coalesce(func.aggregate_strings(cast(late, String), ","), ""),
    )
    parts = (*(func.sum(one) for one in sums), *texts)
    return select(_joined(parts)).where(here, _C.ended >= period.since, _C.detected <= period.until).scalar_subquery()


def _joined(parts: Sequence[Any]) -> Any:
    joined: Any = cast(parts[0], String)
    for part in parts[1:]:
        joined = joined + ";" + cast(part, String)
    return joined


def _read_open(group: Lives, said: str | None, period: Period) -> None:
    if said is None:
        return
    waived, back, began = said.split(";")
    group.waived += int(waived)
    group.came_back += int(back)
    for each in began.split(","):
        detected, _, number = each.partition(":")
        start, count = int(detected), int(number)
        entered = max(start, period.since)
        group.entered[(entered - start) // BIN_SECONDS] += count
        group.left[(period.until - start) // BIN_SECONDS] += count
        group.opened += count * (period.until - entered)
        group.ran += count * (period.until - entered)


def _read_ended(group: Lives, said: str | None) -> None:
    if said is None:
        return
    *sums, ages, late = said.split(";")
    for name, number in zip(_SUMS, sums, strict=True):
        setattr(group, name, getattr(group, name) + int(number))
    entered = 0
    for each, count in Counter(ages.split(",")).items():
        age, event = divmod(int(each), _EVENTS)
        (group.fixed if event == 1 else group.left)[age] += count
        entered += count
    for each, count in Counter(late.split(",")).items() if late else ():
        group.entered[int(each)] += count
        entered -= count
    group.entered[0] += entered
