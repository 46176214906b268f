"""Background work as values: what a duty is, and what it is given when its turn comes.

A duty is derived from state ("which deadlines passed"), so it may run anywhere, be cut off anywhere, and run again:
every step is idempotent and commits through `Turn.transaction`, which refuses once another node has taken over.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection


class Turn(Protocol):
    """One run of a duty on one node, under a lease."""

    @property
    def now(self) -> datetime:
        """The time, asked anew each time."""

    @property
    def fence(self) -> int:
        """The number of this lease: higher than that of any earlier one."""

    @property
    def stopping(self) -> bool:
        """Whether the node was asked to stop: finish the step at hand, and return."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """Give a transaction that commits only while the lease is ours; it also prolongs the lease.

        Raises: `LeaseLostError` where another node has taken over: nothing of the block is kept.
        """


class Duty(NamedTuple):
    """Something the platform owes regularly. `run` returns one line on what it did ("3 waivers lapsed"; "" nothing)."""

    name: str
    title: str
    every_seconds: float
    run: Callable[[Turn], str]
    lease_seconds: float = 60.0


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
