from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.findings.measures import BIN_SECONDS, Attainment, Cell, OpenDay, hottest, open_by_day, survival

DAY = 86400 // BIN_SECONDS


def test_the_curve_is_the_one_that_kaplan_and_meier_drew():
    # Kaplan and Meier (1958), section 2: deaths at 0.8, 3.1, 5.4, 9.2; losses at 1.0, 2.7, 7.0, 12.1 (here in tenths)
    deaths, losses = (8, 31, 54, 92), (10, 27, 70, 121)
    curve = survival("", entered={0: 8}, fixed=dict.fromkeys(deaths, 1), left=dict.fromkeys(losses, 1))
    assert [point.open_share for point in curve.points[1:-1]] == pytest.approx([0.875, 0.7, 0.525, 0.2625])
    assert [point.at_risk for point in curve.points[1:-1]] == [8, 5, 4, 2]
    assert (curve.fixed, curve.still_open) == (4, 4)
    assert curve.median_days == pytest.approx(93 / DAY)


def test_what_is_still_open_holds_the_curve_up():
    fixed = {DAY: 5}
    alone = survival("", entered={0: 5}, fixed=fixed, left={})
    beside = survival("", entered={0: 20}, fixed=fixed, left={100 * DAY: 15})
    assert alone.points[-1].open_share == 0
    assert beside.points[-1].open_share == 0.75
    assert beside.median_days is None


def test_dismissing_is_no_fix():
    fixed = survival("", entered={0: 2}, fixed={DAY: 1}, left={10 * DAY: 1})
    dismissed = survival("", entered={0: 2}, fixed={}, left={DAY: 1, 10 * DAY: 1}, dismissed=1)
    assert dismissed.points[-1].open_share == 1 > fixed.points[-1].open_share
    assert (dismissed.dismissed, dismissed.still_open) == (1, 1)


def test_what_was_open_before_the_period_enters_at_its_age():
    curve = survival("", entered={0: 1, 50 * DAY: 9}, fixed={DAY: 1, 60 * DAY: 3}, left={70 * DAY: 6})
    assert [(point.at_risk, point.open_share) for point in curve.points[1:3]] == [(1, 0.0), (9, 0.0)]


def test_nothing_is_a_flat_line():
    assert survival("", entered={}, fixed={}, left={}).points == ((0.0, 1.0, 0),)


counts = st.dictionaries(st.integers(0, 400), st.integers(1, 30), max_size=12)


@given(counts, counts)
def test_a_curve_only_falls_and_stays_a_share(fixed, left):
    total = sum(fixed.values()) + sum(left.values())
    curve = survival("", entered={0: total} if total else {}, fixed=fixed, left=left)
    shares = [point.open_share for point in curve.points]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    assert [point.days for point in curve.points] == sorted(point.days for point in curve.points)


def test_what_is_late_now_counts_against_attainment():
    assert Attainment(open=5, late=2, waived=0, met=6, missed=2).share == 0.75
    assert Attainment(open=5, late=0, waived=0, met=0, missed=0).share is None


def test_the_most_urgent_service_is_the_hottest():
    services = [("a", "Calm", 1), ("b", "Late", 3), ("c", "Critical", 3), ("d", "Critical and late", 4)]
    cells = {
        ("a", "code"): Cell(9, 0, 0, 3),
        ("b", "code"): Cell(1, 1, 0, 1),
        ("b", "exposure"): Cell(1, 0, 0, 2),
        ("c", "code"): Cell(1, 0, 0, 0),
        ("d", "code"): Cell(2, 1, 0, 0),
    }
    assert [name for _, name, _ in hottest(cells, services)] == ["Critical and late", "Critical", "Late", "Calm"]


def open_counts(spans, length=5):
    return [sum(day[1:]) for day in open_by_day(spans, 100, 100 + length - 1)]


def test_a_finding_is_open_from_the_day_of_its_detection_until_the_day_of_its_end():
    assert open_counts([(102, None, 1, 1)]) == [0, 0, 1, 1, 1]
    assert open_counts([(102, 104, 1, 1)]) == [0, 0, 1, 1, 0]
    assert open_counts([(102, 102, 1, 1)]) == [0, 0, 0, 0, 0]  # gone by the end of its day


def test_what_began_before_the_period_is_there_from_its_first_day_and_what_ends_behind_it_until_its_last():
    assert open_counts([(3, None, 1, 2), (3, 102, 1, 1), (3, 50, 1, 7), (104, 300, 1, 1)]) == [3, 3, 2, 2, 3]


def test_days_tell_severities_apart_and_name_themselves():
    (day,) = open_by_day([(0, None, urgency, urgency + 1) for urgency in range(5)], 20454, 20454)
    assert day == OpenDay(date(2026, 1, 1), 1, 2, 3, 9)
