"""The account of the dependencies practice: all that is in scope is examined, or is a gap with its reason."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from wardline.check.dependencies.advisories.index import Index
from wardline.check.dependencies.listing import Listing
from wardline.check.dependencies.matching import Matching
from wardline.check.dependencies.model import Package
from wardline.findings.package_names import family
from wardline.findings.report import Coverage, Gap
from wardline.kernel.text import printable

_MAX_NAMED: Final = 20
GET_ADVISORIES: Final = "fetch them once: wardline advisories sync; or name a mirror: --advisories PATH"


def without_advisories(packages: Sequence[Package], reason: str, remedy: str) -> list[Gap]:
    """Return the gap of a check that has no advisories at all."""
    scope = _packages(len(packages)) if packages else "all packages"
    return [_gap(scope, reason, remedy or GET_ADVISORIES, len(packages))] if packages else []


def of_matching(matching: Matching, packages: Sequence[Package], index: Index) -> list[Gap]:
    """Return the gaps of a matching: ecosystems without advisories, packages that could not be judged, lost records."""
    gaps = [
        _gap(
            f"{_packages(len(numbers))} of {ecosystem}",
            f"the advisories hold nothing about the ecosystem {ecosystem}",
            f"wardline advisories sync --ecosystem '{family(ecosystem)}', or name a mirror that has it",
            len(numbers),
        )
        for ecosystem, numbers in sorted(matching.uncovered.items())
    ]
    for unjudged in matching.unjudged[:_MAX_NAMED]:
        package = packages[unjudged.package]
        named = printable(f"{package.ecosystem} {package.name} {package.version}", max_chars=200)
        remedy = f"see whether {', '.join(unjudged.ids[:5])} concerns it: wardline explain {unjudged.ids[0]}"
        gaps.append(_gap(named, printable(unjudged.reason), remedy))
    more = len(matching.unjudged) - _MAX_NAMED
    if more > 0:
        gaps.append(_gap(_packages(more), "their versions cannot be compared either", "write them as releases", more))
    return gaps + _unreadable(index, matching)


def _unreadable(index: Index, matching: Matching) -> list[Gap]:
    """Return a gap for advisories that could not be read: what they say of these packages is not known."""
    concerned = set(map(family, matching.data_dates))
    lost = sum(
        part.unreadable
        for part in index.status.sources
        if part.ecosystem is None or family(part.ecosystem) in concerned
    )
    missing = [name for name in index.status.missing if family(name) in concerned]
    if not lost and not missing:
        return []
    said = f"{lost:,} advisories could not be read" if lost else f"listed and not there: {', '.join(missing)}"
    return [_gap("the advisories", said, "wardline advisories status names them; fetch them anew", 0)]


def stale(dated: str | None, today: date, max_days: int | None) -> list[Gap]:
    """Return a gap where the policy bounds the advisories' age and they are older, or of unknown age."""
    if max_days is None:
        return []
    oldest = today - timedelta(days=max_days)
    if dated is not None and dated[:10] >= oldest.isoformat():
        return []
    said = f"the advisories are of {dated[:10]}" if dated else "the age of the advisories is not known"
    reason = f"{said}, and the policy allows {max_days} days"
    return [_gap("the advisories", reason, "bring them up to date: wardline advisories sync", 0)]


def data_date(matching: Matching) -> str | None:
    """Return the date of the oldest data that packages were held against, None where a date is missing."""
    dates = list(matching.data_dates.values())
    return None if not dates or None in dates else min(date for date in dates if date is not None)


def coverage(listed: Listing, among_packages: Sequence[Gap], suppressed: int, dated: str | None) -> Coverage:
    """Return the account.

    `among_packages` are gaps whose units are packages that were listed; those of the listing itself (files, manifests,
    unread parts) come on top of the packages.
    """
    packages = sum(len(read.lockfile.packages) for read in listed.read)
    unread = sum(gap.units for gap in listed.gaps)
    unjudged = sum(gap.units for gap in among_packages)
    return Coverage(
        in_scope=packages + unread,
        examined=packages - unjudged,
        gaps=unread + unjudged,
        excluded=listed.excluded,
        suppressed=suppressed,
        data_date=dated,
    )


def _packages(number: int) -> str:
    return f"{number:,} package{'' if number == 1 else 's'}"


def _gap(scope: str, reason: str, remedy: str, units: int = 1) -> Gap:
    return Gap(practice="dependencies", scope=scope, reason=reason, remedy=remedy, units=units)
