"""Findings: the use cases. A face calls one of these and shows what it returns.

Who may read a finding is who has `finding:read` and belongs to its team, or `finding:read-all`; a principal narrowed to
services sees nothing outside them. A finding that `who` may not know of is not there.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row

from wardline.findings import list_store, moves, report_store, showing, store
from wardline.findings.keeping import seconds
from wardline.findings.list_store import Piece, Reach
from wardline.findings.model import Cycle, Dismissal, Query, Receipt, Tracked, Upload
from wardline.findings.neighbours import Catalog
from wardline.findings.policies import current
from wardline.findings.receiving import Receiving, receipt
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import AskedWronglyError, ConflictError, NotFoundError
from wardline.kernel.identity.model import Principal, allowed, require
from wardline.kernel.ledger.model import Event
from wardline.kernel.ledger.service import Ledger
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


class Findings:
    """Everything that may be asked of findings. Stateless."""

    def __init__(self, database: Database, clock: Callable[[], datetime], ledger: Ledger, catalog: Catalog) -> None:
        self._database: Final = database
        self._clock: Final = clock
        self._ledger: Final = ledger
        self._catalog: Final = catalog
        self._receiving: Final = Receiving(database, clock, ledger, catalog)

    def receive(self, who: Principal, upload: Upload) -> Receipt:
        """Return what an upload changed. See `Receiving.receive`; not to be called inside `Database.joined`."""
        return self._receiving.receive(who, upload)

    # Reading

    def list(self, who: Principal, query: Query = Query(), page: Page = Page()) -> Listing[Tracked]:  # noqa: B008 - values
        """Return the findings that are asked for and may be seen, a page at a time.

        Raises: `DeniedError`; `AskedWronglyError` for a cursor of another list.
        """
        reach = _reach(who)
        after = _key(query.sort, page)
        limit = max(1, min(page.limit, MAX_LIMIT))
        with self._database.reading() as tx:
            query = self._resolved(tx, query)
            rows = list_store.page(tx, query, reach, self._clock(), Piece(limit + 1, after))
            more = len(rows) > limit
            found = showing.tracked(tx, self._catalog, rows[:limit])
        return Listing(found, _cursor(query.sort, rows[limit - 1]) if more else None)

    def count(self, who: Principal, query: Query = Query()) -> int:  # noqa: B008 - a value
        """Return how many findings there are of those that are asked for."""
        with self._database.reading() as tx:
            return list_store.counts(tx, self._resolved(tx, query), _reach(who), self._clock(), by=None).get("", 0)

    def counts(self, who: Principal, query: Query, by: By) -> Mapping[str, int]:
        """Return how many there are by severity, service (id), practice, team (id) or state."""
        with self._database.reading() as tx:
            return list_store.counts(tx, self._resolved(tx, query), _reach(who), self._clock(), by=by)

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

    # Working

    def acknowledge(self, who: Principal, identifier: str) -> Tracked:
        """Say "mine": whoever asks owns it from now on, if nobody else does. Again changes nothing.

        Raises: `NotFoundError`, `DeniedError`; `ConflictError` where it is not open.
        """
        with self._database.transaction() as tx:
            row = self._workable(tx, who, identifier)
            return self._after(tx, self._taken(tx, who, row))

    def assign(self, who: Principal, identifier: str, account: str) -> Tracked:
        """Hand it to somebody: they own it. Raises: as `acknowledge`; `AskedWronglyError` for nobody known."""
        with self._database.transaction() as tx:
            row = self._workable(tx, who, identifier)
            names = self._catalog.names(tx, {account})
            if not account.startswith("acc-") or account not in names:
                raise AskedWronglyError(f"there is no account {account!r:.60}", hint="name one by its id: acc-…")
            values: dict[str, Any] = {"owner": account}
            if row.state == "detected":
                values["state"] = "owned"
            if row.acknowledged_at is None:
                values["acknowledged_at"] = self._clock()
            if row.owner != account:
                store.change(tx, row.id, **values)
                self._record(tx, who, "finding:assigned", row, owner=account, owner_name=names[account])
            return self._after(tx, row)

    def start(self, who: Principal, identifier: str) -> Tracked:
        """Say that the repair has begun; a finding that nobody had taken is taken with it. Raises: as `acknowledge`."""
        with self._database.transaction() as tx:
            row = self._taken(tx, who, self._workable(tx, who, identifier))
            if row.state != "fixing":
                store.change(tx, row.id, state="fixing")
                self._record(tx, who, "finding:started", row)
            return self._after(tx, row)

    def dismiss(self, who: Principal, identifier: str, reason: str, evidence: str, expires: datetime) -> Tracked:
        """Ask that a finding count as wrong until `expires`: a second person decides. Its clock runs on meanwhile.

        Raises: as `acknowledge`; `AskedWronglyError` for too few words or too late an end; `ConflictError` where it was
        asked already.
        """
        with self._database.transaction() as tx:
            row = self._workable(tx, who, identifier, permission="finding:dismiss")
            now = self._clock()
            reason, evidence = moves.checked_dismissal(reason, evidence, expires, now=now, policy=current(tx))
            if store.dismissal(tx, row.id, ("asked",)) is not None:
                raise ConflictError("a dismissal was asked for already", hint="it waits for a second person")
            store.put_dismissal(
                tx, finding=row.id, cycle=row.cycle, asked_at=now, asked_by=who.id, reason=reason, evidence=evidence,
                expires_at=expires, state="asked", refusal="",
            )  # fmt: skip
            self._record(tx, who, "finding:dismissal-asked", row, reason=reason, until=expires.isoformat())
            return self._after(tx, row)

    def approve_dismissal(self, who: Principal, identifier: str) -> Tracked:
        """Agree that a finding is wrong: it is dismissed until the end that was asked for.

        Raises: `NotFoundError`, `DeniedError` (also for whoever asked, and for the owner); `ConflictError` where nobody
        asked.
        """
        with self._database.transaction() as tx:
            row, asked = self._deciding(tx, who, identifier)
            now = self._clock()
            if asked.expires_at <= now:
                raise ConflictError("what was asked for has ended already", hint="refuse it, and ask again")
            store.change_dismissal(tx, asked, state="approved", decided_by=who.id, decided_at=now)
            store.change(tx, row.id, state="dismissed", open=False, waived_until=None)
            store.change_cycle(tx, row.id, row.cycle, ended=seconds(now), ended_as="dismissed")
            self._record(tx, who, "finding:dismissed", row, reason=asked.reason, until=asked.expires_at.isoformat())
            return self._after(tx, row)

    def refuse_dismissal(self, who: Principal, identifier: str, why: str = "") -> Tracked:
        """Say that a finding is none to dismiss: it stays as it is. Raises: as `approve_dismissal`."""
        with self._database.transaction() as tx:
            row, asked = self._deciding(tx, who, identifier)
            refusal = " ".join(why.split())[: moves.MAX_CHARS]
            store.change_dismissal(
                tx, asked, state="refused", decided_by=who.id, decided_at=self._clock(), refusal=refusal
            )
            self._record(tx, who, "finding:dismissal-refused", row, why=refusal)
            return self._after(tx, row)

    # Inside

    def _readable(self, tx: Connection, who: Principal, identifier: str, *, lock: bool = False) -> Row[Any]:
        row = store.by_ids(tx, [identifier], lock=lock).get(identifier)
        if row is None or not allowed(who, "finding:read", team=row.team, service=row.service):
            raise NotFoundError(f"there is no finding {identifier!r:.60}")
        return row

    def _workable(
        self, tx: Connection, who: Principal, identifier: str, *, permission: Any = "finding:work"
    ) -> Row[Any]:
        """Return an open finding that `who` may work on: who has the permission, and is of the team or decides."""
        row = self._readable(tx, who, identifier, lock=True)
        require(who, permission, team=row.team, service=row.service)
        if row.team not in who.teams and row.service not in who.services and not _decides(who):
            require(who._replace(permissions=who.permissions - {permission}), permission)
        moves.require_open(row.state)
        return row

    def _deciding(self, tx: Connection, who: Principal, identifier: str) -> tuple[Row[Any], Row[Any]]:
        row = self._readable(tx, who, identifier, lock=True)
        require(who, "finding:dismiss-approve", team=row.team, service=row.service)
        moves.require_open(row.state)
        asked = store.dismissal(tx, row.id, ("asked",))
        if asked is None:
            raise ConflictError("nobody asked to dismiss this finding")
        moves.require_second(who, asked_by=asked.asked_by, owner=row.owner)
        return row, asked

    def _taken(self, tx: Connection, who: Principal, row: Row[Any]) -> Row[Any]:
        if row.state != "detected" and row.acknowledged_at is not None:
            return row
        values: dict[str, Any] = {"state": "owned"} if row.state == "detected" else {}
        if row.acknowledged_at is None:
            values["acknowledged_at"] = self._clock()
        if row.owner is None and who.kind == "person":
            values["owner"] = who.id
        store.change(tx, row.id, **values)
        late = row.acknowledged_at is None and self._clock() > row.acknowledge_by
        self._record(tx, who, "finding:acknowledged", row, late=late)
        return store.by_ids(tx, [row.id])[row.id]

    def _after(self, tx: Connection, row: Row[Any]) -> Tracked:
        return showing.tracked(tx, self._catalog, [store.by_ids(tx, [row.id])[row.id]])[0]

    def _record(self, tx: Connection, who: Principal, action: str, row: Row[Any], **details: Any) -> None:
        about = (row.service, row.team)
        self._ledger.record(tx, at=self._clock(), who=who, action=action, subject=row.id, about=about, details=details)

    def _resolved(self, tx: Connection, query: Query) -> Query:
        """Return the query with ids where slugs of services were given; one that is none stands for nothing."""
        if all(name.startswith("svc-") for name in query.services):
            return query
        found = {name: self._catalog.find(tx, name) for name in query.services}
        return query._replace(services=frozenset(one.id if one else name for name, one in found.items()))


def _decides(who: Principal) -> bool:
    return "finding:read-all" in who.permissions


def _reach(who: Principal) -> Reach:
    """Return what `who` may see of findings. Raises: `DeniedError`."""
    require(who, "finding:read")
    if who.services:
        return Reach(services=who.services)
    return Reach() if "finding:read-all" in who.permissions else Reach(teams=who.teams)


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
