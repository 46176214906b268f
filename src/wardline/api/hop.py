"""The one way from the event loop to the services: few threads, and a queue of bounded length before them."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

from wardline.kernel.errors import UnavailableError

Result = TypeVar("Result")
THREADS: Final = 12  # fewer than the database's connections: pages and duties need some too
_WAITING: Final = 400


class Hop:
    """Runs what blocks in one of `threads` threads. Who comes while too many wait is told to come again."""

    def __init__(self, threads: int = THREADS, waiting: int = _WAITING) -> None:
        """Promise threads; none is started yet."""
        self._limiter = CapacityLimiter(threads)
        self._waiting = waiting

    async def __call__(self, call: Callable[..., Result], /, *given: Any, **named: Any) -> Result:
        """Return what `call` returns.

        Raises: whatever it raises; `UnavailableError` where too many wait already.
        """
        if self._limiter.statistics().tasks_waiting >= self._waiting:
            raise UnavailableError("too many requests wait for an answer", hint="ask again in a few seconds")
        return await anyio.to_thread.run_sync(partial(call, *given, **named), limiter=self._limiter)
