"""The use cases of looking: lists, counts, one finding, its history, the reports that came in.

Who may read a finding is who has `finding:read` and belongs to its team, or `finding:read-all`; a principal narrowed to
services sees nothing outside them. A finding that `who` may not know of is not there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row

from wardline.findings import counting, list_store, report_store, showing, store
from wardline.findings.list_store import Piece
from wardline.findings.model import Cycle, Dismissal, Query, Receipt, Tracked
from wardline.findings.receiving import receipt
from wardline.findings.room import Room, reach_of
from wardline.kernel.errors import AskedWronglyError, NotFoundError
from wardline.kernel.identity.model import Principal, allowed
from wardline.kernel.ledger.model import Event
from wardline.kernel.paging import MAX_LIMIT, Listing, Page, cursor

By = Literal["severity", "service", "practice", "team", "state"]
_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "due": (str, str),
    "severity": (int, str, str),
    "detected": (str, str),
    "seen": (str, str),
}


class History(NamedTuple):
    """What became of a finding: its cycles, who asked to dismiss it, who reports it, and every event, newest first."""

    cycles: tuple[Cycle, ...]
    dismissals: tuple[Dismissal, ...]
    sources: tuple[tuple[str, bool, datetime], ...]  # name, whether it reports it now, when it last did
    events: Listing[Event]


class Arrived(NamedTuple):
    """A report that came in."""

    receipt: Receipt
    service: str
    source: str
    commit: str | None
    at: datetime
    received_at: datetime
    sender: str
    complete: tuple[str, ...]  # practices that were examined whole
    gaps: tuple[Mapping[str, Any], ...]
    whole: bool  # False while it comes in, or where that was cut off


class Reading(Room):
    """Looking at findings."""

    def list(self, who: Principal, query: Query = Query(), page: Page = Page()) -> Listing[Tracked]:  # noqa: B008 - values
        """Return the findings that are asked for and may be seen, a page at a time.

        Raises: `DeniedError`; `AskedWronglyError` for a cursor of another list.
        """
        reach = reach_of(who)
        after = _key(query.sort, page)
        limit = max(1, min(page.limit, MAX_LIMIT))
        with self._database.reading() as tx:
            query = self._resolved(tx, who, query)
            rows = list_store.page(tx, query, reach, self._clock(), Piece(limit + 1, after))
            more = len(rows) > limit
            found = showing.tracked(tx, self._catalog, rows[:limit])
        return Listing(found, _cursor(query.sort, rows[limit - 1]) if more else None)

    def count(self, who: Principal, query: Query = Query()) -> int:  # noqa: B008 - a value
        """Return how many findings there are of those that are asked for."""
        with self._database.reading() as tx:
            query = self._resolved(tx, who, query)
            return counting.counts(tx, query, reach_of(who), self._clock(), by=None).get("", 0)

    def counts(self, who: Principal, query: Query, by: By) -> Mapping[str, int]:
        """Return how many there are by severity, service (id), practice, team (id) or state."""
        with self._database.reading() as tx:
            return counting.counts(tx, self._resolved(tx, who, query), reach_of(who), self._clock(), by=by)

    def get(self, who: Principal, identifier: str) -> Tracked:
        """Return one finding. Raises: `NotFoundError`, also for one that `who` may not know of."""
        with self._database.reading() as tx:
            row = self._readable(tx, who, identifier)
            return showing.tracked(tx, self._catalog, [row])[0]

    def history(self, who: Principal, identifier: str, page: Page = Page()) -> History:  # noqa: B008 - a value
        """Return what became of a finding. Raises: `NotFoundError`."""
        with self._database.reading() as tx:
            self._readable(tx, who, identifier)
            return History(
                cycles=showing.cycles(store.cycles(tx, identifier)),
                dismissals=tuple(map(_dismissal, store.dismissals(tx, identifier))),
                sources=tuple((row.source, row.present, row.at) for row in report_store.sources(tx, identifier)),
                events=self._ledger.history(tx, identifier, page),
            )

    def reports(self, who: Principal, service: str, page: Page = Page()) -> Listing[Arrived]:  # noqa: B008 - a value
        """Return the reports of a service, the newest first. Raises: `NotFoundError`."""
        after = page.after(str, str)
        limit = max(1, min(page.limit, MAX_LIMIT))
        with self._database.reading() as tx:
            found = self._catalog.find(tx, service)
            if found is None or not allowed(who, "finding:read", team=found.team, service=found.id):
                raise NotFoundError(f"there is no service {service!r:.60}")
            key = (datetime.fromisoformat(after[0]), after[1]) if after else None
            rows = report_store.reports(tx, found.id, key, limit + 1)
        more = len(rows) > limit
        last = rows[limit - 1] if more else None
        return Listing(
            [_arrived(row) for row in rows[:limit]], cursor(last.received_at.isoformat(), last.id) if last else None
        )

    def report(self, who: Principal, identifier: str) -> Arrived:
        """Return one report. Raises: `NotFoundError`."""
        with self._database.reading() as tx:
            row = report_store.report(tx, identifier)
            service = self._catalog.find(tx, row.service) if row is not None else None
        if row is None or service is None or not allowed(who, "finding:read", team=service.team, service=service.id):
            raise NotFoundError(f"there is no report {identifier!r:.60}")
        return _arrived(row)

    def _resolved(self, tx: Connection, who: Principal, query: Query) -> Query:
        """Return the query with ids where slugs were given; one that is none stands for nothing."""
        services, teams = query.services, query.teams
        if not all(name.startswith("svc-") for name in services):
            found = {name: self._catalog.find(tx, name) for name in services}
            services = frozenset(one.id if one else name for name, one in found.items())
        if not all(name.startswith("tea-") for name in teams):
            teams = frozenset(self._team(who, name) for name in teams)
        return query._replace(services=services, teams=teams)

    def _team(self, who: Principal, name: str) -> str:
        try:
            return self._catalog.team(who, name).id
        except NotFoundError:
            return name


def _key(sort: str, page: Page) -> tuple[Any, ...] | None:
    kinds = _KINDS.get(sort)
    if kinds is None:
        raise AskedWronglyError(f"{sort!r:.40} is no order", hint=f"there are: {', '.join(_KINDS)}")
    key = page.after(*kinds)
    if key is None:
        return None
    try:
        return tuple(
            datetime.fromisoformat(value) if place == len(key) - 2 else value for place, value in enumerate(key)
        )
    except ValueError:
        raise AskedWronglyError("this cursor belongs to no list of ours", hint="ask without a cursor") from None


def _cursor(sort: str, row: Row[Any]) -> str:
    key = list_store.key_of(row, sort)
    return cursor(*(part.isoformat() if isinstance(part, datetime) else part for part in key))


def _dismissal(row: Row[Any]) -> Dismissal:
    return Dismissal(
        reason=row.reason,
        evidence=row.evidence,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        approved_by=row.decided_by if row.state in {"approved", "lapsed"} else None,
        approved_at=row.decided_at if row.state in {"approved", "lapsed"} else None,
        expires_at=row.expires_at,
        state=row.state,
        refusal=row.refusal,
    )


def _arrived(row: Row[Any]) -> Arrived:
    return Arrived(
        receipt=receipt(row),
        service=row.service,
        source=row.source,
        commit=row.commit_id,
        at=row.at,
        received_at=row.received_at,
        sender=row.sender_name,
        complete=tuple(row.complete),
        gaps=tuple(row.gaps),
        whole=row.state == "complete",
    )
