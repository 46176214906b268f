"""How many findings there are of what is asked for: added up from what is kept (`tally_tables`), exact at any moment.

What is kept knows in which span of days a finding is due, and that a waiver was noted. So the spans that a bound falls
into are counted row by row, and what is noted as waived until a time that is over is counted as what it is.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, not_, select

from wardline.findings import list_store, tally_store
from wardline.findings.list_store import Reach
from wardline.findings.model import OPEN, Query
from wardline.findings.places import rank
from wardline.findings.tables import FINDINGS
from wardline.findings.tally_tables import SPAN_SECONDS, TALLIES

_F: Final = FINDINGS.c
_T: Final = TALLIES.c
_OPEN: Final = tuple(sorted(OPEN))


class Standing(NamedTuple):
    """How many findings are open now, how many of them late, how many waived, and the worst: 0 critical … 4 info."""

    open: int = 0
    late: int = 0
    waived: int = 0
    worst: int | None = None


def counts(tx: Connection, query: Query, reach: Reach, now: datetime, *, by: str | None) -> dict[str, int]:
    """Return how many findings there are by one of severity, service, practice, team, state; or all, under ""."""
    first, last = _bounds(query, now)
    bounded = first is not None or last is not None
    if query.text.strip() or query.owner is not None or (bounded and not frozenset() < query.states <= OPEN):
        return list_store.counts(tx, query, reach, now, by=by)
    if first is not None and last is not None and first >= last:
        return {}
    edges = sorted({_span(at) for at in (first, last) if at is not None})
    where = [*_kept(query, reach), *_between(first, last), *(_T.due_span != edge for edge in edges)]
    totals: Counter[str] = Counter()
    for row in tally_store.counted(tx, where, [by] if by else []):
        totals["" if by is None else str(row[0])] += row[-1]
    for edge in edges:
        totals.update(list_store.counts(tx, query, reach, now, by=by, also=[_due_in(edge)]))
    if query.waived is not None and _lapsed(tx, now):
        over = [_F.waived_until <= now, *(not_(_due_in(edge)) for edge in edges)]
        lapsed = list_store.counts(tx, query._replace(waived=None), reach, now, by=by, also=over)
        (totals.subtract if query.waived else totals.update)(lapsed)
    return {name: number for name, number in totals.items() if number}


def standing(
    tx: Connection,
    where: tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]],
    now: datetime,
    by: tuple[str, ...],
) -> dict[tuple[str, ...], Standing]:
    """Return how things stand in each group that has anything open. `where`: conditions on tallies, on findings."""
    span = _span(now)
    groups: dict[tuple[str, ...], Standing] = {}
    kept = [_T.state.in_(_OPEN), *where[0]]
    flags = (case((_T.due_span < span, 1), else_=0).label("late"), _T.waived, _T.severity)
    columns = [*(_T[name] for name in by), *flags]
    number = func.sum(_T.findings)
    query = select(*columns, number).where(*kept).group_by(*columns).having(number != 0)
    for *key, late, waived, severity, count in tx.execute(query):
        _add(groups, tuple(key), Standing(int(count), int(count) * late, int(count) * bool(waived), rank(severity)))
    of_findings = [_F[name] for name in by]
    edge = select(func.count(), *of_findings).where(
        _F.open.is_(True), _F.due_at >= _start(span), _F.due_at < now, *where[1]
    )
    for count, *key in tx.execute(edge.group_by(*of_findings)):
        _add(groups, tuple(key), Standing(0, int(count), 0))
    if not _lapsed(tx, now):
        return {key: one for key, one in groups.items() if one.open}
    over = select(func.count(), *of_findings).where(_F.open.is_(True), _F.waived_until <= now, *where[1])
    for count, *key in tx.execute(over.group_by(*of_findings)):
        _add(groups, tuple(key), Standing(0, 0, -int(count)))
    return {key: one for key, one in groups.items() if one.open}


def together(some: Iterable[Standing]) -> Standing:
    """Return how things stand in all of some groups."""
    groups: dict[tuple[str, ...], Standing] = {}
    for one in some:
        _add(groups, (), one)
    return groups.get((), Standing())


def _lapsed(tx: Connection, now: datetime) -> bool:
    """Return whether any finding is noted as waived until a time that is over: a duty looks each minute."""
    return tx.execute(select(_F.id).where(_F.waived_until <= now).limit(1)).first() is not None


def _add(groups: dict[tuple[str, ...], Standing], key: tuple[str, ...], more: Standing) -> None:
    one = groups.get(key, Standing())
    worst = min((place for place in (one.worst, more.worst) if place is not None), default=None)
    groups[key] = Standing(one.open + more.open, one.late + more.late, one.waived + more.waived, worst)


def _bounds(query: Query, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return from when and until when (not at that moment itself) what is asked for is due."""
    ends = [at for at in (now if query.overdue else None, query.due_before) if at is not None]
    return (now if query.overdue is False else None), min(ends, default=None)


def _kept(query: Query, reach: Reach) -> Iterable[ColumnElement[bool]]:
    """Return the conditions on what is kept, but for those on time."""
    asked = (
        (_T.state, query.states or None),
        (_T.practice, query.practices or None),
        (_T.severity, query.severities or None),
        (_T.service, list_store.within(query.services, reach.services)),
        (_T.team, list_store.within(query.teams, reach.teams)),
    )
    found = [column.in_(sorted(values)) for column, values in asked if values is not None]
    for column, wanted in ((_T.exploited, query.exploited), (_T.waived, query.waived)):
        if wanted is not None:
            found.append(column.is_(wanted))
    return found


def _between(first: datetime | None, last: datetime | None) -> Iterable[ColumnElement[bool]]:
    return [
        *([_T.due_span > _span(first)] if first is not None else []),
        *([_T.due_span < _span(last)] if last is not None else []),
    ]


def _due_in(span: int) -> ColumnElement[bool]:
    return and_(_F.due_at >= _start(span), _F.due_at < _start(span + 1))


def _span(at: datetime) -> int:
    return int(at.timestamp() // SPAN_SECONDS)


def _start(span: int) -> datetime:
    return datetime.fromtimestamp(span * SPAN_SECONDS, UTC)
