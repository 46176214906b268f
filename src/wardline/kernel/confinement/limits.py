"""How much a confined child may use, and a time limit for one piece of its work."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Final, NamedTuple

from wardline.kernel.errors import WardlineError

_MB: Final = 1024 * 1024
_AGAIN_SECONDS: Final = 0.5


class Limits(NamedTuple):
    """What one run may use.

    `memory_bytes` counts per process beyond what the parent had mapped at the fork, and for all processes together
    what is resident. `max_processes` counts the child itself; 1 means that it may start none. Where more are allowed,
    processes and resident memory are counted by the parent four times a second, so a burst may pass it for a moment.
    """

    wall_seconds: float = 900.0
    cpu_seconds: int = 900
    memory_bytes: int = 4096 * _MB
    max_file_bytes: int = 1024 * _MB
    max_open_files: int = 1024
    max_processes: int = 16
    max_answer_bytes: int = 512 * _MB


class OvertimeError(WardlineError):
    """One piece of work took longer than its share of time."""

    code: ClassVar[str] = "overtime"


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `OvertimeError` inside the block once it has run for `seconds` of wall time.

    For the main thread only (it is a signal). Python runs the handler between two of its own instructions: a compiled
    parser finishes its call first, and the limits of the whole run are what stops one that never does. The signal comes
    again every half second, so that code which swallowed the first does not get away. Blocks may be nested; each
    raises at its own time, an outer one as soon as the inner block is left.
    """
    before_handler = signal.getsignal(signal.SIGALRM)
    ends = time.monotonic() + seconds

    def expire(_signal: int, _frame: object) -> None:
        raise OvertimeError(f"took longer than {seconds:g} seconds")

    signal.signal(signal.SIGALRM, expire)
    outer_left, outer_again = signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6), _AGAIN_SECONDS)
    started = ends - seconds
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before_handler)
        if outer_left:
            left = outer_left - (time.monotonic() - started)
            signal.setitimer(signal.ITIMER_REAL, max(left, 1e-6), outer_again)
