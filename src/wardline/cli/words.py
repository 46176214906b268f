"""Errors turned into words and exit statuses: what every command of the command line ends in, without click."""

import os
import sys
from collections.abc import Callable
from typing import Final

from wardline.kernel.errors import EXIT_CANNOT_SAY, EXIT_YES, WardlineError
from wardline.kernel.text import printable

EXIT_INTERRUPTED: Final = 130
_REPORT_IT: Final = "this is a defect of Wardline: please report this line, the command, and `wardline --version`"


def status_of(work: Callable[[], object]) -> int:
    """Do a command's work and return its exit status; what it raises is said on standard error, and never a pass."""
    try:
        status = work()
        sys.stdout.flush()
    except WardlineError as error:
        say(f"wardline: {error.detail}", error.hint)
        return error.exit_status
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader left (`| head`): what was to be said can no longer be, and Python must not try again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_CANNOT_SAY
    except Exception as error:  # noqa: BLE001 - a face turns the unforeseen into words; exit 3 never reads as a pass
        say(f"wardline: an error of its own: {type(error).__name__} at {_place(error)}", _REPORT_IT)
        return EXIT_CANNOT_SAY
    return status if isinstance(status, int) else EXIT_YES


def say(line: str, hint: str = "") -> None:
    """Write an error and its way out to standard error, whatever is in them shown on one line each."""
    sys.stderr.write(printable(line) + "\n")
    if hint:
        sys.stderr.write("  " + printable(hint) + "\n")


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    place = "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
