"""A report comes in: what it says is held against what stands, in pieces, each of which is one transaction.

1. The report is named; one that is here already changes nothing. The service's turn is taken: two reports of one
   service are received one after the other, whichever node they came to.
2. Each piece of findings: what is known is seen again (its clock may tighten; fixed ones begin a new cycle), what is
   new opens at once where this source saw nothing before, and else waits for the end: it may have moved.
3. At the end: what the source no longer reports, of practices that were examined whole and outside of every gap, is
   matched with what is new (`matching`); the rest opens, the rest is fixed where no other source still reports it.

Cut off anywhere, a report stays "receiving": the same upload takes it up again from the start, and every step it did
already changes nothing. Nothing is fixed by it before it is whole. (A report of fewer findings than a piece has is one
transaction.) Reports of other branches are kept and counted, and change nothing else. A report older than what stands
(by its time, or by a commit that later ones followed) reopens and fixes nothing, and opens only what no newer one
looked at.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from wardline.findings import matching, places, report_store, store, uploads
from wardline.findings.arrival import Arrival
from wardline.findings.keeping import Given, Keeper, as_reported, bounded
from wardline.findings.model import Receipt, Upload
from wardline.findings.neighbours import Catalog
from wardline.findings.policies import current
from wardline.findings.report import Finding
from wardline.kernel import ids
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import ConflictError, NotFoundError
from wardline.kernel.identity.model import Principal, require
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.text import printable

PIECE: Final = 500  # findings in one transaction
MOST_WAITING: Final = 20_000  # new findings held until the end: where more are new at once, nothing is told apart
TURN: Final = timedelta(seconds=60)  # how long a turn lasts that nobody prolongs
_PATIENCE_SECONDS: Final = 20.0
_WAIT_SECONDS: Final = 0.05


class Receiving:
    """The one way in for reports."""

    def __init__(self, database: Database, clock: Callable[[], datetime], ledger: Ledger, catalog: Catalog) -> None:
        self._database: Final = database
        self._clock: Final = clock
        self._ledger: Final = ledger
        self._catalog: Final = catalog

    def receive(self, who: Principal, upload: Upload) -> Receipt:
        """Return what an upload changed: see the module for what that may be.

        Raises: `NotFoundError` for a service that is not there; `DeniedError`; `AskedWronglyError` for a source or
        branch that is no name; `ConflictError` where other reports of the service take too long: ask again.
        """
        upload = uploads.checked(upload)
        name = uploads.name(upload)
        findings = map(bounded, upload.findings)
        head = list(itertools.islice(findings, PIECE))
        whole = len(head) < PIECE
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with self._database.transaction() as tx:
                begun = self._begin(tx, who, upload, name)
                if isinstance(begun, Receipt):
                    return begun
                if begun is not None and whole:  # nobody else sees it half done
                    begun.keeper = self._keeper(tx, who, begun)
                    return self._received(who, upload, begun, head)
            if begun is not None:
                break
            if time.monotonic() > deadline:
                raise ConflictError(
                    "another report of this service is being received", hint="send it again in a minute"
                )
            time.sleep(_WAIT_SECONDS)
        try:
            return self._received(who, upload, begun, itertools.chain(head, findings))
        except BaseException:
            with self._database.transaction() as tx:
                report_store.release(tx, begun.service.id, begun.fence)
            raise

    def _begin(self, tx: Connection, who: Principal, upload: Upload, said: str) -> Arrival | Receipt | None:
        """Take the service's turn: an arrival, the receipt of the same upload before, or None where others have it."""
        service = self._catalog.find(tx, upload.service)
        if service is None:
            raise NotFoundError(f"there is no service {printable(upload.service, max_chars=60)!r}")
        require(who, "report:write", team=service.team, service=service.id)
        now = self._clock()
        turn = report_store.intake(tx, service.id)
        name = uploads.numbered(tx, service.id, upload, said)
        known = report_store.report_named(tx, service.id, name)
        if known is not None and known.state == "complete":
            return receipt(known, repeated=True)
        if turn.report is not None and now < turn.until <= now + 2 * TURN:  # beyond: by a clock set back since
            return None
        at, stale = (known.at, known.stale) if known is not None else self._age(tx, service.id, upload, now)
        arrival = Arrival(
            report=ids.new("rep", now) if known is None else known.id,
            service=service,
            source=upload.source,
            at=at,
            stale=stale,
            fence=turn.fence + 1,
            first=not report_store.sees_any(tx, service.id, upload.source),
            before=dict(known.counts) if known is not None else {},
            covered=_covered(tx, service.id, upload.source, at) if stale else (),
        )
        if not turn.policy:  # from the first report on, a duty looks whether these change
            facts = {"team": service.team, "tier": service.tier, "exposed": service.exposed}
            report_store.change_intake(tx, service.id, policy=current(tx).digest, **facts)
        report_store.change_intake(tx, service.id, report=arrival.report, until=now + TURN, fence=arrival.fence)
        if known is None:
            report_store.put_report(tx, **_row(arrival, name, who, upload, now))
        return arrival

    def _age(self, tx: Connection, service: str, upload: Upload, now: datetime) -> tuple[datetime, bool]:
        """Return when the report looked, and whether that is older than what stands.

        What stands from later than now was received under a clock that has been set back since: nothing is older.
        """
        at = min(upload.at or now, now)
        if upload.branch is not None:
            return at, False
        latest = report_store.latest(tx, service, upload.source)
        first = report_store.superseded(tx, service, upload.source, upload.commit) if upload.commit else None
        return min(at, first or at), first is not None or (latest is not None and at < latest.at <= now)

    def _received(self, who: Principal, upload: Upload, arrival: Arrival, findings: Iterable[Finding]) -> Receipt:
        for some in _pieces(findings):
            with self._step(who, arrival) as keeper:
                if upload.branch is None:
                    self._piece(keeper, arrival, some)
                else:
                    _look(keeper, arrival, some)
        gone: list[str] = []
        if upload.branch is None:
            with self._step(who, arrival) as keeper:
                gone = _settled(keeper, arrival, upload)
        for newcomers in _pieces(arrival.take()):
            with self._step(who, arrival) as keeper:
                _open(keeper, arrival, newcomers)
        for leavers in _pieces(gone):
            with self._step(who, arrival) as keeper:
                _close(keeper, arrival, leavers)
        with self._step(who, arrival) as keeper:
            return self._complete(keeper, arrival)

    @contextmanager
    def _step(self, who: Principal, arrival: Arrival) -> Iterator[Keeper]:
        """Give what keeps findings in one transaction, and note what was counted; a small report has only one."""
        if arrival.keeper is not None:
            yield arrival.keeper
            return
        with self._database.transaction() as tx:
            keeper = self._keeper(tx, who, arrival)
            yield keeper
            keeper.finish()
            report_store.change_report(tx, arrival.report, counts=arrival.counts())

    def _keeper(self, tx: Connection, who: Principal, arrival: Arrival) -> Keeper:
        """Return what keeps findings in this transaction, while the turn is ours."""
        now = self._clock()
        if not report_store.held(tx, arrival.service.id, arrival.fence, now + TURN):
            raise ConflictError("another node received this service's reports meanwhile", hint="send it again")
        return Keeper(tx, self._ledger, self._catalog, Given(who, now, current(tx), arrival.service))

    def _piece(self, keeper: Keeper, arrival: Arrival, findings: Sequence[Finding]) -> None:
        """Hold some findings of the default branch against what stands."""
        grouped = arrival.grouped(findings)
        tx, service = keeper.tx, arrival.service.id
        rows = store.by_fingerprints(tx, service, list(grouped), lock=True)
        once = store.aliases(tx, service, [name for name in grouped if name not in rows])
        seen: dict[str, tuple[str, list[str]]] = {}
        for name, some in grouped.items():
            row = rows.get(name)
            if row is not None:
                _seen(keeper, arrival, row, some[0])
                seen[row.id] = (name, _files(some))
            elif arrival.stale and arrival.looked_at(some[0]):
                arrival.ignored += 1
            elif not (arrival.stale and name in once):
                arrival.wait(some[0], _files(some), once.get(name))
        if (arrival.first and not once) or len(arrival.waiting) > MOST_WAITING:
            _open(keeper, arrival, arrival.take())
        quiet = [row.id for row in rows.values() if row.last_seen_at < arrival.at]
        store.seen(tx, quiet, arrival.at)
        if not arrival.stale:
            keeper.sight(seen, source=arrival.source, report=arrival.report, at=arrival.at)

    def _complete(self, keeper: Keeper, arrival: Arrival) -> Receipt:
        """End the report: whole from here on."""
        counts = arrival.counts()
        report_store.change_report(keeper.tx, arrival.report, state="complete", counts=counts)
        report_store.release(keeper.tx, arrival.service.id, arrival.fence)
        keeper.finish()
        about = (arrival.service.id, arrival.service.team)
        self._ledger.record(
            keeper.tx, at=keeper.now, who=keeper.who, action="report:received", subject=arrival.report, about=about,
            details={"source": arrival.source, "stale": arrival.stale, **counts},
        )  # fmt: skip
        row = report_store.report(keeper.tx, arrival.report)
        assert row is not None  # noqa: S101 - it was changed above, in this transaction
        return receipt(row)


