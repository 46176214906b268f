"""Run work on what strangers wrote in a child process that can do nothing else.

    outcome = run(lambda channel: examine(tree, channel), readable=[root])
    if outcome.answer is None: ...  # outcome.died says why, outcome.doing where

The child is forked, so it has what the parent had: whoever calls `run` holds no secret in memory, and starts threads
afterwards. On Linux it then has no network, no file but those named, no way to gain a privilege and bounded time,
memory, processes and answer; what the system cannot enforce is listed in `Outcome.unenforced`.
"""

import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wardline.kernel import cache
from wardline.kernel.confinement.limits import Limits, OvertimeError, deadline
from wardline.kernel.errors import CannotSayError

if TYPE_CHECKING:
    from wardline.kernel.confinement.channel import Channel
    from wardline.kernel.confinement.parent import Outcome

__all__ = ["Limits", "OvertimeError", "deadline", "run", "stream"]

_DEFAULTS: Final = Limits()


def run(  # noqa: PLR0913 - each is a term of the run, given by name
    work: Callable[["Channel"], bytes],
    *,
    readable: Sequence[Path],
    writable: Sequence[Path] = (),
    limits: Limits = _DEFAULTS,
    progress: Callable[[str], None] | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> "Outcome":
    """Return what `work` answers, done in a confined child process.

    The child reads the interpreter's and the system's folders, `readable` and `writable`, and writes only below
    `writable`; what does not exist is left out. `progress` is called in the parent about four times a second with what
    the child is doing; `meanwhile` once, when the child has begun, to make ready what the parent needs next. The child
    and all that it started are gone when this returns or raises.

    Raises: `CannotSayError` where the system starts no process.
    """
    for heard in stream(
        lambda channel, _: work(channel),
        readable=readable,
        writable=writable,
        limits=limits,
        progress=progress,
        meanwhile=meanwhile,
    ):
        if not isinstance(heard, bytes):
            return heard
    raise CannotSayError("the examining process was not heard to its end")


def stream(  # noqa: PLR0913 - as run
    work: Callable[["Channel", Callable[[bytes], None]], bytes],
    *,
    readable: Sequence[Path],
    writable: Sequence[Path] = (),
    limits: Limits = _DEFAULTS,
    progress: Callable[[str], None] | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Iterator["bytes | Outcome"]:
    """Yield what `work` sends while it works, done in a confined child process, and at last what came of it.

    As `run`, and `work` is also given a function that sends a part. Memory holds a few parts at most: a child that is
    faster than who asks for them waits. The child is gone when the last is yielded, or the iterator is closed; its
    wall time counts while nobody asks.

    Raises: `CannotSayError` where the system starts no process.
    """
    from wardline.kernel.confinement import child
    from wardline.kernel.confinement.channel import Channel
    from wardline.kernel.confinement.parent import Listener

    channel = Channel()
    answers, pipe = os.pipe()
    terms = child.Terms(readable, writable, limits, str(cache.folder()), os.getpid())
    started = time.monotonic()
    try:
        process = _fork()
        if process == 0:
            child.live(lambda channel: work(channel, partial(child.send_part, pipe)), channel, pipe, terms)
    except BaseException:
        os.close(answers)
        os.close(pipe)
        raise
    os.close(pipe)
    try:
        if meanwhile is not None:
            meanwhile()
        listener = Listener(process, answers, channel, limits)
        yield from listener.listen(until=started + limits.wall_seconds, progress=progress)
        outcome = listener.outcome()
    finally:
        _end(process)
        os.close(answers)
        channel.close()
    yield outcome


def _fork() -> int:
    """Fork; 3.12 and later warn where there are threads, and a test runner's are not ours to end."""
    try:
        if "threading" not in sys.modules or sys.modules["threading"].active_count() == 1:
            return os.fork()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return os.fork()
    except OSError as error:
        raise CannotSayError(f"no process can be started to examine in: {error.strerror}") from error


def _end(process: int) -> None:
    """Kill the child's whole group, then reap the child: until then its number cannot be somebody else's."""
    for kill in (os.killpg, os.kill):
        try:
            kill(process, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # gone; PermissionError: macOS, for a zombie
            continue
    try:
        os.waitpid(process, 0)
    except ChildProcessError:
        return
