"""Dart and Julia packages: semantic versions whose build metadata is ordered, after the version without any.

Source: pub_semver's `Version.compareTo` (`1.0.0 < 1.0.0+1 < 1.0.0+2`), whose parts are ordered like those of a
pre-release, and Julia's `VersionNumber`, which does the same.
"""

from typing import Final

from wardline.check.dependencies.schemes import _semver
from wardline.check.dependencies.schemes._parts import Key, identifiers

ID: Final = "pub"
TITLE: Final = "Dart and Julia packages"
ECOSYSTEMS: Final = ("Pub", "Julia")

prerelease = _semver.prerelease
major = _semver.major


def key(version: str) -> Key:
    """Return a version's precedence, then its build metadata."""
    parsed = _semver.parse(version)
    return (*parsed.precedence(), identifiers(parsed.build) if parsed.build else ())
