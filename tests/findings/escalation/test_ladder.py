"""Which steps are due when: the ladder as rules."""

from datetime import UTC, datetime, timedelta

import pytest

from wardline.findings.escalation import ladder
from wardline.findings.escalation.ladder import Climber
from wardline.findings.policy import Policy, Step

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN_DAYS = Climber(MONDAY, MONDAY + timedelta(days=10), MONDAY + timedelta(days=1), MONDAY)


def steps(climber: Climber, days: float, policy: Policy | None = None) -> list[tuple[str, str]]:
    return [
        (rung.step, rung.tell)
        for rung in ladder.due(climber, policy or Policy(), climber.detected_at + timedelta(days=days))
    ]


def test_each_part_of_the_window_tells_another_one() -> None:
    assert steps(TEN_DAYS, 0) == [("opened", "owner")]
    assert steps(TEN_DAYS, 4.99)[1:] == []
    assert steps(TEN_DAYS, 5)[1:] == [("50%", "owner")]
    assert steps(TEN_DAYS, 8)[2:] == [("80%", "lead")]
    assert steps(TEN_DAYS, 10)[3:] == [("100%", "security")]
    assert steps(TEN_DAYS, 12.5)[4:] == [("125%", "director")]
    assert steps(TEN_DAYS, 15)[5:] == [("150%", "executive")]


def test_the_last_step_comes_back_every_monday_and_never_stops() -> None:
    week = [steps(TEN_DAYS, 15 + days)[6:] for days in (0, 5, 6, 12, 13, 7 * 60)]
    assert week == [
        [],
        [],  # Sunday 22 March
        [("week 2026-13", "executive")],  # Monday 23 March
        [("week 2026-13", "executive")],
        [("week 2026-14", "executive")],
        [("week 2027-19", "executive")],
    ]


def test_nobody_said_mine() -> None:
    silent = TEN_DAYS._replace(acknowledged_at=None)
    assert steps(silent, 0.99) == [("opened", "owner")]
    assert steps(silent, 1)[1:] == [("unacknowledged", "lead")]


def test_a_due_time_that_moved_earlier_makes_steps_due_earlier() -> None:
    assert steps(TEN_DAYS._replace(due_at=MONDAY + timedelta(days=4)), 2)[1:] == [("50%", "owner")]


def test_a_window_of_no_length_is_over() -> None:
    over = TEN_DAYS._replace(due_at=MONDAY)
    assert len(steps(over, 0)) == 6
    assert ladder.percent(over, MONDAY) == 100
    assert ladder.percent(TEN_DAYS, MONDAY + timedelta(days=15)) == 150


def test_the_organisation_says_who_and_when() -> None:
    policy = Policy(ladder=(Step(90, "security"), Step(10, "owner")))
    assert steps(TEN_DAYS, 9, policy)[1:] == [("10%", "owner"), ("90%", "security")]
    assert steps(TEN_DAYS, 90, Policy(ladder=())) == [("opened", "owner")]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 3, 9, 6, 59, tzinfo=UTC), datetime(2026, 3, 2, 7, tzinfo=UTC)),
        (datetime(2026, 3, 9, 7, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
        (datetime(2026, 3, 15, 23, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
    ],
)
def test_the_digest_is_mondays(now: datetime, expected: datetime) -> None:
    assert ladder.digest_time(now) == expected
