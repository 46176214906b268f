"""Semantic versions: one reading, shared by the ecosystems that differ only in what build metadata means to them.

Source: Semantic Versioning 2.0.0 (§2, §9-§11). Read more loosely than it is written, because lockfiles and advisories
are: a leading `v` or `=`, missing minor and patch numbers (zero), leading zeros, a pre-release without its hyphen
(`1.0.0beta2`, `1.0.RC3`), and further numbers, which come after the patch (`0.9.7 < 0.9.7.1 < 0.9.8`). No two strict
versions change their order by this.
"""

import re
from typing import Final, NamedTuple

from wardline.check.dependencies.schemes._parts import Key, identifiers, unreadable

_LOOSE: Final = re.compile(
    r"\s*[v=\s]*"
    r"(?P<numbers>[0-9]+(?:\.[0-9]+)*)"
    r"(?:-(?P<pre>(?:[0-9A-Za-z-]+|\*)(?:\.(?:[0-9A-Za-z-]+|\*))*)|\.?(?P<joined>[A-Za-z][0-9A-Za-z-]*(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+(?P<build>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?\s*"
)
_RELEASE: Final = (1,)


class Semantic(NamedTuple):
    """A semantic version: `numbers` has at least major, minor and patch; `pre` and `build` are empty where absent."""

    numbers: tuple[int, ...]
    pre: str
    build: str

    def precedence(self) -> Key:
        """Return the key of SemVer 2.0.0 §11: build metadata does not count."""
        major, minor, patch, *more = self.numbers
        return (major, minor, patch, tuple(more), (0, *identifiers(self.pre)) if self.pre else _RELEASE)


def parse(version: str) -> Semantic:
    """Return the parts of a semantic version; raises `VersionError` where even a loose reading finds none."""
    found = _LOOSE.fullmatch(version)
    if found is None or (found["joined"] and "." not in found["numbers"]):  # `64e00e7` is a commit, not 64.0.0-e00e7
        raise unreadable(version, "semantic")
    numbers = [int(part) for part in found["numbers"].split(".")]
    while len(numbers) > 3 and not numbers[-1]:
        numbers.pop()
    numbers += [0] * (3 - len(numbers))
    return Semantic(tuple(numbers), found["pre"] or found["joined"] or "", found["build"] or "")


def key(version: str) -> Key:
    """Return the precedence of a semantic version, as SemVer 2.0.0 §11 defines it."""
    return parse(version).precedence()


def prerelease(version: str) -> bool:
    """Return whether there is a pre-release part (SemVer 2.0.0 §9)."""
    return bool(parse(version).pre)


def major(version: str) -> str:
    """Return the numbers within which nothing breaks: the major version, and below 1.0.0 the minor one too (§4)."""
    numbers = parse(version).numbers
    return str(numbers[0]) if numbers[0] else f"0.{numbers[1]}"
