"""The parent's side of a run: it listens to the child, counts what it uses, and says how it ended."""

import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from wardline.kernel.confinement import child
from wardline.kernel.confinement.channel import Channel
from wardline.kernel.confinement.limits import Limits
from wardline.kernel.text import printable

_TICK_SECONDS: Final = 0.25
_IMPATIENT_SECONDS: Final = 0.02  # where a child's end has to be asked for
_CHUNK_BYTES: Final = 1024 * 1024
_MAX_WORDS_BYTES: Final = 64 * 1024
_MB: Final = 1024 * 1024


class Outcome(NamedTuple):
    """What came of a run: an answer, or how the child died and what it was doing.

    `died` is printable. `doing` is the child's last note as it was (a path stays usable as a path), of at most 8 KB: to
    be made printable before it is shown. `unenforced` names, for people, each guard that this system could not put up;
    it is empty where all stand.
    """

    answer: bytes | None
    died: str = ""
    doing: str = ""
    unenforced: tuple[str, ...] = ()


class Listener:
    """The parent's view of one child. What the child sends is a stranger's word once its work has begun."""

    def __init__(self, process: int, answers: int, channel: Channel, limits: Limits) -> None:
        self._process = process
        self._answers = answers
        self._channel = channel
        self._limits = limits
        self._buffer = bytearray()
        self._unenforced: tuple[str, ...] | None = None  # None until the child is confined
        self._answer: bytes | None = None
        self._died = ""
        self._parts: list[bytes] = []
        self._parts_bytes = 0

    def listen(self, *, until: float, progress: Callable[[str], None] | None) -> Iterator[bytes]:
        """Yield the parts that the child sends until it has answered, died, or used up a limit (`until`: monotonic).

        No more than a few parts are taken in before they are asked for: a child that is faster waits.
        """
        os.set_blocking(self._answers, False)
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        exit_descriptor = _exit_descriptor(self._process)
        if exit_descriptor is not None:
            poll.register(exit_descriptor, select.POLLIN)
        patience = _TICK_SECONDS if exit_descriptor is not None else _IMPATIENT_SECONDS
        next_tick = time.monotonic() + _TICK_SECONDS
        try:
            while not self._over():
                now = time.monotonic()
                if now >= until:
                    self._died = f"took longer than {self._limits.wall_seconds:g} seconds"
                elif now >= next_tick:
                    next_tick = now + _TICK_SECONDS
                    self._died = self._died or _excess(self._process, self._limits)
                    if progress is not None:
                        progress(self._channel.last())
                else:
                    poll.poll(min(patience, next_tick - now, until - now) * 1000 + 1)
                    self._take_in(poll)
                    while self._parts:
                        yield self._parts.pop(0)
        finally:
            if exit_descriptor is not None:
                os.close(exit_descriptor)

    def _over(self) -> bool:
        return bool(self._died) or self._answer is not None

    def _take_in(self, poll: select.poll) -> None:
        """Read what is there. A child that has exited before is heard to the end, and then it has said all."""
        exited = _exited(self._process)
        while not self._over():
            if self._parts:  # what is there already goes first, and the rest stays in the pipe
                return
            try:
                part = os.read(self._answers, _CHUNK_BYTES)
            except BlockingIOError:
                break
            if not part:  # the child closed its side: its death is all there is to wait for
                if not exited:
                    os.set_blocking(self._answers, False)
                    _forget(poll, self._answers)
                break
            self._buffer += part
            self._messages()
        if exited and not self._over():
            self._died = _epitaph(self._process, self._limits)

    def _messages(self) -> None:
        head = child.HEAD
        while len(self._buffer) >= head.size and not self._over():
            kind, length = head.unpack_from(self._buffer)
            if length + self._parts_bytes > self._longest(kind):
                self._died = f"answered more than {self._limits.max_answer_bytes} bytes"
                return
            if len(self._buffer) < head.size + length:
                return
            content = bytes(memoryview(self._buffer)[head.size : head.size + length])
            del self._buffer[: head.size + length]
            self._message(kind, content)

    def _longest(self, kind: bytes) -> int:
        """Return how long a message of a kind may be; parts and answer share one limit."""
        if kind in {child.ANSWER, child.PART}:
            return self._limits.max_answer_bytes
        return _MAX_WORDS_BYTES + self._parts_bytes

    def _message(self, kind: bytes, content: bytes) -> None:
        if kind == child.UNENFORCED and self._unenforced is None:  # sent before the work began: our own word
            self._unenforced = tuple(content.decode("utf-8", "replace").splitlines())
        elif kind == child.ANSWER and self._unenforced is not None:
            self._answer = content
        elif kind == child.PART and self._unenforced is not None:
            self._parts.append(content)
            self._parts_bytes += len(content)
        elif kind == child.RAISED:
            words = content.decode("utf-8", "replace")
            words += f" (limit {self._limits.memory_bytes // _MB} MB)" if words == child.OUT_OF_MEMORY else ""
            self._died = words if self._unenforced is not None else f"could not be confined: it {words}"
        else:
            self._died = "answered what no child of ours says"

    def outcome(self) -> Outcome:
        """Return what came of the run."""
        unenforced = self._unenforced or ()
        if self._answer is not None:
            return Outcome(self._answer, unenforced=unenforced)
        return Outcome(None, printable(self._died, max_chars=500), self._channel.last(), unenforced)


