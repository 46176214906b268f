"""Queries for lists, counts and search. A page is read in the order of an index and never sorted as a whole.

What a list is narrowed to (a few services, teams, one owner; open or not) leads the index; with several values each is
read by itself as far as the page goes, and the pieces are merged.
"""

import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select, true

from wardline.findings import words
from wardline.findings.model import OPEN, Query
from wardline.findings.tables import FINDINGS, WORDS

_RARE: Final = 2000  # a word that so few findings have is looked up first
_MOST_BRANCHES: Final = 64
_SOME: Final = 500

Key = tuple[Any, ...]
Value = TypeVar("Value")


class Reach(NamedTuple):
    """What whoever asks may see: everything where both are None."""

    teams: frozenset[str] | None = None
    services: frozenset[str] | None = None


class Order(NamedTuple):
    """A sort order: its columns, and whether the largest comes first."""

    columns: tuple[Any, ...]
    descending: bool = False


_F: Final = FINDINGS.c
ORDERS: Final[Mapping[str, Order]] = {
    "due": Order((_F.due_at, _F.id)),
    "severity": Order((_F.urgency, _F.due_at, _F.id)),
    "detected": Order((_F.detected_at, _F.id), descending=True),
    "seen": Order((_F.last_seen_at, _F.id), descending=True),
}
_GROUPS: Final[Mapping[str, Any]] = {
    "severity": _F.severity,
    "service": _F.service,
    "practice": _F.practice,
    "team": _F.team,
    "state": _F.state,
}


class Piece(NamedTuple):
    """Which part of a list is wanted: at most `limit` rows behind the sort key `after`."""

    limit: int
    after: Key | None = None


def page(tx: Connection, query: Query, reach: Reach, now: datetime, piece: Piece) -> list[Row[Any]]:
    """Return the narrow rows of one piece of a list."""
    order = ORDERS[query.sort]
    terms = _terms(tx, query.text)
    found = _found_by_words(tx, terms)
    if found is not None:
        where = [*_conditions(query, now), _narrowed(query, reach), _open(query.states)]
        return _of_few(tx, found, where, order, piece)
    where = [*_conditions(query, now), *map(_has, terms)]
    pieces = [
        _piece(tx, and_(branch, *where), order, piece)
        for branch in _branches(query, reach)
    ]  # fmt: skip
    keys = [identifier for _, identifier in itertools.islice(_merged(pieces, order), piece.limit)]
    rows = {row.id: row for some in _some(keys) for row in tx.execute(select(FINDINGS).where(_F.id.in_(some)))}
    return [rows[identifier] for identifier in keys if identifier in rows]


def key_of(row: Row[Any], sort: str) -> Key:
    """Return the sort key of a row."""
    return tuple(getattr(row, column.name) for column in ORDERS[sort].columns)


def counts(  # noqa: PLR0913 - as they are named
    tx: Connection,
    query: Query,
    reach: Reach,
    now: datetime,
    *,
    by: str | None,
    also: Sequence[ColumnElement[bool]] = (),
) -> dict[str, int]:
    """Return how many findings there are by one of severity, service, practice, team, state; or all, under "".

    They are counted one by one: `counting` does so only where what is kept cannot say it.
    """
    terms = _terms(tx, query.text)
    found = _found_by_words(tx, terms)
    narrow = _narrowed(query, reach)
    where = [*_conditions(query, now), narrow, _open(query.states), *also]
    if found is None:
        where += [_has(term, at_once=True) for term in terms]
    group = None if by is None else _GROUPS[by]
    totals: dict[str, int] = {}
    for some in [None] if found is None else _some(sorted(found)):
        here = where if some is None else [*where, _F.id.in_(some)]
        counted = select(func.count()) if group is None else select(func.count(), group).group_by(group)
        for row in tx.execute(counted.select_from(FINDINGS).where(*here)):
            name = "" if group is None else str(row[1])
            totals[name] = totals.get(name, 0) + int(row[0])
    return totals


def clocked(tx: Connection) -> Iterator[Any]:
    """Yield what the clock of each open finding depends on, the one that is due first coming first."""
    columns = (_F.id, _F.service, _F.severity, _F.exploited, _F.flags, _F.cycle, _F.due_at)
    query = select(*columns).where(_F.open.is_(True)).order_by(_F.due_at, _F.id)
    yield from tx.execute(query.execution_options(yield_per=5000))


def _piece(tx: Connection, where: ColumnElement[bool], order: Order, piece: Piece) -> list[Row[Any]]:
    query = select(*order.columns).where(where).limit(piece.limit)
    if piece.after is not None:
        query = query.where(_behind(order, piece.after))
    columns = [column.desc() for column in order.columns] if order.descending else order.columns
    return list(tx.execute(query.order_by(*columns)))


def _behind(order: Order, after: Key) -> ColumnElement[bool]:
    """Return the condition that a row's sort key is behind `after`: spelled out, as indexes serve it on both databases.

    The first part stands alone once more: that is what the index is entered by.
    """

    def beyond(column: Any, value: Any) -> ColumnElement[bool]:
        return column < value if order.descending else column > value  # type: ignore[no-any-return]

    first, value = order.columns[0], after[0]
    steps = [
        and_(*(column == known for column, known in zip(order.columns[:length], after, strict=False)),
             beyond(order.columns[length], after[length]))
        for length in range(len(order.columns))
    ]  # fmt: skip
    return and_(first <= value if order.descending else first >= value, or_(*steps))


def _merged(pieces: Sequence[Sequence[Row[Any]]], order: Order) -> Iterable[tuple[Key, str]]:
    keyed = [[(tuple(row), str(row[-1])) for row in piece] for piece in pieces]
    seen: str | None = None
    for key, identifier in heapq.merge(*keyed, reverse=order.descending):
        if identifier != seen:
            seen = identifier
            yield key, identifier


