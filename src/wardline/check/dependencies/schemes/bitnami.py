"""Bitnami components: semantic versions whose numeric suffix is a revision, after the version it packages.

Source: Bitnami's own `go-version` (`1.2.3 < 1.2.3-1 < 1.2.3-2`; build metadata does not count). A suffix with letters
(`1.2.3-rc1`) is taken for the upstream's pre-release, as in Semantic Versioning: Bitnami's advisories have such bounds,
its packages do not.
"""

from typing import Final

from wardline.check.dependencies.schemes import _semver
from wardline.check.dependencies.schemes._parts import Key

ID: Final = "bitnami"
TITLE: Final = "Bitnami components"
ECOSYSTEMS: Final = ("Bitnami",)

major = _semver.major


def _revision(parsed: _semver.Semantic) -> tuple[int, ...]:
    parts = parsed.pre.split(".")
    return tuple(map(int, parts)) if all(map(str.isdigit, parts)) else ()


def key(version: str) -> Key:
    """Return the precedence of the packaged version, then its revision."""
    parsed = _semver.parse(version)
    revision = _revision(parsed)
    return (*(parsed._replace(pre="") if revision else parsed).precedence(), revision)


def prerelease(version: str) -> bool:
    """Return whether the packaged version is a pre-release."""
    parsed = _semver.parse(version)
    return bool(parsed.pre) and not _revision(parsed)
