"""Queries about single findings and their cycles; lists, reports and measures have stores of their own."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from wardline.findings.tables import ALIASES, CYCLES, DETAILS, DISMISSALS, FINDINGS, POLICIES, WORDS
from wardline.kernel.database import bulk

Value = TypeVar("Value")

_STANDING: Final = [
    FINDINGS.c[name] for name in ("id", "fingerprint", "state", "open", "source", "said", "last_seen_at")
]
_VARIABLES: Final = 500  # SQLite allows 32,766 in a statement; what is asked at once stays well below


def by_ids(tx: Connection, identifiers: Sequence[str], *, lock: bool = False) -> dict[str, Row[Any]]:
    """Return narrow rows by id; with `lock` nobody else changes them before this transaction ends."""
    return _rows(tx, FINDINGS.c.id, identifiers, lock=lock)


def by_fingerprints(
    tx: Connection, service: str, fingerprints: Sequence[str], *, lock: bool = False
) -> dict[str, Row[Any]]:
    """Return narrow rows of one service by fingerprint."""
    found = {}
    for some in _some(fingerprints):
        query = select(FINDINGS).where(FINDINGS.c.service == service, FINDINGS.c.fingerprint.in_(some))
        query = query.order_by(FINDINGS.c.id)
        found.update({row.fingerprint: row for row in tx.execute(query.with_for_update() if lock else query)})
    return found


def standing(tx: Connection, service: str, fingerprints: Sequence[str]) -> dict[str, Row[Any]]:
    """Return how findings of one service stand, by fingerprint: as much as tells whether a report says anything new.

    Nobody else changes them before this transaction ends.
    """
    asked = select(*_STANDING).order_by(FINDINGS.c.id).with_for_update()
    found = {}
    for some in _some(fingerprints):
        query = asked.where(FINDINGS.c.service == service, FINDINGS.c.fingerprint.in_(some))
        found.update({row.fingerprint: row for row in tx.execute(query)})
    return found


def details(tx: Connection, identifiers: Sequence[str]) -> dict[str, Row[Any]]:
    """Return what reports said of findings, and why their clocks stand as they do, by id."""
    found = {}
    for some in _some(identifiers):
        found.update({row.finding: row for row in tx.execute(select(DETAILS).where(DETAILS.c.finding.in_(some)))})
    return found


def _rows(tx: Connection, column: Any, values: Sequence[str], *, lock: bool) -> dict[str, Row[Any]]:
    found = {}
    for some in _some(values):
        query = select(FINDINGS).where(column.in_(some)).order_by(FINDINGS.c.id)
        found.update({row.id: row for row in tx.execute(query.with_for_update() if lock else query)})
    return found


def _some(values: Sequence[Value]) -> Iterable[Sequence[Value]]:
    return (values[start : start + _VARIABLES] for start in range(0, len(values), _VARIABLES))


def put(tx: Connection, rows: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]]) -> None:
    """Insert findings with what was said of them."""
    bulk.insert(tx, FINDINGS, rows)
    bulk.insert(tx, DETAILS, told)


def unknown_texts(tx: Connection, numbers: Collection[int]) -> set[int]:
    """Return those of these texts that no words are kept of."""
    left = set(numbers)
    for some in _some(sorted(left)):
        left -= set(tx.execute(select(WORDS.c.text).where(WORDS.c.text.in_(some)).distinct()).scalars())
    return left


def put_words(tx: Connection, words: Mapping[int, Collection[str]]) -> None:
    """Insert the words of texts, unless somebody else just did."""
    rows: list[dict[str, Any]] = [
        {"word": word, "text": text} for text, found in words.items() for word in sorted(found)
    ]
    bulk.insert(tx, WORDS, sorted(rows, key=lambda row: (row["word"], row["text"])), key=())


def change(tx: Connection, identifier: str, **values: Any) -> None:
    """Change columns of one finding."""
    tx.execute(update(FINDINGS).where(FINDINGS.c.id == identifier).values(**values))


def change_all(tx: Connection, identifiers: Sequence[str], **values: Any) -> None:
    """Change columns of many findings alike."""
    for some in _some(identifiers):
        tx.execute(update(FINDINGS).where(FINDINGS.c.id.in_(some)).values(**values))


def seen(tx: Connection, identifiers: Sequence[str], at: datetime) -> None:
    """Note when findings were last reported."""
    for some in _some(identifiers):
        tx.execute(update(FINDINGS).where(FINDINGS.c.id.in_(some)).values(last_seen_at=at))


def change_each(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change columns of many findings, each (by its `id`) its own ones."""
    bulk.update(tx, FINDINGS, ("id",), rows)


