"""Other programs, asked a question: by a list of arguments, away from any tree, for a bounded time and answer."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from wardline.kernel.errors import WardlineError

MAX_BYTES: Final = 4 * 1024 * 1024
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


def _text(said: bytes) -> str:
    return said[:MAX_BYTES].decode("utf-8", "replace")
