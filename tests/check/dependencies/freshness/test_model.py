from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.dependencies.freshness.model import (
    SECONDS_PER_YEAR,
    Behind,
    Known,
    Release,
    Standing,
    Used,
    aged,
    numbers,
    standing,
    total,
)
from wardline.check.dependencies.versions import VersionError

YEAR = int(SECONDS_PER_YEAR)


def used(version: str, ecosystem: str = "npm") -> Used:
    return Used(ecosystem, "left-pad", version)


def known(*versions: str) -> Known:
    return Known([Release(version, number * YEAR) for number, version in enumerate(versions)])


def stands(version: str, *versions: str, ecosystem: str = "npm") -> Standing:
    found = standing(used(version, ecosystem), known(*versions))
    assert found is not None
    return found


def test_libyears_are_the_time_from_the_used_release_to_the_newest() -> None:
    at = stands("1.0.0", "0.9.0", "1.0.0", "1.1.0", "2.0.0")
    row = aged(used("1.0.0"), at, 1 * YEAR, 3 * YEAR, "")
    assert (row.newest, row.releases_behind, row.behind) == ("2.0.0", 2, Behind(1, 1, 0))
    assert row.libyears == pytest.approx(2.0)
    assert row.outdated


def test_the_newest_is_not_behind() -> None:
    at = stands("2.0.0", "1.0.0", "2.0.0")
    row = aged(used("2.0.0"), at, 5, 5, "")
    assert (row.libyears, row.releases_behind, row.outdated) == (0.0, 0, False)


def test_what_is_ahead_of_the_newest_is_not_behind_either() -> None:
    at = stands("3.0.0-beta.1", "1.0.0", "2.0.0", "3.0.0-beta.1")
    row = aged(used("3.0.0-beta.1"), at, 2 * YEAR, 1 * YEAR, "")
    assert (row.newest, row.releases_behind, row.libyears) == ("2.0.0", 0, 0.0)


def test_a_maintenance_release_that_is_younger_than_the_newest_counts_no_negative_years() -> None:
    at = stands("1.0.9", "1.0.9", "2.0.0")
    row = aged(used("1.0.9"), at, 9 * YEAR, 5 * YEAR, "")
    assert (row.libyears, row.releases_behind) == (0.0, 1)


def test_prereleases_and_withdrawn_releases_are_not_offered() -> None:
    releases = [Release("1.0.0"), Release("1.1.0"), Release("2.0.0-rc.1"), Release("3.0.0", withdrawn=True)]
    releases.append(Release("1.2.0", prerelease=True))
    at = standing(used("1.0.0"), Known(releases))
    assert at is not None
    assert (at.newest.version, at.releases_behind) == ("1.1.0", 1)


def test_where_everything_is_withdrawn_or_a_prerelease_the_highest_of_it_is_the_newest() -> None:
    withdrawn = standing(used("1.0.0"), Known([Release("1.0.0", withdrawn=True), Release("1.1.0", withdrawn=True)]))
    early = standing(used("1.0.0-a"), Known([Release("1.0.0-a"), Release("1.0.0-b")]))
    assert withdrawn is not None
    assert early is not None
    assert (withdrawn.newest.version, early.newest.version) == ("1.1.0", "1.0.0-b")


def test_versions_that_mean_the_same_count_once_and_one_that_is_offered_wins() -> None:
    found = standing(used("1.0", "PyPI"), Known([Release("1.1", withdrawn=True), Release("1.1.0"), Release("1.1.0.0")]))
    assert found is not None
    assert (found.newest.version, found.releases_behind) == ("1.1.0", 1)


def test_versions_that_the_scheme_cannot_read_are_left_out() -> None:
    at = stands("1.0.0", "1.0.0", "what?", "", "x" * 10_000, "1.0.1")
    assert (at.newest.version, at.releases_behind) == ("1.0.1", 1)


def test_a_used_version_that_cannot_be_read_is_an_error_and_no_release_is_no_standing() -> None:
    with pytest.raises(VersionError):
        standing(used("what?"), known("1.0.0"))
    assert standing(used("1.0.0"), known("what?")) is None


def test_lines_are_counted_by_major_minor_and_patch() -> None:
    at = stands("1.1.1", "1.1.2", "1.1.3", "1.2.0", "1.2.1", "1.3.0", "2.0.0", "2.1.0", "3.0.0")
    assert at.behind == Behind(2, 2, 2)
    assert stands("1!1.0", "2.0", "1!1.0.1", "1!2.0", ecosystem="PyPI").behind == Behind(1, 0, 1)


def test_without_a_date_there_are_no_years_but_everything_else() -> None:
    at = stands("1.0.0", "1.0.0", "2.0.0")
    for published, newest, word in ((None, 1, "version used"), (1, None, "newest version")):
        row = aged(used("1.0.0"), at, published, newest, "")
        assert row.libyears is None
        assert word in row.doubt
        assert row.releases_behind == 1
    missing = standing(used("1.5.0"), known("1.0.0", "2.0.0"))
    assert missing is not None
    assert "does not list" in aged(used("1.5.0"), missing, None, 1, "").doubt


def test_a_doubt_hides_the_dates_themselves() -> None:
    row = aged(used("1.0.0"), stands("1.0.0", "1.0.0", "2.0.0"), 1, YEAR, "stamped by a cache")
    assert (row.libyears, row.published, row.newest_published, row.doubt) == (None, None, None, "stamped by a cache")


def test_a_hundred_thousand_releases_are_compared_in_time() -> None:
    many = Known([Release(f"{number // 1000}.{number % 1000 // 10}.{number % 10}") for number in range(100_000)])
    at = standing(used("50.50.5"), many)
    assert at is not None
    assert at.releases_behind == 100_000 - 50_505 - 1


def test_numbers_are_those_a_version_starts_with() -> None:
    assert numbers("v1.2") == (0, 1, 2, 0)
    assert numbers("1!2.3.4rc1") == (1, 2, 3, 4)
    assert numbers("r5") is None
    assert numbers("9" * 5000) == (0, int("9" * 18), 0, 0)


_DATES = st.one_of(st.none(), st.integers(0, 2**33))
_VERSIONS = st.builds("{}.{}.{}".format, *[st.integers(0, 3)] * 3)
_ROWS = st.lists(
    st.tuples(_VERSIONS, st.lists(_VERSIONS, min_size=1, max_size=6), _DATES, _DATES, st.sampled_from(["", "false"])),
    max_size=8,
)


@settings(max_examples=100)
@given(_ROWS)
def test_years_are_never_negative_the_sum_adds_up_and_what_is_in_doubt_never_counts(
    rows: list[tuple[str, list[str], int | None, int | None, str]],
) -> None:
    measured = [
        aged(used(version), stands(version, *released), published, newest, doubt)
        for version, released, published, newest, doubt in rows
    ]
    for row in measured:
        assert (row.libyears is None) == bool(row.doubt)
        assert row.libyears is None or row.libyears >= 0
        assert row.libyears != 0 or not row.outdated or row.published is not None
    whole = total(measured)
    assert whole.libyears == fsum(row.libyears or 0 for row in measured if not row.doubt)
    assert whole.dated + whole.untrusted == whole.packages == len(rows)
    assert whole.releases_behind == sum(row.releases_behind for row in measured)
    half = len(measured) // 2
    parts = total(measured[:half]), total(measured[half:])
    assert sum(part.libyears for part in parts) == pytest.approx(whole.libyears)
    assert sum(part.outdated for part in parts) == whole.outdated