def receipt(row: Row[Any], *, repeated: bool = False) -> Receipt:
    """Return what a report changed, as its row says."""
    counts = row.counts
    return Receipt(
        report=row.id,
        **{name: int(counts.get(name, 0)) for name in ("opened", "reopened", "seen", "fixed", "ambiguous", "moved")},
        gaps=len(row.gaps),
        repeated=repeated,
        stale=row.stale,
        branch=row.branch,
        introduced=int(counts.get("introduced", 0)),
    )


def _row(arrival: Arrival, name: str, who: Principal, upload: Upload, now: datetime) -> dict[str, Any]:
    gaps = [
        {part: printable(str(gap.get(part, "")), max_chars=500) for part in ("practice", "scope", "reason", "remedy")}
        for gap in upload.gaps
    ]
    return {
        "id": arrival.report,
        "service": arrival.service.id,
        "source": upload.source,
        "name": name,
        "commit_id": upload.commit,
        "branch": upload.branch,
        "at": arrival.at,
        "received_at": now,
        "sender": who.id,
        "sender_name": who.name,
        "state": "receiving",
        "stale": arrival.stale,
        "complete": sorted(upload.complete),
        "gaps": gaps,
        "counts": {},
    }


def _covered(tx: Connection, service: str, source: str, at: datetime) -> tuple[tuple[Any, Any], ...]:
    return tuple((row.complete, places.scopes(row.gaps)) for row in report_store.newer(tx, service, source, at))


