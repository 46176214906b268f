"""The ledger's use cases: record, number, list, prove, verify.

What is promised of the order: an event that was committed before another one began to be recorded has the lower number;
within one transaction, numbers follow the order of recording. Of two transactions that overlapped in time, either may
come first (on SQLite, which lets one write at a time, none do). An event is numbered once and for ever, and is visible
in lists before that, without a number.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from wardline.kernel import merkle
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Duty, Turn
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError, NotFoundError
from wardline.kernel.identity.model import PLATFORM, Principal, allowed, require
from wardline.kernel.ledger import encoding, export, keys, sequencing, store, verification
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.model import Entry, Event, Head, Key, Measured, Proof, Verification
from wardline.kernel.ledger.tree import StoredTree
from wardline.kernel.ledger.trust import changed
from wardline.kernel.ledger.verification import Progress
from wardline.kernel.paging import MAX_LIMIT, Listing, Page, cursor

_HEAD_SECONDS: Final = 0.1
_LARGEST: Final = 2**63 - 1


class Ledger:
    """The one ledger of an installation. Stateless: any number of nodes may hold one over the same database.

    Who has `ledger:read` sees what it did itself and what is about it, its teams or (a narrowed token) its services;
    `ledger:read-all` sees everything. Heads and proofs hold hashes only, and are for everybody with `ledger:read`.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime], signer: Signer) -> None:
        self._database: Final = database
        self._clock: Final = clock
        self._signer: Final = signer

    # Recording: for services, inside their own transactions.

    def record(  # noqa: PLR0913 - each has a name where it is given
        self,
        tx: Connection,
        *,
        at: datetime,
        who: Principal,
        action: str,
        subject: str,
        about: Iterable[str] = (),
        details: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the id of an event recorded in this transaction: it stands if and only if the transaction does.

        Name in `about` whatever page should show it, the owning team and the service among them: who may not see
        everything sees what is about their teams.

        Raises: `AskedWronglyError` and `TooLargeError` for details that are no JSON or larger than 64 Ki characters.
        """
        return self.record_all(tx, at=at, who=who, entries=[Entry(action, subject, tuple(about), details or {})])[0]

    def record_all(self, tx: Connection, *, at: datetime, who: Principal, entries: Sequence[Entry]) -> Sequence[str]:
        """Return the ids of many events recorded in this transaction, in their order; far quicker than one by one.

        Raises: as `record`.
        """
        if not entries:
            return []
        rows = [sequencing.row(at, who, entry) for entry in entries]
        store.add(
            tx, rows, [(row["id"], name) for row in rows for name in {row["subject"], *encoding.read(row["about"])}]
        )
        return [row["id"] for row in rows]

    def history(self, tx: Connection, about: str, page: Page) -> Listing[Event]:
        """Return the events about something, the last recorded first: for services that decided who may see it."""
        return _listing(tx, page, about=about)

    # Numbering.

    def sequence(self, turn: Turn | None = None) -> int:
        """Return how many events have a number now that had none; a head is signed over them.

        At most one node does this at a time, with or without a turn. At most 4,000 at once: ask again
        while it does not return 0.

        Raises: `LedgerDamagedError`, `WrongKeyError`, `LeaseLostError`; nothing was changed then.
        """
        with self._database.reading() as tx:
            if not store.anything_pending(tx):
                return 0
        with (turn or self._database).transaction() as tx:
            step = sequencing.step(tx, turn.now if turn else self._clock(), self._signer)
        if step.head is not None:
            self._signer.remember(step.origin, step.head)
        return step.events

    def duty(self) -> Duty:
        """Return the duty that numbers events, at most every 100 ms, on one node at a time."""
        title = "Events get numbers and signed heads"
        return Duty("ledger-sequencer", title, _HEAD_SECONDS, self._sequencer, lease_seconds=10, resident=True)

    def _sequencer(self, turn: Turn) -> str:
        count = self.sequence(turn)
        while turn.rest(_HEAD_SECONDS):
            count += self.sequence(turn)
        return f"{count} events" if count else ""

    def change_key(self, who: Principal, new: Signer, *, lost: bool = False) -> Head:
        """Return the first head that `new` signed, after an event that says so; every node needs the new key file now.

        The present key, which this ledger holds, vouches for the new one. Where it is `lost`, nobody does: `verify`
        names the new key as a problem until it is told to trust it.

        Raises: `DeniedError`; `ConflictError` where the ledger has not begun; as `sequence`.
        """
        require(who, "duty:run")
        with self._database.transaction() as tx:
            if store.head(tx) is None:
                raise ConflictError("the ledger has not begun: its first event names its key")
            origin = sequencing.known(tx).origin
            details = changed(origin, None if lost else self._signer, new)
            head = sequencing.step(tx, self._clock(), new, handover=details).head
        if head is None:
            raise ConflictError("nothing was signed", hint="ask again")
        new.remember(origin, head)
        return head

    # Reading.

    def list(
        self,
        who: Principal,
        *,
        about: str | None = None,
        actor: str | None = None,
        action: str | None = None,
        page: Page = Page(),  # noqa: B008 - immutable
    ) -> Listing[Event]:
        """Return events, the last recorded first. `action` may be a resource with its colon ("waiver:").

        Raises: `DeniedError`; `AskedWronglyError` for a cursor of another list.
        """
        require(who, "ledger:read")
        with self._database.reading() as tx:
            return _listing(tx, page, about=about, actor=actor, action=action, seen_by=_seen_by(who))

    def get(self, who: Principal, id_or_number: str | int) -> Event:
        """Return one event, by its id or its number.

        Raises: `DeniedError`; `NotFoundError`, also for an event that `who` may not see.
        """
        require(who, "ledger:read")
        number = _number(id_or_number)
        with self._database.reading() as tx:
            if number is None:
                row = store.one(tx, identifier=str(id_or_number))
            else:
                row = store.one(tx, at_number=number) if number <= _LARGEST else None
        if row is None or not _may_see(who, row):
            raise NotFoundError("there is no such event")
        return _event(row)

    def head(self, who: Principal) -> Head | None:
        """Return the newest head, or None where nothing was numbered yet. Raises: `DeniedError`."""
        require(who, "ledger:read")
        with self._database.reading() as tx:
            return store.head(tx)

    def heads(self, who: Principal, page: Page = Page()) -> Listing[Head]:  # noqa: B008 - immutable
        """Return heads, the newest first. Raises: `DeniedError`; `AskedWronglyError` for a cursor of another list."""
        require(who, "ledger:read")
        limit, after = _bounded(page), page.after(int)
        with self._database.reading() as tx:
            found = store.heads(tx, before=after[0] if after else None, limit=limit + 1)
        return Listing(found[:limit], cursor(found[limit - 1].size) if len(found) > limit else None)

    def keys(self, who: Principal) -> Sequence[Key]:
        """Return the keys that heads are signed with, in order. Raises: `DeniedError`."""
        require(who, "ledger:read")
        with self._database.reading() as tx:
            return sequencing.known(tx).keys

    def inclusion(self, who: Principal, number: int, size: int) -> Proof:
        """Return the proof that the event with this number is among the first `size` events.

        Raises: `DeniedError`; `AskedWronglyError` for an event or a size that the ledger does not have.
        """
        require(who, "ledger:read")
        with self._database.reading() as tx:
            if not 0 <= number < size <= store.size(tx):
                raise _no_proof()
            read = StoredTree(tx)
            hashes = merkle.inclusion(number, size, read)
            return Proof("inclusion", number, size, read(0, number), merkle.root_at(size, read), hashes)

    def consistency(self, who: Principal, first: int, second: int) -> Proof:
        """Return the proof that the ledger of `second` events begins with the one of `first`.

        Raises: `DeniedError`; `AskedWronglyError` for sizes that the ledger does not have.
        """
        require(who, "ledger:read")
        with self._database.reading() as tx:
            if not 0 < first <= second <= store.size(tx):
                raise _no_proof()
            read = StoredTree(tx)
            hashes = merkle.consistency(first, second, read)
            roots = merkle.root_at(first, read), merkle.root_at(second, read)
            return Proof("consistency", first, second, *roots, hashes)

    def measured(self) -> Measured:
        """Return how many events have a number and how many wait, for metrics; no event's content is in it."""
        with self._database.reading() as tx:
            head = store.head(tx)
            return Measured(head.size if head else 0, store.pending_count(tx), head.at if head else None)

    def note(self, who: Principal) -> str:
        """Return the newest head as a signed note (C2SP signed-note), to be kept elsewhere; "" where there is none.

        Raises: `DeniedError`.
        """
        require(who, "ledger:read")
        with self._database.reading() as tx:
            head, trusted = store.head(tx), sequencing.known(tx)
        key = trusted.signs(head.size) if head else None
        return keys.note(trusted.origin, head, key.public) if head and key else ""

    def verify(
        self,
        progress: Progress | None = None,
        *,
        who: Principal = PLATFORM,
        kept: Iterable[str] = (),
        trusted: Iterable[str] = (),
    ) -> Verification:
        """Return what reading the whole ledger anew shows: `ok`, or every problem with its number.

        `kept` are signed notes that somebody kept elsewhere; the last head this node signed is always among them.
        `trusted` are ids of keys that are right although nobody vouched for them. `progress(read, of)` is told now and
        then. It reads everything, in batches, while the ledger goes on growing.

        Raises: `DeniedError`; `AskedWronglyError` for a note that is none; `UnavailableError`.
        """
        require(who, "ledger:read")
        heads = [keys.read_note(note) for note in kept] + self._signer.all_remembered()
        return verification.verify(
            self._database, kept=heads, trusted=trusted, held=self._signer.key_id, progress=progress
        )

    def export(self, who: Principal) -> Iterator[str]:
        """Give the whole ledger as JSON lines, in batches: `kernel/ledger/export.py` says what stands in them.

        Raises: `DeniedError` where `who` may not see every event; `LedgerDamagedError` where an event is missing.
        """
        require(who, "ledger:read-all")
        if who.services:
            raise DeniedError("a token for some services may not read the whole ledger")
        return export.lines(self._database)


def _listing(tx: Connection, page: Page, **filters: Any) -> Listing[Event]:
    limit, after = _bounded(page), page.after(int)
    rows = store.listing(tx, before=after[0] if after else None, limit=limit + 1, **filters)
    events = [_event(row) for row in rows[:limit]]
    return Listing(events, cursor(rows[limit - 1]["entry"]) if len(rows) > limit else None)


def _bounded(page: Page) -> int:
    if not 1 <= page.limit <= MAX_LIMIT:
        raise AskedWronglyError(f"a piece of a list has 1 to {MAX_LIMIT} rows")
    return page.limit


def _event(row: Mapping[str, Any]) -> Event:
    return Event(
        id=row["id"],
        at=row["at"],
        actor=row["actor"],
        actor_name=row["actor_name"],
        via=row["via"],
        action=row["action"],
        subject=row["subject"],
        about=tuple(encoding.read(row["about"])),
        details=encoding.read(row["details"]),
        number=row["number"],
    )


def _everything(who: Principal) -> bool:
    return not who.services and allowed(who, "ledger:read", team="")


def _seen_by(who: Principal) -> tuple[str, frozenset[str]] | None:
    if _everything(who):
        return None
    return who.id, (who.services or who.teams) | {who.id}


def _may_see(who: Principal, row: Mapping[str, Any]) -> bool:
    seen_by = _seen_by(who)
    if seen_by is None:
        return True
    actor, identifiers = seen_by
    return row["actor"] == actor or not identifiers.isdisjoint({row["subject"], *encoding.read(row["about"])})


def _number(id_or_number: str | int) -> int | None:
    if isinstance(id_or_number, int):
        return id_or_number
    return int(id_or_number) if re.fullmatch("[0-9]{1,18}", id_or_number) else None


def _no_proof() -> AskedWronglyError:
    return AskedWronglyError("the ledger has no such numbers", hint="an event's number is below the size of the tree")
