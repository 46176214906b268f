"""Background work as values: what a duty is, and what it is given when its turn comes.

A duty is derived from state ("which deadlines passed"), so it may run anywhere, be cut off anywhere, and run again:
every step is idempotent and commits through `Turn.transaction`, which refuses once another node has taken over.

What a duty does outside the database (a message that is sent) may happen twice where a node dies between that and the
transaction that notes it: give it an idempotency key.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from wardline.kernel.errors import ConflictError


class LeaseLostError(ConflictError):
    """Another node has taken over: nothing of this step was kept, and there is nothing left to do here."""

    code = "lease-lost"


class Turn(Protocol):
    """One run of a duty on one node, under a lease.

    The lease is kept by transactions, at least one within the duty's `lease_seconds`: a turn that hangs loses it.
    """

    @property
    def now(self) -> datetime:
        """The time, asked anew each time."""

    @property
    def fence(self) -> int:
        """The number of this lease: higher than that of any earlier one."""

    @property
    def stopping(self) -> bool:
        """Whether the node was asked to stop: finish the step at hand, and return."""

    def rest(self, seconds: float) -> bool:
        """Wait, and return whether to go on afterwards: not when the node stops, or the turn has lasted long enough."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """Give a transaction that commits only while the lease is ours; it also prolongs the lease.

        Compute before it, not within: PostgreSQL ends a transaction that asks nothing for longer than the lease.

        Raises: `LeaseLostError` where another node has taken over: nothing of the block is kept.
        """


class Duty(NamedTuple):
    """Something the platform owes regularly. `run` returns one line on what it did ("3 waivers lapsed"; "" nothing).

    That line, and the `detail` of a `WardlineError` that it raises, are shown on a page: no secret stands in them.
    """

    name: str
    title: str
    every_seconds: float
    run: Callable[[Turn], str]
    lease_seconds: float = 60.0
    resident: bool = False  # stays at work through `Turn.rest`, on a thread of its own


class Standing(NamedTuple):
    """How a duty stands: for the page, `/metrics`, and the finding that opens when it keeps failing."""

    name: str
    title: str
    every_seconds: float
    next_due: datetime
    last_started: datetime | None
    last_finished: datetime | None
    last_said: str
    failures: int  # in a row
    failing_since: datetime | None
    holder: str | None  # the node at work on it now
    fence: int
    last_failure: str = ""  # what the last failure said, as long as it fails
    runs: int = 0  # turns that were begun, on any node


class Outcome(NamedTuple):
    """What became of one turn: what it said, or the error that ended it."""

    name: str
    said: str
    error: BaseException | None = None