def _pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(values)
    while some := list(itertools.islice(remaining, PIECE)):
        yield some


def _files(findings: Sequence[Finding]) -> list[str]:
    files = list(dict.fromkeys(finding.file for finding in findings if finding.file))
    return files if len(files) > 1 else []


def _seen(keeper: Keeper, arrival: Arrival, row: Row[Any], finding: Finding) -> None:
    """Take one finding that is known under its own name."""
    if arrival.stale:
        arrival.seen += 1
        return
    if row.state in {"fixed", "verified"}:
        keeper.reopen(row, finding, source=arrival.source, at=arrival.at)
        arrival.reopened += 1
        return
    speaks = row.source == arrival.source or not report_store.reports_still(keeper.tx, row.source, row.id)
    keeper.see(row, finding, source=arrival.source, speaks=speaks)
    arrival.seen += 1


def _look(keeper: Keeper, arrival: Arrival, findings: Sequence[Finding]) -> None:
    """Count what another branch has: how much of it is known, and how much it would bring."""
    grouped = arrival.grouped(findings)
    rows = store.by_fingerprints(keeper.tx, arrival.service.id, list(grouped))
    known = sum(1 for row in rows.values() if row.state not in {"fixed", "verified"})
    arrival.seen += known
    arrival.introduced += len(grouped) - known


