"""Whether a registry's dates are publication dates. Pure; whoever doubts says why, and nothing is guessed instead.

A registry that caches another one may stamp a version with the moment it was first asked for. That shows: later
versions are older than earlier ones, everything happened within one hour, or a date is before the ecosystem existed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, NamedTuple

from wardline.check.dependencies.freshness.model import Known, Release, Used, numbers

DAY: Final = 24 * 3600
# Maintenance releases of one line come out in the order of their numbers; that now and then one does not is human.
_MIN_REVERSED: Final = 2
_MAX_REVERSED_SHARE: Final = 0.2
_MIN_TOGETHER: Final = 5
_MAX_TOGETHER_SECONDS: Final = 3600
_MIN_DOUBTED: Final = 2
_MAX_DOUBTED_SHARE: Final = 0.2


class Order(NamedTuple):
    """How many neighbouring releases were compared by date, and how many of them came out the wrong way round."""

    compared: int
    reversed: int


def doubt(known: Known, *, since: int, now: int) -> str:
    """Return why the dates of a whole package are not to be trusted, "" where nothing speaks against them."""
    if known.doubt:
        return known.doubt
    dates = [release.published for release in known.releases if release.published is not None]
    wrong = [date for date in dates if impossible(date, since=since, now=now)]
    if len(wrong) * 2 > len(dates):
        return f"the registry {impossible(wrong[0], since=since, now=now)}"
    if _together(dates):
        return f"the registry dates {len(dates)} versions within one hour"
    seen = order(known.releases)
    if seen.reversed >= _MIN_REVERSED and seen.reversed > seen.compared * _MAX_REVERSED_SHARE:
        return f"the registry dates later versions before earlier ones ({seen.reversed} of {seen.compared} neighbours)"
    return ""


def impossible(date: int, *, since: int, now: int) -> str:
    """Return what is wrong with one date: it is in the future, or before the ecosystem existed; "" where nothing is."""
    if date > now + DAY:
        return f"gives a date in the future ({day(date)})"
    if date < since:
        return f"gives a date before the ecosystem existed ({day(date)})"
    return ""


def contradicted(used: Used, release: Release | None) -> str:
    """Return how the lockfile's date contradicts the registry's, "" where both agree within a day or one is missing.

    A lockfile may date any file of a release, so everything from its first file to its last agrees.
    """
    if used.dated is None or release is None or release.published is None:
        return ""
    last = release.completed if release.completed is not None else release.published
    if release.published - DAY <= used.dated <= last + DAY:
        return ""
    return f"the lockfile says {day(used.dated)} and the registry {day(release.published)}"


def backwards(used: Release, newest: Release) -> str:
    """Return how the newest release is dated before the used one of its own line, "" where it is not.

    Between lines that is no contradiction: an old line may have a younger maintenance release.
    """
    here, there = numbers(used.version), numbers(newest.version)
    if here is None or there is None or here[:3] != there[:3] or here >= there:
        return ""
    if used.published is None or newest.published is None or newest.published >= used.published - DAY:
        return ""
    return f"dates {newest.version} ({day(newest.published)}) before {used.version} ({day(used.published)})"


def registry_doubt(doubts: Mapping[str, str]) -> str:
    """Return why a registry as a whole is not to be trusted, from its packages' doubts ("" where there is none).

    One strange package is its publisher's affair; where every fifth contradicts itself, the others cannot be right.
    """
    doubted = sum(1 for said in doubts.values() if said)
    if doubted < _MIN_DOUBTED or doubted <= len(doubts) * _MAX_DOUBTED_SHARE:
        return ""
    return f"the registry's dates contradict themselves for {doubted} of {len(doubts)} packages"


def order(releases: Iterable[Release]) -> Order:
    """Return how the dates of releases go with their numbers, within each major.minor line and from line to line.

    Only plain numbers are compared, so it holds for every ecosystem; more than a day backwards counts as reversed.
    """
    lines: dict[tuple[int, ...], dict[int, int]] = {}
    for release in releases:
        found = numbers(release.version)
        if found is not None and release.published is not None and not release.prerelease:
            line = lines.setdefault(found[:3], {})
            line[found[3]] = min(release.published, line.get(found[3], release.published))
    pairs = [pair for line in lines.values() for pair in _neighbours(line)]
    majors: dict[tuple[int, ...], dict[int, int]] = {}
    for (*major, minor), line in lines.items():
        majors.setdefault(tuple(major), {})[minor] = line[min(line)]
    pairs += [pair for major in majors.values() for pair in _neighbours(major)]
    return Order(len(pairs), sum(1 for earlier, later in pairs if later < earlier - DAY))


def _neighbours(dated: Mapping[int, int]) -> Iterable[tuple[int, int]]:
    return pairwise([dated[number] for number in sorted(dated)])


def _together(dates: Sequence[int]) -> bool:
    return len(dates) >= _MIN_TOGETHER and max(dates) - min(dates) <= _MAX_TOGETHER_SECONDS


def day(seconds: int) -> str:
    """Return a time as its day, YYYY-MM-DD, or in words where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (OverflowError, OSError, ValueError):
        return "outside any calendar"


def seconds(text: object) -> int | None:
    """Return an RFC 3339 or ISO 8601 time as seconds since 1970, None where it is none; without a zone it is UTC."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        parsed = datetime.fromisoformat(text)
        return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