def _branches(query: Query, reach: Reach) -> list[ColumnElement[bool]]:
    """Return conditions that together cover what is asked for, each of which enters one index."""
    leads: list[ColumnElement[bool]] = [_narrowed(query, reach)]
    services = within(query.services, reach.services)
    teams = within(query.teams, reach.teams) if query.sort == "due" else None
    for column, values, other in ((_F.service, services, leads[0]), (_F.team, teams, leads[0])):
        if values is not None and len(values) <= _MOST_BRANCHES:
            leads = [and_(column == value, other) for value in sorted(values)]
            break
    return [and_(lead, half) for lead in leads for half in _halves(query.states)]


def _narrowed(query: Query, reach: Reach) -> ColumnElement[bool]:
    return and_(_services(within(query.services, reach.services)), _teams(within(query.teams, reach.teams)))


def within(asked: frozenset[str], may: frozenset[str] | None) -> frozenset[str] | None:
    """Return what is asked for as far as it may be seen; None where nothing narrows it."""
    if may is None:
        return asked or None
    return asked & may if asked else may


def _services(values: frozenset[str] | None) -> ColumnElement[bool]:
    return _F.service.in_(sorted(values)) if values is not None else true()


def _teams(values: frozenset[str] | None) -> ColumnElement[bool]:
    return _F.team.in_(sorted(values)) if values is not None else true()


def _halves(states: frozenset[str]) -> list[ColumnElement[bool]]:
    asked = frozenset(states)
    halves = []
    if not asked or asked & OPEN:
        halves.append(and_(_F.open.is_(True), *([] if not asked or asked >= OPEN else [_F.state.in_(asked & OPEN)])))
    closed = asked - OPEN
    if not asked or closed:
        halves.append(and_(_F.open.is_(False), *([_F.state.in_(closed)] if asked and len(closed) < 3 else [])))
    return halves


def _open(states: frozenset[str]) -> ColumnElement[bool]:
    return or_(*_halves(states))


def _conditions(query: Query, now: datetime) -> list[ColumnElement[bool]]:
    """Return what a row has to meet beside what leads the index."""
    found: list[ColumnElement[bool]] = []
    if query.practices:
        found.append(_F.practice.in_(sorted(query.practices)))
    if query.severities:
        found.append(_F.severity.in_(sorted(query.severities)))
    if query.owner is not None:
        found.append(_F.owner == query.owner)
    if query.overdue is not None:
        found.append(_F.due_at < now if query.overdue else _F.due_at >= now)
    if query.waived is not None:
        waived = and_(_F.waived_until.is_not(None), _F.waived_until > now)
        found.append(waived if query.waived else or_(_F.waived_until.is_(None), _F.waived_until <= now))
    if query.exploited is not None:
        found.append(_F.exploited.is_(query.exploited))
    if query.due_before is not None:
        found.append(_F.due_at < query.due_before)
    return found


def _terms(tx: Connection, text: str) -> tuple[str, ...]:
    """Return the beginnings of words that a search asks for: a name as a whole if one is known, else in its parts."""
    found: dict[str, None] = {}
    for word in words.asked(text):
        here = select(WORDS.c.text).where(WORDS.c.word >= word, WORDS.c.word < words.after(word)).limit(1)
        pieces = words.parts(word)
        whole = pieces == (word,) or tx.execute(here).first() is not None
        found.update(dict.fromkeys([word] if whole else pieces))
    return tuple(found)


def _has(term: str, *, at_once: bool = False) -> ColumnElement[bool]:
    """Return the condition that a finding has a word that begins so.

    `at_once`: for whoever asks it of every finding, the texts that have the word are gathered first.
    """
    here = and_(WORDS.c.word >= term, WORDS.c.word < words.after(term))
    if at_once:
        having = select(WORDS.c.text).where(here)
        return or_(_F.subject.in_(having), _F.spot.in_(having))
    return or_(*(exists().where(WORDS.c.text == text, here) for text in (_F.subject, _F.spot)))


def _found_by_words(tx: Connection, terms: Sequence[str]) -> set[str] | None:
    """Return the few findings that meet a search, found through its rarest word; None where no word is rare."""
    fewest: set[int] | None = None
    for term in terms:
        query = select(WORDS.c.text).where(WORDS.c.word >= term, WORDS.c.word < words.after(term)).limit(_RARE + 1)
        here = tx.execute(query).scalars().all()
        if len(here) <= _RARE and (fewest is None or len(here) < len(fewest)):
            fewest = set(here)
    if fewest is None:
        return None
    found: set[str] = set()
    for some in _some(sorted(fewest)):
        for column in (_F.subject, _F.spot):
            query = select(_F.id).where(column.in_(some), *map(_has, terms)).limit(_RARE + 1)
            found.update(tx.execute(query).scalars())
            if len(found) > _RARE:
                return None
    return found


def _of_few(
    tx: Connection, found: set[str], where: list[ColumnElement[bool]], order: Order, piece: Piece
) -> list[Row[Any]]:
    """Return a page of findings that are known by id and so few that sorting them costs nothing."""
    if piece.after is not None:
        where = [*where, _behind(order, piece.after)]
    rows = [row for some in _some(sorted(found)) for row in tx.execute(select(FINDINGS).where(_F.id.in_(some), *where))]
    names = [column.name for column in order.columns]
    rows.sort(key=lambda row: tuple(getattr(row, name) for name in names), reverse=order.descending)
    return rows[: piece.limit]


def _some(values: Sequence[Value]) -> Iterable[Sequence[Value]]:
    return (values[start : start + _SOME] for start in range(0, len(values), _SOME))
