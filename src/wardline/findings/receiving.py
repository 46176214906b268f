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
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Row

from wardline.catalog.model import Service
from wardline.findings import places, report_store, settling, uploads
from wardline.findings.arrival import Arrival, weight
from wardline.findings.keeping import Given, Keeper, bounded
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

PIECE: Final = 1000  # findings in one transaction
PIECE_CHARS: Final = 4 * 1024 * 1024
Value = TypeVar("Value")
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
        pieces = _pieces(map(bounded, upload.findings), weight)
        head = next(pieces, [])
        whole = len(head) < PIECE and sum(map(weight, head)) < PIECE_CHARS  # else more may follow
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with self._database.transaction() as tx:
                begun = self._begin(tx, who, upload, name)
                if isinstance(begun, Receipt):
                    return begun
                if begun is not None and whole:  # nobody else sees it half done
                    begun.keeper = self._keeper(tx, who, begun)
                    return self._received(who, upload, begun, [head])
            if begun is not None:
                break
            if time.monotonic() > deadline:
                raise ConflictError(
                    "another report of this service is being received", hint="send it again in a minute"
                )
            time.sleep(_WAIT_SECONDS)
        try:
            return self._received(who, upload, begun, itertools.chain([head], pieces))
        except BaseException:
            with self._database.transaction() as tx:
                report_store.release(tx, begun.service.id, begun.fence)
            raise

    def repeated(self, who: Principal, upload: Upload) -> Receipt | None:
        """Return what an upload changed when it came before, without a look at its findings; None where it is news.

        Raises: as `receive`, for what can be said without them: before anybody takes the trouble to read a report.
        """
        upload = uploads.checked(upload)
        name = uploads.name(upload)
        with self._database.reading() as tx:
            service = self._service(tx, who, upload)
            known = report_store.report_named(tx, service.id, uploads.numbered(tx, service.id, upload, name))
        return receipt(known, repeated=True) if known is not None and known.state == "complete" else None

    def _service(self, tx: Connection, who: Principal, upload: Upload) -> Service:
        """Return the service that an upload is about, if `who` may report on it."""
        service = self._catalog.find(tx, upload.service)
        if service is None:
            raise NotFoundError(f"there is no service {printable(upload.service, max_chars=60)!r}")
        require(who, "report:write", team=service.team, service=service.id)
        return service

    def _begin(self, tx: Connection, who: Principal, upload: Upload, said: str) -> Arrival | Receipt | None:
        """Take the service's turn: an arrival, the receipt of the same upload before, or None where others have it."""
        service = self._service(tx, who, upload)
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

    def _received(
        self, who: Principal, upload: Upload, arrival: Arrival, pieces: Iterable[Sequence[Finding]]
    ) -> Receipt:
        for some in pieces:
            with self._step(who, arrival) as keeper:
                if upload.branch is None:
                    settling.held(keeper, arrival, some)
                else:
                    settling.looked(keeper, arrival, some)
            if len(arrival.waiting) > settling.MOST or arrival.weight > settling.MOST_CHARS:
                self._open(who, arrival)
        decides = upload.branch is None and not arrival.stale
        gone = settling.Gone(arrival, upload)
        if decides:
            with self._step(who, arrival) as keeper:
                settling.settled(keeper, arrival, gone)
        self._open(who, arrival)
        after: str | None = "" if decides else None
        while after is not None:
            with self._step(who, arrival) as keeper:
                leavers, after = gone.piece(keeper.tx, after)
                settling.closed(keeper, arrival, leavers)
        with self._step(who, arrival) as keeper:
            return self._complete(keeper, arrival)

    def _open(self, who: Principal, arrival: Arrival) -> None:
        for newcomers in _pieces(arrival.take(), lambda waiting: weight(waiting[0])):
            with self._step(who, arrival) as keeper:
                settling.opened(keeper, arrival, newcomers)

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


def _covered(tx: Connection, service: str, source: str, at: datetime) -> tuple[tuple[Any, places.Unexamined], ...]:
    newer = report_store.newer(tx, service, source, at)
    return tuple((row.complete, places.Unexamined(places.scopes(row.gaps))) for row in newer)


def _pieces(values: Iterable[Value], weigh: Callable[[Value], int]) -> Iterator[list[Value]]:
    """Yield values in pieces of bounded number and weight."""
    piece: list[Value] = []
    chars = 0
    for value in values:
        piece.append(value)
        chars += weigh(value)
        if len(piece) >= PIECE or chars >= PIECE_CHARS:
            yield piece
            piece, chars = [], 0
    if piece:
        yield piece
