"""Conan packages: like Semantic Versioning, with any number of parts, each a number or text.

Source: Conan 2, "Version ranges" and the behaviour of its `Version`: zeros at the end do not count, a pre-release comes
before its release, build metadata after it. A number and a text are compared as text by Conan, which is no order
(`10 < 1a < 9 < 10`): here a text that starts with digits comes right after that number, any other after all numbers.
"""

import re
from typing import Final

from wardline.check.dependencies.schemes._parts import Key, first_number, unreadable

ID: Final = "conan"
TITLE: Final = "Conan packages"
ECOSYSTEMS: Final = ("ConanCenter",)

_NUMBER: Final = re.compile(r"([0-9]+(?:_[0-9]+)*)(.*)", re.DOTALL)
_RELEASE: Final = (1,)

major = first_number


def _split(version: str) -> tuple[str, str | None, str | None]:
    text = version.strip()
    if not text or any(map(str.isspace, text)):
        raise unreadable(version, "Conan")
    rest, plus, build = text.rpartition("+")
    if not plus:
        rest, build = text, ""
    numbers, hyphen, pre = rest.partition("-")
    return numbers, pre if hyphen else None, build if plus else None


def key(version: str) -> Key:
    """Return a key that orders versions as Conan does."""
    numbers, pre, build = _split(version)
    return (
        _parts(numbers),
        (0, _parts(pre)) if pre is not None else _RELEASE,
        (1, _parts(build)) if build is not None else (0,),
    )


def _parts(text: str) -> Key:
    parts = [_part(part) for part in text.split(".")]
    while parts and parts[-1] == (0, 0, ""):
        parts.pop()
    return tuple(parts)


def _part(text: str) -> tuple[int, int, str]:
    found = _NUMBER.fullmatch(text)
    return (0, int(found[1].replace("_", "")), found[2]) if found else (1, 0, text)


def prerelease(version: str) -> bool:
    """Return whether there is a pre-release part."""
    return _split(version)[1] is not None
