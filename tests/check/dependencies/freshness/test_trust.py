import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.check.dependencies.freshness.model import Known, Release, Used
from wardline.check.dependencies.freshness.trust import (
    DAY,
    Order,
    backwards,
    contradicted,
    day,
    doubt,
    impossible,
    order,
    registry_doubt,
    seconds,
)

SINCE, NOW = 1_000_000_000, 1_800_000_000


def dated(*days: int, start: int = SINCE) -> Known:
    """Return versions 1.0.0, 1.0.1, ... published that many days after the ecosystem's beginning."""
    return Known([Release(f"1.0.{number}", start + at * DAY) for number, at in enumerate(days)])


def said(known: Known) -> str:
    return doubt(known, since=SINCE, now=NOW)


def test_releases_in_their_order_are_trusted() -> None:
    assert said(dated(1, 20, 300, 301, 400)) == ""
    assert said(dated(1)) == said(Known([])) == said(Known([Release("1.0")])) == ""


def test_backports_do_not_speak_against_a_registry() -> None:
    versions = [("1.0.0", 1), ("2.0.0", 100), ("1.0.1", 200), ("2.0.1", 210), ("1.1.0", 220), ("1.0.2", 230)]
    assert said(Known([Release(version, SINCE + at * DAY) for version, at in versions])) == ""


def test_one_release_out_of_order_is_human() -> None:
    assert said(dated(1, 20, 10, 301, 400)) == ""


def test_a_cache_that_stamps_what_it_is_asked_for_is_found_out_by_the_order() -> None:
    # as one did: later versions fetched before earlier ones
    text = said(dated(700, 650, 900, 610, 800, 600))
    assert text.startswith("the registry dates later versions before earlier ones (3 of 5")


def test_minor_lines_are_compared_by_their_first_release() -> None:
    releases = [Release(f"1.{minor}.0", SINCE + (100 - 10 * minor) * DAY) for minor in range(5)]
    assert order(releases) == Order(4, 4)


def test_everything_within_an_hour_is_no_history() -> None:
    stamped = Known([Release(f"{number}.0.0", SINCE + DAY + number) for number in range(5)])
    assert said(stamped) == "the registry dates 5 versions within one hour"
    assert said(Known(stamped.releases[:4])) == ""


def test_dates_before_the_ecosystem_or_in_the_future_are_impossible() -> None:
    assert "before the ecosystem existed (1970-01-01)" in said(Known([Release("1.0.0", 0), Release("1.0.1", 0)]))
    assert "in the future" in said(Known([Release("1.0.0", NOW + 2 * DAY)]))
    assert impossible(NOW + DAY // 2, since=SINCE, now=NOW) == ""
    assert impossible(2**60, since=SINCE, now=NOW) == "gives a date in the future (outside any calendar)"


def test_one_impossible_date_among_many_is_not_the_whole_package() -> None:
    assert said(Known([*dated(1, 2, 3).releases, Release("9.0.0", 0)])) == ""


def test_what_the_registry_says_of_itself_comes_first() -> None:
    assert said(Known(dated(1, 2).releases, "a cache's own")) == "a cache's own"


@pytest.mark.parametrize(("hours", "agrees"), [(0, True), (-23, True), (-25, False), (23, True), (25, False)])
def test_a_lockfile_and_a_registry_agree_within_a_day(hours: int, *, agrees: bool) -> None:
    used = Used("PyPI", "a", "1", dated=SINCE + hours * 3600)
    assert (contradicted(used, Release("1", SINCE)) == "") is agrees


def test_a_lockfile_may_date_any_file_of_a_release() -> None:
    release = Release("1", SINCE, SINCE + 40 * DAY)
    assert contradicted(Used("PyPI", "a", "1", dated=SINCE + 30 * DAY), release) == ""
    said = contradicted(Used("PyPI", "a", "1", dated=SINCE + 50 * DAY), release)
    assert said == f"the lockfile says {day(SINCE + 50 * DAY)} and the registry {day(SINCE)}"


def test_nothing_contradicts_a_date_that_is_missing() -> None:
    assert contradicted(Used("PyPI", "a", "1"), Release("1", 5)) == ""
    assert contradicted(Used("PyPI", "a", "1", dated=5), None) == ""
    assert contradicted(Used("PyPI", "a", "1", dated=5), Release("1")) == ""


def test_the_newest_of_the_used_line_is_not_older_than_the_used() -> None:
    used = Release("1.2.3", SINCE + 9 * DAY)
    assert backwards(used, Release("1.2.4", SINCE)).startswith("dates 1.2.4 (2001-09-09) before 1.2.3")
    for version, date in (("1.3.0", SINCE), ("1.2.3", SINCE), ("1.2.4", SINCE + 10 * DAY), ("1.2.4", None)):
        assert backwards(used, Release(version, date)) == ""
    assert backwards(Release("latest", 5), Release("1.2.4", 0)) == ""


def test_a_registry_is_doubted_where_every_fifth_package_contradicts_itself() -> None:
    assert registry_doubt({}) == ""
    assert registry_doubt({"a": "x", "b": ""}) == ""
    assert (
        registry_doubt({"a": "x", "b": "y", "c": ""})
        == "the registry's dates contradict themselves for 2 of 3 packages"
    )
    assert registry_doubt({"a": "x", "b": "y", **{str(number): "" for number in range(8)}}) == ""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1970-01-01T00:00:10Z", 10),
        ("1970-01-01T00:00:10.991441Z", 10),
        ("1970-01-01T01:00:10+01:00", 10),
        ("1970-01-02", DAY),
        ("yesterday", None),
        ("", None),
        ("9999-99-99", None),
        (10, None),
        (None, None),
        ("1970-01-01T00:00:10Z" + " " * 100, None),
    ],
)
def test_times_are_read_as_utc_or_not_at_all(text: object, wanted: int | None) -> None:
    assert seconds(text) == wanted


@given(st.lists(st.tuples(st.text(max_size=8), st.one_of(st.none(), st.integers(-(2**70), 2**70)))))
def test_any_releases_are_judged(rows: list[tuple[str, int | None]]) -> None:
    assert isinstance(said(Known([Release(version, date) for version, date in rows])), str)
