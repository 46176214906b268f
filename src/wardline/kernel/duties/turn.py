"""One run of a duty on one node, under a lease: the `Turn` that a duty is given."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from wardline.kernel.database.engine import Database
from wardline.kernel.duties import store
from wardline.kernel.duties.model import Duty, LeaseLostError

_LONGEST_SECONDS: Final = 60.0  # of a resident duty's turn: then the page shows that it is alive, and it goes on
_RENEWALS: Final = 3  # within one lease


class LeasedTurn:
    """A turn of one duty under the lease `fence`.

    `stop` ends it early; without `patient` it never rests, so that one step ends by itself.
    """

    def __init__(  # noqa: PLR0913 - each has a name where it is given
        self,
        database: Database,
        duty: Duty,
        fence: int,
        *,
        clock: Callable[[], datetime],
        elapsed: Callable[[], float],
        stop: threading.Event,
        patient: bool,
    ) -> None:
        self._database: Final = database
        self._duty: Final = duty
        self._fence: Final = fence
        self._clock: Final = clock
        self._elapsed: Final = elapsed
        self._stop: Final = stop
        self._patient: Final = patient
        self._begun = self._kept = elapsed()

    @property
    def now(self) -> datetime:
        """The time, asked anew each time."""
        return self._clock()

    @property
    def fence(self) -> int:
        """The number of this lease: higher than that of any earlier one."""
        return self._fence

    @property
    def stopping(self) -> bool:
        """Whether the node was asked to stop: finish the step at hand, and return."""
        return self._stop.is_set()

    def rest(self, seconds: float) -> bool:
        """Wait, and return whether to go on afterwards: not when the node stops, or the turn has lasted long enough.

        The lease is prolonged meanwhile. Raises: `LeaseLostError`.
        """
        if not self._patient or self._elapsed() - self._begun >= _LONGEST_SECONDS or self._stop.wait(seconds):
            return False
        if self._elapsed() - self._kept >= self._duty.lease_seconds / _RENEWALS:
            with self.transaction():
                pass
        return True

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a transaction that commits only while the lease is ours; it also prolongs the lease.

        It holds the duty's row from its first statement, so nobody takes over between the check and the commit.

        Raises: `LeaseLostError` where another node has taken over: nothing of the block is kept. As
        `Database.transaction`.
        """
        idle_ms = max(1000, int(self._duty.lease_seconds * 1000))
        with self._database.transaction() as tx:
            if not store.keep(tx, self._duty.name, self._fence, idle_ms=idle_ms):
                raise LeaseLostError(f"another node has taken over {self._duty.name}")
            yield tx
        self._kept = self._elapsed()
