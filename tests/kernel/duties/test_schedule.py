"""When a duty is due, what becomes of one that fails, and who is told: the same on every database, so tried on one."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.kernel.duties.turns import duty, said

from wardline.kernel.duties.service import Duties
from wardline.kernel.errors import UnavailableError
from wardline.kernel.identity.model import PLATFORM


@pytest.fixture
def database(lite):
    return lite


def test_a_duty_has_its_first_turn_at_once_and_then_when_it_is_due(node, clock, standing):
    runner = node(duty(lambda turn: f"at {turn.now:%H:%M}, fence {turn.fence}"))
    assert said(runner.step(clock())) == [("d", "at 09:00, fence 1")]
    assert said(runner.step(clock.forward(seconds=59))) == []
    assert said(runner.step(clock.forward(seconds=1))) == [("d", "at 09:01, fence 2")]
    shown = standing()
    assert shown.next_due == clock() + timedelta(minutes=1)
    assert (shown.last_said, shown.holder, shown.runs, shown.failures) == ("at 09:01, fence 2", None, 2, 0)
    assert (shown.last_started, shown.last_finished, shown.title) == (clock(), clock(), "The duty d")


def test_the_longest_due_comes_first(node, clock):
    runner = node(duty(name="a", every_seconds=50), duty(name="b", every_seconds=30), duty(name="c", every_seconds=40))
    runner.step(clock())
    assert [name for name, _ in said(runner.step(clock.forward(minutes=2)))] == ["b", "c", "a"]


def test_two_duties_of_one_name_are_a_mistake(node):
    with pytest.raises(ValueError, match="one name"):
        node(duty(), duty())


def test_a_duty_that_was_asked_for_has_its_turn_now(node, clock, database):
    runner = node(duty(every_seconds=86_400))
    runner.step(clock())
    Duties(database, clock, "x").run_now(PLATFORM, "d")
    assert said(runner.step(clock())) == [("d", "")]
    assert said(runner.step(clock())) == []


def test_asking_during_a_turn_gives_another_one_after_it(node, clock, database):
    def ask(turn):
        if turn.fence == 1:
            Duties(database, clock, "x").run_now(PLATFORM, "d")
        return str(turn.fence)

    runner = node(duty(ask, every_seconds=86_400))
    assert [said(runner.step(clock())) for _ in range(3)] == [[("d", "1")], [("d", "2")], []]


def test_titles_and_periods_follow_the_program(node, clock, standing):
    node(duty(every_seconds=60)).step(clock())
    node(duty(every_seconds=30)._replace(title="Another")).step(clock())
    assert (standing().title, standing().every_seconds, standing().runs) == ("Another", 30, 1)


def test_a_duty_that_is_gone_from_the_database_comes_back(node, clock, database):
    runner = node(duty(every_seconds=86_400))
    runner.step(clock())
    with database.transaction() as tx:
        tx.execute(text("DELETE FROM duties"))
    assert said(runner.step(clock())) == [("d", "")]


# Failures.


def test_failures_are_counted_back_off_and_end(node, clock, standing):
    fails = [True]

    def run(turn):
        if fails[0]:
            raise UnavailableError("the mail server does not answer")
        return "sent"

    runner = node(duty(run, every_seconds=86_400))
    waits = []
    for _ in range(12):
        (outcome,) = runner.step(clock())
        assert isinstance(outcome.error, UnavailableError)
        waits.append((standing().next_due - clock()).total_seconds())
        clock.at = standing().next_due
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert (standing().failures, standing().last_failure) == (12, "the mail server does not answer")
    fails[0] = False
    assert said(runner.step(clock())) == [("d", "sent")]
    assert (standing().failures, standing().failing_since, standing().last_failure) == (0, None, "")
    assert standing().next_due == clock() + timedelta(days=1)


def test_what_an_error_of_others_says_is_not_shown(node, clock, standing):
    def run(turn):
        raise ValueError("password=hunter2")

    node(duty(run)).step(clock())
    assert standing().last_failure == "ValueError"


def test_what_keeps_failing_is_told_from_the_fifth_time_on_and_when_it_recovers(node, clock):
    told = []
    fails = [True]

    def run(turn):
        if fails[0]:
            raise KeyError
        return ""

    runner = node(
        duty(run),
        on_failing=lambda standing: told.append(("failing", standing.failures)),
        on_recovered=lambda standing: told.append(("recovered", standing.failures)),
    )
    for _ in range(6):
        runner.step(clock.forward(seconds=70))
    fails[0] = False
    for _ in range(2):
        runner.step(clock.forward(seconds=70))
    assert told == [("failing", 5), ("failing", 6), ("recovered", 0)]


def test_what_fails_for_a_quarter_of_an_hour_is_told_sooner(node, clock):
    def run(turn):
        raise KeyError

    told = []
    runner = node(duty(run), on_failing=lambda standing: told.append(standing.failures))
    for _ in range(3):
        runner.step(clock())
        clock.forward(minutes=8)
    assert told == [3]


def test_one_failure_that_recovers_is_told_to_nobody(node, clock):
    told = []
    runner = node(duty(lambda turn: {1: None}[turn.fence] or ""), on_failing=told.append, on_recovered=told.append)
    runner.step(clock())
    runner.step(clock.forward(hours=3))
    assert told == []


def test_nobody_to_be_told_is_no_failure_of_the_duty(node, clock, standing):
    def run(turn):
        raise KeyError

    def deaf(standing):
        raise RuntimeError

    runner = node(duty(run), on_failing=deaf)
    for _ in range(6):
        runner.step(clock.forward(minutes=6))
    assert standing().failures == 6


def test_a_failing_duty_does_not_hold_up_another(node, clock):
    def run(turn):
        raise KeyError

    outcomes = node(duty(run, name="a"), duty(name="b")).step(clock())
    assert [(outcome.name, outcome.error is None) for outcome in outcomes] == [("a", False), ("b", True)]
