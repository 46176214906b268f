"""Debian packages: epoch, upstream version and revision, with `~` before everything.

Source: Debian Policy Manual §5.6.12 and deb-version(7).
"""

import re
from typing import Final

from wardline.check.dependencies.schemes._parts import Key, first_number, unreadable

ID: Final = "debian"
TITLE: Final = "Debian packages"
ECOSYSTEMS: Final = ("Debian", "Ubuntu")

_EPOCH: Final = re.compile(r"[0-9]+")
_PIECE: Final = re.compile(r"([^0-9]*)([0-9]*)")


def key(version: str) -> Key:
    """Return a key that orders versions as dpkg does: epoch, upstream version, revision."""
    epoch, upstream, revision = _split(version)
    return (epoch, order(upstream), order(revision))


def _split(version: str) -> tuple[int, str, str]:
    text = version.strip()
    epoch, colon, rest = text.partition(":")
    if not colon:
        epoch, rest = "0", text
    upstream, hyphen, revision = rest.rpartition("-")
    if not hyphen:
        upstream, revision = rest, ""
    fits = text.isascii() and not any(map(str.isspace, text)) and _EPOCH.fullmatch(epoch)
    if not fits or not upstream or (hyphen and not revision):
        raise unreadable(version, "Debian")
    return int(epoch), upstream, revision


def order(text: str) -> tuple[int, ...]:
    """Return the order of one part: what is no digit and what is one by turns, each run ended by a zero.

    Of what is no digit, `~` comes before the end, then letters, then everything else.
    """
    weights: list[int] = []
    for other, digits in _PIECE.findall(text):
        if not other and not digits:
            break
        weights.extend(-1 if char == "~" else ord(char) if char.isalpha() else ord(char) + 256 for char in other)
        weights += (0, int(digits or 0))
    if not weights:
        weights = [0, 0]  # nothing equals zero: 1.0 is 1.0-0
    return (*weights, 0)


def prerelease(version: str) -> bool:
    """Return whether the upstream version has a `~`, by which Debian marks what comes before a release."""
    return "~" in _split(version)[1]


def major(version: str) -> str:
    """Return the first number of the upstream version."""
    return first_number(_split(version)[1])
