"""Haskell packages: numbers separated by dots; where one ends, the shorter comes first (`1.0 < 1.0.0`).

Source: `Data.Version` (tags after a hyphen do not count in the order) and the Haskell Package Versioning Policy.
"""

import re
from typing import Final

from wardline.check.dependencies.schemes._parts import Numbers, unreadable

ID: Final = "hackage"
TITLE: Final = "Haskell packages"
ECOSYSTEMS: Final = ("Hackage",)

_VERSION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)*)(?:-[0-9A-Za-z]+)*")


def key(version: str) -> Numbers:
    """Return the version's numbers."""
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        raise unreadable(version, "Haskell")
    return tuple(map(int, found[1].split(".")))


def prerelease(version: str) -> bool:
    """Return False: the policy knows no pre-releases."""
    key(version)
    return False


def major(version: str) -> str:
    """Return the first two numbers: in the policy, both are the major version."""
    return ".".join(map(str, key(version)[:2]))
