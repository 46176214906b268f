from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.findings.spans import Calendar, Span, after, known_zone, parse

WEEK = Calendar()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("4 hours", Span(4, "hours")),
        ("1 hour", Span(1, "hours")),
        ("7 days", Span(7)),
        (" 0.5 Days ", Span(0.5)),
        ("1 working day", Span(1, "working days")),
        ("3 WORKING DAYS", Span(3, "working days")),
        ("0 days", None),
        ("-1 days", None),
        ("4000 days", None),
        ("7", None),
        ("seven days", None),
        ("7 weeks", None),
        ("1e9 days", None),
    ],
)
def test_a_span_is_a_number_and_a_unit(text, span):
    assert parse(text) == span


@given(st.floats(0.5, 3000).map(lambda number: round(number, 1)), st.sampled_from(["hours", "days", "working days"]))
def test_a_span_reads_its_own_words(amount, unit):
    span = Span(float(f"{amount:.4g}"), unit)
    assert parse(str(span)) == span


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        ("2026-03-06T15:00", Span(1, "working days"), "2026-03-09T15:00"),  # Friday to Monday
        ("2026-03-07T12:00", Span(1, "working days"), "2026-03-10T00:00"),  # Saturday: from Monday on
        ("2026-03-05T15:00", Span(3, "working days"), "2026-03-10T15:00"),
        ("2026-03-06T22:00", Span(4, "hours"), "2026-03-07T02:00"),
        ("2026-03-06T12:00", Span(7), "2026-03-13T12:00"),
        ("2026-03-06T12:00", Span(0.5, "working days"), "2026-03-07T00:00"),
    ],
)
def test_working_days_leave_out_weekends_and_nothing_else_does(start, span, end):
    assert after(datetime.fromisoformat(start + "+00:00"), span, WEEK) == datetime.fromisoformat(end + "+00:00")


def test_holidays_and_midnights_are_those_of_the_calendar():
    calendar = Calendar(holidays=frozenset({date(2026, 3, 9)}), time_zone="Europe/Berlin")
    friday = datetime(2026, 3, 6, 22, 30, tzinfo=UTC)  # 23:30 in Berlin: half an hour of Friday is left
    assert after(friday, Span(1, "working days"), calendar) == datetime(2026, 3, 10, 22, 30, tzinfo=UTC)


def test_a_day_of_23_hours_counts_as_long_as_it_is():
    calendar = Calendar(working_days=("sun",), time_zone="Europe/Berlin")
    sunday = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # midnight in Berlin; clocks go forward at 2:00
    assert after(sunday, Span(1, "working days"), calendar) == datetime(2026, 4, 4, 23, 0, tzinfo=UTC)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - zones are given
    st.floats(0.1, 60),
    st.sampled_from(["hours", "days", "working days"]),
)
def test_what_is_longer_never_ends_earlier(start, amount, unit):
    end = after(start, Span(amount, unit), WEEK)
    assert end > start
    assert after(start, Span(amount * 2, unit), WEEK) >= end
    assert after(start + timedelta(hours=1), Span(amount, unit), WEEK) >= end


def test_a_time_zone_is_one_that_is_known():
    assert known_zone("Europe/Berlin")
    for name in ("Mars/Olympus", "", "../../etc/passwd", "\x00"):
        assert not known_zone(name)