def tell_each(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change what is said of many findings (by `finding`): `attributes`, `clock`."""
    bulk.update(tx, DETAILS, ("finding",), rows)


def services_with(tx: Connection, state: str, after: str, limit: int) -> list[str]:
    """Return services that have findings in a state, in order."""
    query = select(FINDINGS.c.service).where(FINDINGS.c.state == state, FINDINGS.c.service > after)
    return list(tx.execute(query.distinct().order_by(FINDINGS.c.service).limit(limit)).scalars())


def services_open(tx: Connection) -> set[str]:
    """Return services that have open findings."""
    return set(tx.execute(select(FINDINGS.c.service).where(FINDINGS.c.open.is_(True)).distinct()).scalars())


def in_state(tx: Connection, service: str, state: str, after: str, limit: int) -> Sequence[Row[Any]]:
    """Return findings of a service in a state by id; nobody else changes them before the end."""
    here = and_(FINDINGS.c.service == service, FINDINGS.c.state == state, FINDINGS.c.id > after)
    return tx.execute(select(FINDINGS).where(here).order_by(FINDINGS.c.id).limit(limit).with_for_update()).all()


def open_of(tx: Connection, service: str, after: str, limit: int) -> Sequence[Row[Any]]:
    """Return open findings of a service by id; nobody else changes them before the end."""
    here = and_(FINDINGS.c.service == service, FINDINGS.c.open.is_(True), FINDINGS.c.id > after)
    return tx.execute(select(FINDINGS).where(here).order_by(FINDINGS.c.id).limit(limit).with_for_update()).all()


# Cycles


def put_cycles(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert cycles that begin."""
    bulk.insert(tx, CYCLES, rows)


def change_cycle(tx: Connection, identifier: str, number: int, **values: Any) -> None:
    """Change columns of one cycle."""
    tx.execute(update(CYCLES).where(CYCLES.c.finding == identifier, CYCLES.c.number == number).values(**values))


def change_cycles(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change columns of many cycles, each (by its `finding` and `number`) its own ones."""
    bulk.update(tx, CYCLES, ("finding", "number"), rows)


def cycles(tx: Connection, identifier: str) -> Sequence[Row[Any]]:
    """Return the cycles of a finding, the first first."""
    return tx.execute(select(CYCLES).where(CYCLES.c.finding == identifier).order_by(CYCLES.c.number)).all()


# What it was called before it moved


def aliases(tx: Connection, service: str, fingerprints: Sequence[str]) -> dict[str, str]:
    """Return the findings that were once called so, by fingerprint."""
    found = {}
    for some in _some(fingerprints):
        query = select(ALIASES).where(ALIASES.c.service == service, ALIASES.c.fingerprint.in_(some))
        found.update({row.fingerprint: row.finding for row in tx.execute(query)})
    return found


def put_alias(tx: Connection, service: str, fingerprint: str, finding: str) -> None:
    """Note what a finding was called until now."""
    drop_alias(tx, service, fingerprint)
    tx.execute(insert(ALIASES).values(service=service, fingerprint=fingerprint, finding=finding))


def drop_alias(tx: Connection, service: str, fingerprint: str) -> None:
    """Forget that any finding was called so."""
    tx.execute(delete(ALIASES).where(ALIASES.c.service == service, ALIASES.c.fingerprint == fingerprint))


# Dismissals


def dismissal(tx: Connection, identifier: str, states: Collection[str]) -> Row[Any] | None:
    """Return the newest dismissal of a finding that is in one of these states."""
    here = and_(DISMISSALS.c.finding == identifier, DISMISSALS.c.state.in_(states))
    query = select(DISMISSALS).where(here).order_by(DISMISSALS.c.asked_at.desc()).limit(1)
    return tx.execute(query.with_for_update()).one_or_none()


def dismissals(tx: Connection, identifier: str) -> Sequence[Row[Any]]:
    """Return every dismissal that was ever asked for a finding, the newest first."""
    query = select(DISMISSALS).where(DISMISSALS.c.finding == identifier).order_by(DISMISSALS.c.asked_at.desc())
    return tx.execute(query).all()


def put_dismissal(tx: Connection, **values: Any) -> None:
    """Insert a dismissal that is asked for."""
    tx.execute(insert(DISMISSALS).values(**values))


def change_dismissal(tx: Connection, row: Row[Any], **values: Any) -> None:
    """Change columns of one dismissal."""
    here = and_(
        DISMISSALS.c.finding == row.finding, DISMISSALS.c.cycle == row.cycle, DISMISSALS.c.asked_at == row.asked_at
    )
    tx.execute(update(DISMISSALS).where(here).values(**values))


def moot(tx: Connection, identifiers: Sequence[str], at: datetime) -> None:
    """Note that nobody has to decide any more on dismissals that were asked for these findings."""
    for some in _some(identifiers):
        here = and_(DISMISSALS.c.finding.in_(some), DISMISSALS.c.state == "asked")
        tx.execute(update(DISMISSALS).where(here).values(state="moot", decided_at=at))


def lapsing(tx: Connection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Return approved dismissals that are over, the oldest first."""
    here = and_(DISMISSALS.c.state == "approved", DISMISSALS.c.expires_at <= now)
    return tx.execute(select(DISMISSALS).where(here).order_by(DISMISSALS.c.expires_at).limit(limit)).all()


# Policies


def policy(tx: Connection) -> Row[Any] | None:
    """Return the policy that stands, or None where none was ever given."""
    return tx.execute(select(POLICIES).order_by(POLICIES.c.number.desc()).limit(1)).one_or_none()


def put_policy(tx: Connection, **values: Any) -> None:
    """Insert the policy that stands from now on."""
    tx.execute(insert(POLICIES).values(**values))
