"""What the version schemes share: the one error, the bound on a version's length, identifiers that may be numbers."""

import re
from typing import Any, Final

from wardline.kernel.errors import WardlineError
from wardline.kernel.text import printable

# The longest real version in public advisories has 52 characters, SemVer implementations stop at 256. With this bound
# every digit string is far below Python's own limit for numbers, and no scheme can be made slow.
MAX_CHARS: Final = 500

Key = tuple[Any, ...]
Numbers = tuple[int, ...]

_DIGITS: Final = re.compile(r"[0-9]+")


class VersionError(WardlineError):
    """A version that its ecosystem's scheme cannot read, or an ecosystem whose versions have no order."""

    code = "version-unreadable"


def unreadable(version: str, scheme: str) -> VersionError:
    """Return the error that says which version is none, and under which scheme."""
    return VersionError(f"{printable(version, max_chars=80)!r} is no {scheme} version")


def identifiers(text: str) -> Key:
    """Return dot-separated identifiers as SemVer 2.0.0 §11.4 orders them: numbers first, by value; then text, by ASCII.

    A lone `*`, with which some databases mean "any pre-release", comes before every number.
    """
    return tuple(_identifier(part) for part in text.split("."))


def _identifier(part: str) -> tuple[int, int, str]:
    if _DIGITS.fullmatch(part):
        return (0, int(part), "")
    return (0, -1, "") if part == "*" else (1, 0, part)


def first_number(version: str) -> str:
    """Return the first number in a version without leading zeros, or an empty string."""
    found = _DIGITS.search(version)
    return str(int(found.group())) if found else ""
