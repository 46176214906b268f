"""Go module versions: semantic versions with a `v`, pseudo-versions, `+incompatible`, and the toolchain's own numbers.

Source: golang.org/x/mod/semver (build metadata, and so `+incompatible`, does not count; `v1` and `v1.2` are complete),
The Go Modules Reference ("Versions", "Pseudo-versions"), and for `go1.21rc2` the tags of the Go project, which the Go
vulnerability database writes as `1.21.0-rc.2`.
"""

import re
from typing import Final

from wardline.check.dependencies.schemes import _semver
from wardline.check.dependencies.schemes._parts import Key

ID: Final = "go"
TITLE: Final = "Go modules"
ECOSYSTEMS: Final = ("Go",)

_TOOLCHAIN: Final = re.compile(r"(?:go)?([0-9]+(?:\.[0-9]+){0,2})(?:(beta|rc)([0-9]+))?")


def _semantic(version: str) -> str:
    found = _TOOLCHAIN.fullmatch(version)
    if found is None or not (found[2] or version.startswith("go")):
        return version
    numbers = found[1] + ".0" * (2 - found[1].count("."))
    return f"{numbers}-{found[2]}.{found[3]}" if found[2] else numbers


def key(version: str) -> Key:
    """Return a version's precedence."""
    return _semver.key(_semantic(version))


def prerelease(version: str) -> bool:
    """Return whether it is a pre-release; a pseudo-version is one too."""
    return _semver.prerelease(_semantic(version))


def major(version: str) -> str:
    """Return the major version: part of a Go module's path from 2 on, and 0 with 1 before."""
    return str(_semver.parse(_semantic(version)).numbers[0])