def _open(keeper: Keeper, arrival: Arrival, waiting: Sequence[tuple[Finding, list[str], str | None]]) -> None:
    """Open what is new, whatever it may once have been called."""
    findings = [finding for finding, _, _ in waiting]
    there = store.by_fingerprints(keeper.tx, arrival.service.id, [finding.fingerprint for finding in findings])
    fresh = [(finding, files) for finding, files, _ in waiting if finding.fingerprint not in there]
    for finding, _, once in waiting:
        if once is not None:
            store.drop_alias(keeper.tx, arrival.service.id, finding.fingerprint)
    made = keeper.open([finding for finding, _ in fresh], source=arrival.source, at=arrival.at)
    seen = {identifier: (finding.fingerprint, files) for identifier, (finding, files) in zip(made, fresh, strict=True)}
    keeper.sight(seen, source=arrival.source, report=arrival.report, at=arrival.at)
    arrival.opened += len(fresh)


def _settled(keeper: Keeper, arrival: Arrival, upload: Upload) -> list[str]:
    """Return the findings that this source no longer reports, after those that only moved were taken out."""
    if arrival.stale:
        return []
    gaps = places.scopes(upload.gaps)
    gone = {
        row.finding: row
        for row in report_store.unseen(keeper.tx, arrival.service.id, arrival.source, arrival.report)
        if row.practice in upload.complete
        and not places.unexamined(
            row.practice, row.files or ([row.file] if row.file else []), gaps, package=places.package_of(row.place)
        )
    }
    _known_again(keeper, arrival, gone)
    rules = {(finding.practice, finding.rule) for finding, _, _ in arrival.waiting}
    candidates = [name for name, row in gone.items() if (row.practice, row.rule) in rules]
    old = {name: as_reported(row.attributes) for name, row in store.details(keeper.tx, candidates).items()}
    found = matching.pairs(old, [finding for finding, _, _ in arrival.waiting])
    arrival.ambiguous += found.ambiguous
    rows = store.by_ids(keeper.tx, list(found.matched.values()), lock=True)
    for number, identifier in found.matched.items():
        finding, files, _ = arrival.waiting[number]
        _renamed(keeper, arrival, rows[identifier], finding, files)
        del gone[identifier]
    arrival.leave(set(found.matched))
    return sorted(gone)


def _known_again(keeper: Keeper, arrival: Arrival, gone: dict[str, Any]) -> None:
    """Take what is called by a name that a known finding had before it moved: unless that is in this report as well."""
    named = {once: number for number, (_, _, once) in enumerate(arrival.waiting) if once is not None}
    rows = store.by_ids(keeper.tx, list(named), lock=True)
    taken = set()
    for identifier, row in rows.items():
        finding, files, _ = arrival.waiting[named[identifier]]
        if row.fingerprint in arrival.names:
            continue
        if row.open and row.id in gone and gone[row.id].name != finding.fingerprint:  # it moved back
            _renamed(keeper, arrival, row, finding, files)
        else:
            _seen(keeper, arrival, row, finding)
            keeper.sight(
                {row.id: (finding.fingerprint, files)}, source=arrival.source, report=arrival.report, at=arrival.at
            )
        gone.pop(identifier, None)
        taken.add(named[identifier])
    arrival.leave(taken)


def _renamed(keeper: Keeper, arrival: Arrival, row: Row[Any], finding: Finding, files: list[str]) -> None:
    """Note that a finding moved: it keeps its clock and its history, and has another name."""
    store.put_alias(keeper.tx, row.service, row.fingerprint, row.id)
    store.drop_alias(keeper.tx, row.service, finding.fingerprint)
    store.change(keeper.tx, row.id, fingerprint=finding.fingerprint, last_seen_at=max(row.last_seen_at, arrival.at))
    keeper.note("finding:seen-again", row.id, row.team, moved_from=row.place, moved_to=places.place(finding))
    keeper.see(row, finding, source=arrival.source, speaks=True)
    keeper.sight({row.id: (finding.fingerprint, files)}, source=arrival.source, report=arrival.report, at=arrival.at)
    arrival.moved += 1


def _close(keeper: Keeper, arrival: Arrival, identifiers: Sequence[str]) -> None:
    """Note that this source no longer reports some findings; what no other one reports either is fixed."""
    if not identifiers:
        return
    rows = store.by_ids(keeper.tx, identifiers, lock=True)
    report_store.gone(keeper.tx, arrival.source, identifiers)
    still = report_store.reported(keeper.tx, identifiers)
    arrival.fixed += keeper.fix(
        (row for identifier, row in rows.items() if identifier not in still), report=arrival.report
    )
