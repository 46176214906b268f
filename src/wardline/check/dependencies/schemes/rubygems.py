"""Ruby gems: numbers and words, where a word comes before any number and a missing part is zero.

Source: `Gem::Version` (VERSION_PATTERN, `<=>` and `canonical_segments`). A hyphen stands for `.pre.`.
"""

import re
from typing import Final

from wardline.check.dependencies.schemes._parts import Key, first_number, unreadable

ID: Final = "rubygems"
TITLE: Final = "Ruby gems"
ECOSYSTEMS: Final = ("RubyGems",)

_VERSION: Final = re.compile(r"\s*[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\s*")
_SEGMENT: Final = re.compile(r"[0-9]+|[a-zA-Z]+")
_LETTER: Final = re.compile(r"[a-zA-Z]")
_END: Final = (1,)


def key(version: str) -> Key:
    """Return a key that orders versions as RubyGems does.

    Where one version ends, the other is held against zeros without end. So a run of zeros is counted into the segment
    that ends it: before a word, fewer zeros come first (0, zeros, word); before a number, more do (2, -zeros, number);
    and the end is between them.
    """
    if not _VERSION.fullmatch(version):
        raise unreadable(version, "RubyGems")
    found = _SEGMENT.findall(version.replace("-", ".pre."))
    words = next((place for place, segment in enumerate(found) if not segment.isdigit()), len(found))
    while words and not found[words - 1].strip("0"):  # zeros at the end of the numbers do not count: 1.0.a is 1.a
        del found[words - 1]
        words -= 1
    parts: list[tuple[int, int, int | str]] = []
    zeros = 0
    for segment in found:
        if not segment.isdigit():
            parts.append((0, zeros, segment))
        elif int(segment):
            parts.append((2, -zeros, int(segment)))
        else:
            zeros += 1
            continue
        zeros = 0
    return (*parts, _END)


def prerelease(version: str) -> bool:
    """Return whether the version has a letter in it, or a hyphen, which stands for one."""
    key(version)
    return bool(_LETTER.search(version)) or "-" in version


def major(version: str) -> str:
    """Return the first number."""
    key(version)
    return first_number(version)
