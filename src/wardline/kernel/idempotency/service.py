"""A request that is sent again is answered again, and done once: whatever died in between.

Source: draft-ietf-httpapi-idempotency-key-header-07. A key belongs to an account and lasts a day.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import ConflictError, WardlineError
from wardline.kernel.idempotency import store
from wardline.kernel.idempotency.model import Claim, InProgressError, Kept, KeyMismatchError

LASTS: Final = timedelta(hours=24)
LEASE: Final = timedelta(seconds=60)
_LONGEST_LEASE: Final = timedelta(minutes=10)
_RENEWALS: Final = 3  # within one lease


class Idempotency:
    """Claims and kept answers. Any node may answer for another: all of it stands in the database."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Use a database; nothing is opened yet."""
        self._database = database
        self._clock = clock

    def claim(self, account: str, key: str, digest: bytes, *, lease: timedelta = LEASE) -> Claim | Kept:
        """Return the right to do what is asked, or the answer that it got before.

        Raises: `KeyMismatchError` where the key stands for another request; `InProgressError` while another works on
        it, and until its lease ends where that one died.
        """
        now = self._clock()
        first = Claim(account, key, 1, now + lease)
        with self._database.transaction() as tx:
            store.forgotten(tx, now)
            if store.opened(tx, first, digest, now + LASTS):
                return first
            row = store.found(tx, account, key)
            if row is None:
                raise InProgressError("this request was being answered just now", hint="ask again")
            if row.digest != digest:
                raise KeyMismatchError(
                    "this idempotency key was used for another request", hint="send another key with another request"
                )
            if row.status is not None:
                return Kept(row.status, row.headers, row.body)
            # An end farther off than any lease was written by a clock that has been set back since.
            if now < row.lease_until <= now + _LONGEST_LEASE:
                raise InProgressError("the same request is being worked on", hint="ask again in a few seconds")
            again = Claim(account, key, row.fence + 1, now + lease)
            store.taken_over(tx, again, digest, now + LASTS)
            return again

    @contextlib.contextmanager
    def once(self, claim: Claim) -> Iterator[Callable[[Kept], None]]:
        """Give a function that keeps the answer together with whatever the block changes: both, or neither.

        Where the block raises, nothing of it stands, and the key is free again.
        """
        try:
            with self._database.joined() as tx:
                yield lambda kept: self._keep(tx, claim, kept)
        except BaseException:
            self.release(claim)
            raise

    @contextlib.contextmanager
    def renewed(self, claim: Claim, lease: timedelta) -> Iterator[None]:
        """Keep a claim while the block works, however long that takes; where this process dies, it ends with its lease.

        So the lease may be short, and whoever sends the same again after a crash does not wait for long.
        """
        done = threading.Event()

        def renew() -> None:
            while not done.wait(lease.total_seconds() / _RENEWALS):
                with contextlib.suppress(WardlineError), self._database.transaction() as tx:
                    if not store.prolonged(tx, claim, self._clock() + lease):
                        return  # another has taken it over: what is kept in the end decides

        thread = threading.Thread(target=renew, name="idempotency", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()

    def keep(self, claim: Claim, kept: Kept) -> None:
        """Keep the answer to what is in the database already, and would be found there by whoever does it again."""
        with self._database.transaction() as tx:
            self._keep(tx, claim, kept)

    def release(self, claim: Claim) -> None:
        """Give a key back under which nothing was done. Where the database is gone, its lease ends by itself."""
        with contextlib.suppress(WardlineError), self._database.transaction() as tx:
            store.released(tx, claim)

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[Connection]:
        """Give a transaction that all others join and in which nobody else is `alone` with the same name."""
        with self._database.joined() as tx:
            store.locked(tx, name)
            yield tx

    @staticmethod
    def _keep(tx: Connection, claim: Claim, kept: Kept) -> None:
        if not store.answered(tx, claim, kept):
            raise ConflictError("another took this request over; nothing of this attempt was kept", hint="ask again")
