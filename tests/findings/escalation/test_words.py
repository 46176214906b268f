"""Times as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from wardline.findings.escalation.words import left, moment

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_moment_is_said_in_utc() -> None:
    assert moment(NOW) == "Mon 2 Mar 2026, 09:00 UTC"
    assert moment(NOW.astimezone(timezone(timedelta(hours=5)))) == "Mon 2 Mar 2026, 09:00 UTC"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(days=3, hours=5), "3 days left"),
        (timedelta(days=1, hours=23), "47 hours left"),
        (timedelta(hours=1, minutes=59), "119 minutes left"),
        (timedelta(seconds=61), "1 minute left"),
        (timedelta(0), "1 minute late"),
        (-timedelta(hours=2), "2 hours late"),
        (-timedelta(days=40), "40 days late"),
    ],
)
def test_what_is_left_is_said_in_one_unit(span: timedelta, said: str) -> None:
    assert left(NOW + span, NOW) == said
