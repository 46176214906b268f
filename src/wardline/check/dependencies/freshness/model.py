"""How far behind a package is: in years, in releases, in major, minor and patch versions. Pure: no clock, no network.

The measures are those of Cox, Bouwers, van Eekelen and Visser, "Measuring Dependency Freshness in Software Systems",
ICSE 2015, and of https://libyear.com: a dependency's libyears are the time from the release that is used to the newest
stable release. Their sum is the system's; one that is ahead of the newest is not behind, and counts as none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any, Final, NamedTuple

from wardline.check.dependencies import versions

SECONDS_PER_YEAR: Final = 365.25 * 24 * 3600
MAX_RELEASES: Final = 200_000
_NUMBERS: Final = re.compile(r"v?(?:(\d{1,18})!)?(\d{1,18})(?:\.(\d{1,18}))?(?:\.(\d{1,18}))?")


class Release(NamedTuple):
    """One version in a registry. Times are seconds since 1970 (UTC), None where the registry gives none.

    `published` is when its first file was, `completed` when its last was; `withdrawn` says that its publisher wants
    nobody to take it (yanked, deprecated); `prerelease` that the registry calls it one.
    """

    version: str
    published: int | None = None
    completed: int | None = None
    withdrawn: bool = False
    prerelease: bool = False


class Known(NamedTuple):
    """What a registry knows of a package, and why its times are no publication times ("" where nothing says so)."""

    releases: Sequence[Release]
    doubt: str = ""


class Used(NamedTuple):
    """A package as it is used: `direct` None where no lockfile can tell, `dated` as its lockfile says (seconds)."""

    ecosystem: str
    name: str
    version: str
    direct: bool | None = None
    dated: int | None = None
    groups: tuple[str, ...] = ()
    file: str = ""


class Behind(NamedTuple):
    """Released lines that are newer: majors; minors of the used major; patches of the used minor. None: no numbers."""

    major: int
    minor: int
    patch: int


class Standing(NamedTuple):
    """Where a package stands among its releases, before anything is said about time."""

    used: Release | None  # None where the registry does not list the version
    newest: Release
    releases_behind: int
    behind: Behind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far behind one package is. `libyears` is None exactly where `doubt` says why its dates are not trusted.

    `published` dates the used version and `newest_published` the newest stable one (seconds since 1970), None where
    not known or not trusted.
    """

    used: Used
    newest: str
    releases_behind: int
    behind: Behind | None
    withdrawn: bool
    published: int | None
    newest_published: int | None
    libyears: float | None
    doubt: str = ""

    @property
    def outdated(self) -> bool:
        """Return whether a newer stable release exists."""
        return self.releases_behind > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The sum over some packages: `libyears` is over the `dated` ones only, and `untrusted` counts the others."""

    packages: int
    outdated: int
    releases_behind: int
    libyears: float
    dated: int
    untrusted: int


def total(rows: Iterable[Freshness]) -> Total:
    """Return the sum of these packages; a date that is not trusted is never counted."""
    rows = list(rows)
    years = [row.libyears for row in rows if row.libyears is not None]
    return Total(
        packages=len(rows),
        outdated=sum(row.outdated for row in rows),
        releases_behind=sum(row.releases_behind for row in rows),
        libyears=fsum(years),
        dated=len(years),
        untrusted=len(rows) - len(years),
    )


def standing(used: Used, known: Known) -> Standing | None:
    """Return where a package stands; None where the registry lists no release that can be compared.

    The newest release is the highest version that is stable and not withdrawn; where all are withdrawn, the highest
    stable one; where none is stable, the highest. Versions that mean the same count once, and what the scheme cannot
    read is left out. Raises: `VersionError` where the used version itself cannot be read.
    """
    ecosystem = used.ecosystem
    here = versions.sort_key(ecosystem, used.version)
    placed: dict[Any, Release] = {}
    for release in known.releases[:MAX_RELEASES]:
        try:
            key = versions.sort_key(ecosystem, release.version)
        except versions.VersionError:
            continue
        there = placed.setdefault(key, release)
        if there.withdrawn and not release.withdrawn:
            placed[key] = release
    if not placed:
        return None
    stable = [key for key, release in placed.items() if not _prerelease(ecosystem, release)]
    offered = [key for key in stable if not placed[key].withdrawn]
    keys = sorted(offered or stable or placed)
    newer = [placed[key] for key in keys[bisect_right(keys, here) :]]
    return Standing(placed.get(here), placed[keys[-1]], len(newer), _behind(used.version, newer))


def aged(used: Used, at: Standing, published: int | None, newest_published: int | None, doubt: str) -> Freshness:
    """Return the whole measure of a package from where it stands and the two dates, or without years where in doubt."""
    doubt = doubt or _undated(published, newest_published, at)
    years = None
    if not doubt:
        behind = (newest_published or 0) - (published or 0) if at.releases_behind else 0
        years = max(0.0, behind / SECONDS_PER_YEAR)
    return Freshness(
        used=used,
        newest=at.newest.version,
        releases_behind=at.releases_behind,
        behind=at.behind,
        withdrawn=at.used is not None and at.used.withdrawn,
        published=published if not doubt else None,
        newest_published=newest_published if not doubt else None,
        libyears=years,
        doubt=doubt,
    )


def _undated(published: int | None, newest_published: int | None, at: Standing) -> str:
    if published is None:
        return (
            "the registry gives no date for the version used" if at.used else "the registry does not list the version"
        )
    return "" if newest_published is not None else "the registry gives no date for the newest version"


def _prerelease(ecosystem: str, release: Release) -> bool:
    return release.prerelease or versions.prerelease(ecosystem, release.version)


def _behind(version: str, newer: Sequence[Release]) -> Behind | None:
    here = numbers(version)
    if here is None:
        return None
    there = {found for release in newer if (found := numbers(release.version)) is not None}
    majors = {found[:2] for found in there if found[:2] > here[:2]}
    minors = {found[2] for found in there if found[:2] == here[:2] and found[2] > here[2]}
    patches = {found[3] for found in there if found[:3] == here[:3] and found[3] > here[3]}
    return Behind(len(majors), len(minors), len(patches))


def numbers(version: str) -> tuple[int, int, int, int] | None:
    """Return a version's epoch, major, minor and patch numbers, missing ones as 0; None where it starts with none."""
    found = _NUMBERS.match(version)
    if found is None:
        return None
    epoch, major, minor, patch = (int(part or 0) for part in found.groups())
    return epoch, major, minor, patch
