"""Terminal manners in one place: whether to colour, how wide, and a line of progress that leaves no trace."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from wardline.kernel.text import printable

_SECONDS_OF_SILENCE: Final = 1.0
_BETWEEN_SECONDS: Final = 0.1
_COLUMNS: Final = 80


def colour() -> bool:
    """Return whether standard output wants colour (https://no-color.org; else `FORCE_COLOR`)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Return the terminal's width in columns (`COLUMNS` where that is set), 80 where there is none."""
    # As shutil.get_terminal_size; but shutil imports every kind of compression.
    try:
        said = int(os.environ.get("COLUMNS", "0"))
    except ValueError:
        said = 0
    if said > 0 or sys.__stdout__ is None:
        return said or _COLUMNS
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _COLUMNS
    except (OSError, ValueError):
        return _COLUMNS


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done, on standard error, once it has taken longer than a second.

    Nothing is shown where standard error is no terminal. The line is wiped at the end.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    started = shown = monotonic()
    written = False

    def told(doing: str) -> None:
        nonlocal shown, written
        now = monotonic()
        if now - started >= _SECONDS_OF_SILENCE and now - shown >= _BETWEEN_SECONDS:
            sys.stderr.write("\r\x1b[K" + printable(doing, max_chars=max(20, width() - 1)))
            sys.stderr.flush()
            shown, written = now, True

    try:
        yield told
    finally:
        if written:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def markdown(text: str) -> str:
    """Return Markdown as it reads in a terminal: bold where there is colour, marks taken away where there is none."""
    bold, plain = ("\x1b[1m", "\x1b[0m") if colour() else ("", "")
    shown = "\n".join(printable(line) for line in text.split("\n"))
    shown = re.sub(r"^#+ (.*)$", rf"{bold}\1{plain}", shown, flags=re.MULTILINE)
    return re.sub(r"\*\*([^*\n]+)\*\*", rf"{bold}\1{plain}", shown).rstrip("\n") + "\n"
