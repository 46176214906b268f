"""Other programs, asked a question: by a list of arguments, in an empty folder, for a bounded time and answer."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wardline.kernel.errors import WardlineError

MAX_CHARS = 4 * 1024 * 1024


class ProgramError(WardlineError):
    """A program that is not installed, or did not answer in time."""

    code = "program"


class Told(NamedTuple):
    """What a program said: its exit status, standard output and standard error."""

    status: int
    out: str
    err: str


def ask(arguments: Sequence[str], *, seconds: float = 20.0, environment: Mapping[str, str] | None = None) -> Told:
    """Return what a program says when it is run in an empty folder of its own, without input.

    The empty folder is the point: many tools obey, and some run, what they find in the folder they are started in.
    `environment` is added to the process's own. Raises: `ProgramError`.
    """
    with tempfile.TemporaryDirectory(prefix="wardline-") as folder:
        try:
            done = subprocess.run(
                arguments,
                cwd=folder,
                env={**os.environ, "PWD": folder, **(environment or {})},
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


def _text(said: bytes) -> str:
    return said[:MAX_CHARS].decode("utf-8", "replace")
