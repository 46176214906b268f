"""Text laid out for a terminal: colours that a theme decides, widths in columns, lines that fit.

Only the sixteen colours of ECMA-48 are used, as foreground on the reader's own background, so that dark and light
themes both read well. No meaning is in colour alone. Written by hand: the libraries for this cost 60 ms and more of
start-up.
"""

import re
from typing import Final, NamedTuple

from wardline.kernel.text import printable

# What a CI server reads out of a log as a command to itself: `##[...]`, `##vso[...]`, `##teamcity[...]` anywhere, and
# `::...` at a line's start, whatever space stands before it (GitHub Actions, Azure Pipelines, TeamCity).
_LOG_COMMAND: Final = r"##(?=\w*\[)"

_CODES: Final = {
    "bold": "1",
    "dim": "2",
    "underline": "4",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "on red": "1;97;41",
    "on green": "1;30;42",
    "on yellow": "1;30;43",
}


class Terminal(NamedTuple):
    """How to write for one terminal."""

    colour: bool
    width: int

    def paint(self, text: str, *styles: str) -> str:
        """Return text in the named styles, or as it is where there is no colour. The text must be printable."""
        if not (self.colour and text and styles):
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"

    def block(self, text: str, indent: str, *styles: str) -> list[str]:
        """Return printable text as lines that fit, each indented and painted."""
        lines = wrapped(text, self.width - len(indent))
        return [indent + self.paint(_no_command(line), *styles) for line in lines]

    def spread(self, left: str, right: str, *, left_style: str = "bold", right_styles: tuple[str, ...] = ()) -> str:
        """Return one line with `left` at the left and `right` at the right edge; `left` is shortened where needed."""
        left = cut(left, self.width - columns(right) - 2)
        gap = " " * max(2, self.width - columns(left) - columns(right))
        return self.paint(left, left_style) + gap + self.paint(right, *right_styles)


def shown(text: str, max_chars: int = 600) -> str:
    """Return a stranger's text, fit for a terminal and for a CI server's log."""
    return re.sub(_LOG_COMMAND, r"#\\x23", printable(text, max_chars=max_chars))


def _no_command(line: str) -> str:
    return rf"\x3a{line[1:]}" if line.startswith("::") else line


def columns(text: str) -> int:
    """Return how many columns printable text takes: wide characters take two, combining ones none (UAX #11)."""
    if text.isascii():
        return len(text)
    return sum(map(_char_columns, text))


def _char_columns(char: str) -> int:
    from unicodedata import combining, east_asian_width

    if combining(char):
        return 0
    return 2 if east_asian_width(char) in {"W", "F"} else 1


def cut(text: str, width: int) -> str:
    """Return text that takes at most `width` columns, shortened from the right with an ellipsis."""
    if columns(text) <= width:
        return text
    return _start(text, width - 1) + "…"


def _start(text: str, width: int) -> str:
    """Return as much of the text's start as fits, with the combining characters that belong to its last one."""
    used = 0
    for number, char in enumerate(text):
        used += _char_columns(char)
        if used > width:
            return text[:number]
    return text


def wrapped(text: str, width: int) -> list[str]:
    """Return text as lines of at most `width` columns, broken at spaces, and inside words that are longer."""
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        size = columns(word)
        if line and used + 1 + size > width:
            lines.append(line)
            line, used = "", 0
        while size > width:
            head = _start(word, width) or word[0]
            lines.append(head)
            word = word[len(head) :]  # noqa: PLW2901 - the rest of a word that did not fit
            size = columns(word)
        line, used = (f"{line} {word}", used + 1 + size) if line else (word, size)
    return [*lines, line] if line or not lines else lines
