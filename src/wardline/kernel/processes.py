"""Other programs, asked a question: by a list of arguments, away from any tree, for a bounded time and answer."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import BinaryIO, Final, NamedTuple

from wardline.kernel.errors import TooLargeError, WardlineError

MAX_BYTES: Final = 4 * 1024 * 1024
_MAX_ERR: Final = 64 * 1024
_CHUNK: Final = 256 * 1024
# Tools obey, and some run, what they find in the folder they are started in and in those above it. The root has none
# above, and only the machine's owner writes there; a temporary folder lies under one where everybody does.
_NEUTRAL: Final = "/"


class ProgramError(WardlineError):
    """A program that is not installed, or did not answer in time."""

    code = "program"


class Told(NamedTuple):
    """What a program said: its exit status, standard output and standard error."""

    status: int
    out: str
    err: str


def ask(arguments: Sequence[str], *, seconds: float = 20.0, environment: Mapping[str, str] | None = None) -> Told:
    """Return what a program says when it is run in the root folder, without input.

    `environment` is added to the process's own. Raises: `ProgramError`.
    """
    try:
        done = subprocess.run(
            arguments,
            cwd=_NEUTRAL,
            env={**os.environ, "PWD": _NEUTRAL, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProgramError(f"{arguments[0]} did not answer within {seconds:.0f} s") from error
    except OSError as error:
        raise ProgramError(f"{arguments[0]} cannot be run: {error.strerror}") from error
    return Told(done.returncode, _text(done.stdout), _text(done.stderr))


def ask_into(
    arguments: Sequence[str], out: BinaryIO, *, seconds: float, max_bytes: int, environment: Mapping[str, str]
) -> Told:
    """Write what a program says on standard output into `out`, and return the rest; `environment` is all that it gets.

    The program and whatever it started are gone when this returns. Raises: `ProgramError`; `TooLargeError` for more
    than `max_bytes`; `OSError` where `out` takes no more.
    """
    try:
        program = subprocess.Popen(
            arguments,
            cwd=_NEUTRAL,
            env={"PWD": _NEUTRAL, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ProgramError(f"{arguments[0]} cannot be run: {error.strerror}") from error
    with program:
        try:
            err = _heard(program, out, time.monotonic() + seconds, max_bytes)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
    return Told(program.returncode, "", _text(err))


def _heard(program: "subprocess.Popen[bytes]", out: BinaryIO, until: float, max_bytes: int) -> bytes:
    """Copy what is said until both ends are closed; return what was said on standard error."""
    assert program.stdout  # noqa: S101 - a pipe was asked for, and so mypy knows it
    assert program.stderr  # noqa: S101 - as above
    err = bytearray()
    count = 0
    with selectors.DefaultSelector() as ready:
        ready.register(program.stdout, selectors.EVENT_READ)
        ready.register(program.stderr, selectors.EVENT_READ)
        while ready.get_map():
            left = until - time.monotonic()
            if left <= 0:
                raise ProgramError("the program did not answer in time")
            for key, _ in ready.select(left):
                part = os.read(key.fd, _CHUNK)
                if not part:
                    ready.unregister(key.fileobj)
                elif key.fileobj is program.stderr:
                    err += part[: max(0, _MAX_ERR - len(err))]
                else:
                    count += len(part)
                    if count > max_bytes:
                        raise TooLargeError(f"the answer is larger than {max_bytes // 1024 // 1024} MiB")
                    out.write(part)
    try:
        program.wait(max(0.1, until - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise ProgramError("the program did not end in time") from error
    return bytes(err)


def _text(said: bytes) -> str:
    return said[:MAX_BYTES].decode("utf-8", "replace")