def _forget(poll: select.poll, descriptor: int) -> None:
    try:
        poll.unregister(descriptor)
    except KeyError:
        return


def _exit_descriptor(process: int) -> int | None:
    """Return a descriptor that is readable once the process has ended, where the system has such (Linux 5.3)."""
    try:
        return os.pidfd_open(process) if sys.platform == "linux" else None
    except OSError:
        return None


def _exited(process: int) -> bool:
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _epitaph(process: int, limits: Limits) -> str:
    """Return how an exited child ended that gave no answer."""
    facts = os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if facts is None or facts.si_code == os.CLD_EXITED:
        return f"ended without an answer (status {facts.si_status if facts else 'unknown'})"
    number = facts.si_status
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    if number == signal.SIGXCPU:
        return f"used more than {limits.cpu_seconds} seconds of processor time"
    if number == signal.SIGKILL:
        return f"was killed ({name}): by a person, or because the machine ran out of memory"
    if number == signal.SIGABRT:  # how compiled parsers end where they get no memory
        return f"crashed ({name}), perhaps at its memory limit of {limits.memory_bytes // _MB} MB"
    return f"crashed ({name})"


def _excess(group: int, limits: Limits) -> str:
    """Return which limit the child and its descendants pass together, or nothing.

    Counted through /proc, since no limit of the kernel's own serves here: RLIMIT_NPROC counts all of the user's
    processes and exempts root, and control groups need a privilege.
    """
    count = 0
    pages = 0
    try:
        numbers = [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - numbers, not paths
    except OSError:
        return ""
    for number in numbers:
        try:
            with open(f"/proc/{number}/stat", "rb", buffering=0) as file:  # noqa: PTH123 - many, four times a second
                facts = file.read(1024).rpartition(b")")[2].split()
        except OSError:
            continue
        if len(facts) > 21 and int(facts[2]) == group:  # proc_pid_stat(5): pgrp is field 5, rss field 24
            count += 1
            pages += int(facts[21])
    if count > limits.max_processes:
        return f"ran {count} processes (limit {limits.max_processes})"
    if pages * resource.getpagesize() > limits.memory_bytes + _resident_bytes():
        return f"ran out of memory together with the processes it started (limit {limits.memory_bytes // _MB} MB)"
    return ""


def _resident_bytes() -> int:
    """Return what this process has in memory, which the child shares at first."""
    try:
        with open("/proc/self/statm", "rb", buffering=0) as file:  # noqa: PTH123 - as above
            return int(file.read(256).split()[1]) * resource.getpagesize()
    except OSError:
        return 0
