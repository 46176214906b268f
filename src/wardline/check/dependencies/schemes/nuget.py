""".NET packages: up to four numbers, and SemVer 2.0.0's pre-releases without regard to case.

Source: NuGet.Versioning (`NuGetVersion.Parse`, `VersionComparer.Default`): missing numbers are zero, spaces may stand
around them; build metadata does not count; a pre-release label is a number only if it fits 32 bits. More loosely than
there, a leading `v`, numbers over 31 bits and zeros before a numeric label are let pass.
"""

import re
from typing import Final

from wardline.check.dependencies.schemes._parts import Key, unreadable

ID: Final = "nuget"
TITLE: Final = ".NET packages"
ECOSYSTEMS: Final = ("NuGet",)

_VERSION: Final = re.compile(
    r"\s*[vV]?\s*(?P<numbers>[0-9]+\s*(?:\.\s*[0-9]+\s*){0,3})"
    r"(?:-(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\s*"
)
_NUMERIC: Final = re.compile(r"-?[0-9]+")
_INTS: Final = range(-(2**31), 2**31)
_RELEASE: Final = (1,)


def _read(version: str) -> tuple[list[int], str]:
    found = _VERSION.fullmatch(version)
    if found is None:
        raise unreadable(version, "NuGet")
    numbers = [int(part) for part in found["numbers"].split(".")]
    return numbers + [0] * (4 - len(numbers)), found["pre"] or ""


def key(version: str) -> Key:
    """Return a key that orders versions as NuGet does."""
    numbers, pre = _read(version)
    return (*numbers, (0, *map(_label, pre.split("."))) if pre else _RELEASE)


def _label(text: str) -> tuple[int, int, str]:
    if _NUMERIC.fullmatch(text) and int(text) in _INTS:
        return (0, int(text), "")
    return (1, 0, text.upper())


def prerelease(version: str) -> bool:
    """Return whether there are pre-release labels."""
    return bool(_read(version)[1])


def major(version: str) -> str:
    """Return the first number."""
    return str(_read(version)[0][0])
