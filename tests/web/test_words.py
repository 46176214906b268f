from datetime import UTC, datetime, timedelta

import pytest

from wardline.web import words

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "under a minute"), (60, "1 min"), (59 * 60, "59 min"), (3600, "1 h"), (3600 + 120, "1 h 2 min"),
        (30 * 3600, "30 h"), (48 * 3600, "2 d"), (3 * 86400 + 4 * 3600, "3 d 4 h"), (12 * 86400 + 7200, "12 d"),
        (-3 * 86400, "3 d"),
    ],
)  # fmt: skip
def test_a_length_of_time_has_its_largest_units(seconds, said):
    assert words.span(seconds) == said


def test_a_clock_says_what_is_left_and_since_when_it_is_over():
    assert words.left(NOW + timedelta(days=3, hours=4), NOW) == "3 d 4 h left"
    assert words.left(NOW - timedelta(hours=2), NOW) == "2 h overdue"
    assert words.left(NOW + timedelta(seconds=20), NOW) == "due now"


def test_times_are_said_from_now():
    assert words.ago(NOW - timedelta(hours=1), NOW) == "an hour ago"
    assert words.ago(NOW + timedelta(days=2), NOW) == "in 2 days"
    assert words.ago(NOW, NOW) == "just now"


def test_times_are_exact_in_utc_whatever_zone_they_came_in():
    there = NOW.astimezone(datetime.strptime("+0530", "%z").tzinfo)
    assert words.exact(there) == "2026-03-02 09:00:00 UTC"
    assert words.machine(there) == "2026-03-02T09:00:00Z"


def test_a_window_that_is_used_up_is_over_a_hundred():
    begun = NOW - timedelta(days=8)
    assert words.used(begun, begun + timedelta(days=10), NOW) == 80
    assert words.used(begun, begun + timedelta(days=4), NOW) == 200
    assert words.used(NOW, NOW, NOW) > 100


def test_nearly_all_is_not_all_and_hardly_any_is_not_none():
    assert words.percent(0.999) == "99 %"
    assert words.percent(0.0001) == "1 %"
    assert words.percent(1.0) == "100 %"
    assert words.percent(None) == "\N{EN DASH}"


def test_amounts_have_their_noun():
    assert words.counted(1, "finding") == "1 finding"
    assert words.counted(2000, "person", "people") == "2,000 people"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"),
        ("curl/8.1", "curl/8.1"),
        ("", "a browser that does not say which"),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent, said):
    assert words.browser(agent) == said


def test_a_moment_is_said_to_the_minute_and_initials_are_two_letters_at_most():
    assert words.moment(datetime(2026, 3, 2, 9, 0, 59, tzinfo=UTC)) == "2 Mar 2026, 09:00 UTC"
    assert words.initials("Amara N. Okafor") == "AO"
    assert words.initials("Checkout") == "C"
    assert words.initials("élan (vital)") == "É"
    assert words.initials("<3 ?") == ""
