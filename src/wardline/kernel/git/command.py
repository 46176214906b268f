"""Git, asked a question: started without a shell, with an environment of our own, for a bounded time and answer."""

import os
import select
import signal
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from wardline.kernel.git.errors import GitError

MAX_SECONDS: Final = 120.0
MAX_ANSWER_BYTES: Final = 1024 * 1024 * 1024
_MAX_COMPLAINT_BYTES: Final = 64 * 1024
_CHUNK_BYTES: Final = 256 * 1024
_AHEAD: Final = 256  # questions that `cat-file` is ahead by: well below what a pipe holds (pipe(7): 64 KB)

_SAFE: Final = {
    "HOME": "/nonexistent",
    "XDG_CONFIG_HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # above `protocol.*.allow`, wherever that stands
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
}


class Answer(NamedTuple):
    """What git said: its exit status, standard output, and the end of standard error."""

    status: int
    out: bytes
    complaint: bytes


class Git:
    """The git program, bound to one (shadow) git directory."""

    def __init__(self, program: str, folder: Path, variables: Mapping[str, str]) -> None:
        self._program = program
        self._folder = folder
        self._environment = {**_SAFE, "PATH": os.defpath, **variables}

    def ask(self, *arguments: str, said: bytes = b"", seconds: float | None = None) -> Answer:
        """Return what git answers to `arguments`, with `said` on its standard input. Raises: `GitError`."""
        process = Process(self._program, self._argv(arguments), self._environment)
        try:
            return process.converse(said, time.monotonic() + (MAX_SECONDS if seconds is None else seconds))
        finally:
            process.end()

    def reader(self) -> "BlobReader":
        """Return a reader of objects: one `git cat-file --batch`, asked again and again."""
        return BlobReader(Process(self._program, self._argv(("cat-file", "--batch")), self._environment))

    def _argv(self, arguments: Sequence[str]) -> list[str]:
        # -C: paths that git prints and takes are relative to where it runs
        return [self._program, "-C", str(self._folder), "--no-replace-objects", "--no-pager", *arguments]


class Process:
    """One running git with its three pipes. posix_spawn: the subprocess module takes 10 ms to import."""

    def __init__(self, program: str, argv: list[str], environment: Mapping[str, str]) -> None:
        pipes = [os.pipe() for _ in range(3)]
        theirs = (pipes[0][0], pipes[1][1], pipes[2][1])
        try:
            self._pid = os.posix_spawn(
                program,
                argv,
                environment,
                file_actions=[(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(theirs)],
                setsigmask=(),
                setsigdef=(signal.SIGPIPE,),
            )
        except OSError as error:
            for pipe in pipes:
                for end in pipe:
                    os.close(end)
            raise GitError(f"git cannot be run: {error.strerror}") from error
        for end in theirs:
            os.close(end)
        self.questions, self.answers, self._complaints = pipes[0][1], pipes[1][0], pipes[2][0]
        self._open = {self.questions, self.answers, self._complaints}

    def converse(self, said: bytes, until: float) -> Answer:
        """Write `said`, take in everything that git says, and wait for its end."""
        waiting = memoryview(said)
        heard: dict[int, list[bytes]] = {self.answers: [], self._complaints: []}
        sizes = {self.answers: MAX_ANSWER_BYTES, self._complaints: _MAX_COMPLAINT_BYTES}
        poll = select.poll()
        for descriptor in self._open:
            os.set_blocking(descriptor, False)
        poll.register(self.answers, select.POLLIN)
        poll.register(self._complaints, select.POLLIN)
        poll.register(self.questions, select.POLLOUT)
        while self._open:
            left = until - time.monotonic()
            if left <= 0:
                raise GitError("git did not answer in time")
            for descriptor, _ in poll.poll(left * 1000 + 1):
                if descriptor == self.questions:
                    waiting = self._write(waiting)
                    over = not waiting
                else:
                    part = os.read(descriptor, _CHUNK_BYTES)
                    over = not part
                    sizes[descriptor] -= len(part)
                    if sizes[descriptor] >= 0:
                        heard[descriptor].append(part)
                    elif descriptor == self.answers:
                        raise GitError(f"git answered more than {MAX_ANSWER_BYTES} bytes")
                if over:
                    poll.unregister(descriptor)
                    self._close(descriptor)
        status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        self._pid = 0
        return Answer(status, b"".join(heard[self.answers]), b"".join(heard[self._complaints]))

    def _write(self, waiting: memoryview) -> memoryview:
        if not waiting:
            return waiting
        try:
            return waiting[os.write(self.questions, waiting[:_CHUNK_BYTES]) :]
        except BlockingIOError:
            return waiting
        except BrokenPipeError:  # git has heard enough; its status says why
            return waiting[:0]

    def _close(self, descriptor: int) -> None:
        if descriptor in self._open:
            self._open.remove(descriptor)
            os.close(descriptor)

    def end(self) -> None:
        """Kill git if it still runs, and leave nothing behind."""
        for descriptor in tuple(self._open):
            self._close(descriptor)
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0


class BlobReader:
    """Objects by id from one `git cat-file --batch`, asked ahead so that git never waits for us.

    `unanswered` counts what was asked and not taken: a reader that was left in the middle is of no further use.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self._buffer = bytearray()
        self.unanswered = 0

    def blobs(self, ids: Iterable[str], *, max_bytes: int, seconds: float) -> Iterator[tuple[str, bytes | None]]:
        """Yield each id with its bytes, in order; None where the object is missing, no blob, or over `max_bytes`.

        Each object gets `seconds`. Raises: `GitError`.
        """
        source = iter(ids)
        while ahead := list(islice(source, _AHEAD)):
            self.unanswered += len(ahead)
            self._write("".join(f"{name}\n" for name in ahead).encode("ascii"))
            for name in ahead:
                content = self._next(max_bytes, time.monotonic() + seconds)
                self.unanswered -= 1
                yield name, content

    def _write(self, text: bytes) -> None:
        try:
            os.write(self._process.questions, text)
        except OSError as error:
            raise GitError("git stopped answering") from error

    def _next(self, max_bytes: int, until: float) -> bytes | None:
        while (end := self._buffer.find(b"\n")) < 0:
            self._more(until)
        words = bytes(self._buffer[:end]).split(b" ")
        del self._buffer[: end + 1]
        if len(words) != 3 or not words[2].isdigit():  # "ID missing", "ID ambiguous"
            return None
        size = int(words[2])
        wanted = words[1] == b"blob" and size <= max_bytes
        parts: list[bytes] = []
        left = size + 1  # and a newline
        while left:
            if not self._buffer:
                self._more(until)
            part = bytes(memoryview(self._buffer)[:left])
            del self._buffer[: len(part)]
            left -= len(part)
            if wanted:
                parts.append(part)
        return b"".join(parts)[:-1] if wanted else None

    def _more(self, until: float) -> None:
        poll = select.poll()
        poll.register(self._process.answers, select.POLLIN)
        ready = poll.poll(max(0.0, until - time.monotonic()) * 1000)
        part = os.read(self._process.answers, _CHUNK_BYTES) if ready else b""
        if not part:
            raise GitError("git stopped answering" if ready else "git did not answer in time")
        self._buffer += part

    def close(self) -> None:
        """End git."""
        self._process.end()
