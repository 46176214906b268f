from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from wardline.web.plots_data import open_by_day

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def finding(began, ended=None, severity="high", state=None):
    return SimpleNamespace(
        detected_at=NOW - timedelta(days=began),
        fixed_at=NOW - timedelta(days=ended) if ended is not None else None,
        last_seen_at=NOW,
        severity=severity,
        open=ended is None and state is None,
    )


def totals(findings, days=5):
    return [sum(day.open) for day in open_by_day(findings, NOW - timedelta(days=days - 1), NOW)]


def test_a_finding_counts_from_the_day_of_its_detection_until_the_day_of_its_fix():
    assert totals([finding(3)]) == [0, 1, 1, 1, 1]
    assert totals([finding(3, ended=1)]) == [0, 1, 1, 0, 0]
    assert totals([finding(3, ended=3)]) == [0, 0, 0, 0, 0]  # gone by the end of its day


def test_what_began_before_the_period_is_there_from_its_first_day():
    assert totals([finding(400), finding(400, ended=2), finding(400, ended=300)]) == [2, 2, 1, 1, 1]


def test_what_is_not_known_to_be_harmless_counts_as_high():
    day = open_by_day([finding(0, severity="unknown"), finding(0, severity="info")], NOW, NOW)[0]
    assert day.open == (0, 1, 0, 1)
