"""Duties on one node and on two: taken over, hung, stopped; on both databases, with clocks that jump."""

import threading
import time

import pytest
from sqlalchemy import text
from tests.kernel.duties.turns import duty, said

from wardline.kernel.duties import runner as runner_module
from wardline.kernel.duties import store
from wardline.kernel.duties.model import LeaseLostError
from wardline.kernel.duties.service import Duties


class CrashError(BaseException):
    """The node is gone: nothing after it happens."""


# Leases.


def crash(turn):
    raise CrashError


def crashed(runner, clock):
    with pytest.raises(CrashError):
        runner.step(clock())


def test_what_a_dead_node_held_is_taken_over_when_its_lease_has_ended(node, clock, elapsed, standing):
    crashed(node(duty(crash, lease_seconds=30)), clock)
    assert standing().holder.startswith("one ")
    other = node(duty(lambda turn: f"fence {turn.fence}", lease_seconds=30), name="two")
    assert other.step(clock()) == []
    elapsed.seconds += 29
    assert other.step(clock()) == []
    elapsed.seconds += 1
    assert said(other.step(clock())) == [("d", "fence 2")]


def test_a_lease_that_is_prolonged_is_not_taken_over(node, clock, elapsed):
    other = node(duty(lease_seconds=30), name="two")

    def run(turn):
        for _ in range(10):
            elapsed.seconds += 20
            with turn.transaction():
                pass
            assert other.step(clock()) == []
        return "done"

    assert said(node(duty(run, lease_seconds=30)).step(clock())) == [("d", "done")]


def test_who_lost_the_lease_can_commit_nothing_and_notes_nothing(node, clock, elapsed, database, standing):
    other = node(duty(lambda turn: "taken over", lease_seconds=30), name="two")
    with database.transaction() as tx:
        tx.execute(text("CREATE TABLE effects (fence INTEGER)"))

    def run(turn):
        other.step(clock())
        elapsed.seconds += 31
        assert said(other.step(clock())) == [("d", "taken over")]
        with turn.transaction() as tx:
            tx.execute(text("INSERT INTO effects VALUES (1)"))
        return "never"

    (outcome,) = node(duty(run, lease_seconds=30)).step(clock())
    assert isinstance(outcome.error, LeaseLostError)
    assert (standing().last_said, standing().failures, standing().fence) == ("taken over", 0, 2)
    with database.reading() as tx:
        assert tx.scalar(text("SELECT count(*) FROM effects")) == 0


def test_it_is_the_fence_that_refuses(node, clock, elapsed, database, monkeypatch):
    """The test above bites: without the comparison in the transaction, who lost the lease commits."""
    monkeypatch.setattr(store, "keep", lambda *_, **__: True)
    other = node(duty(lease_seconds=30), name="two")

    def run(turn):
        other.step(clock())
        elapsed.seconds += 31
        other.step(clock())
        with turn.transaction() as tx:
            tx.execute(text("CREATE TABLE effects (fence INTEGER)"))
        return "wrongly"

    assert said(node(duty(run, lease_seconds=30)).step(clock())) == [("d", "wrongly")]


def test_who_lost_the_lease_and_fails_notes_nothing_either(node, clock, elapsed, standing):
    other = node(duty(lease_seconds=30), name="two")

    def run(turn):
        other.step(clock())
        elapsed.seconds += 31
        other.step(clock())
        raise KeyError

    node(duty(run, lease_seconds=30)).step(clock())
    assert (standing().failures, standing().runs) == (0, 2)


def test_a_process_of_the_same_name_is_another_node(node, clock, elapsed):
    crashed(node(duty(crash, lease_seconds=30)), clock)
    again = node(duty(lease_seconds=30))
    assert again.step(clock()) == []
    elapsed.seconds += 30
    assert said(again.step(clock())) == [("d", "")]


def test_two_nodes_that_look_at_once_share_the_duties(node, clock):
    one = node(duty(lambda turn: ""))
    two = node(duty(lambda turn: ""), name="two")
    one.step(clock())
    two.step(clock())
    clock.forward(minutes=1)
    (seen,) = one._due(clock())
    assert len(two.step(clock())) == 1
    assert one._turn(one._duties["d"], seen, threading.Event(), clock=clock, patient=False) is None


# Clocks.


@pytest.mark.parametrize("back", [{"hours": -2}, {"days": -20_000}])
def test_a_clock_that_went_forward_and_back_loses_nothing(node, clock, back):
    runner = node(duty(every_seconds=3600))
    runner.step(clock())
    clock.forward(**{unit: -count for unit, count in back.items()})
    assert len(runner.step(clock())) == 1
    clock.forward(**back)
    turns = [len(runner.step(clock.forward(minutes=30))) for _ in range(6)]
    assert sum(turns[:2]) >= 1, "within its period it has a turn"
    assert 2 <= sum(turns) <= 3


def test_a_clock_that_jumps_takes_no_lease_from_anybody(node, clock, elapsed):
    other = node(duty(lease_seconds=30), name="two")

    def run(turn):
        for jump in ({"days": 365}, {"days": -365}, {"hours": -1}, {"days": 4000}):
            clock.forward(**jump)
            assert other.step(clock()) == []
        with turn.transaction():
            pass
        return "mine"

    assert said(node(duty(run, lease_seconds=30)).step(clock())) == [("d", "mine")]


def test_a_dead_node_whose_clock_was_wrong_is_taken_over_in_time(node, clock, elapsed):
    clock.forward(days=365)
    crashed(node(duty(crash, lease_seconds=30)), clock)
    clock.forward(days=-365)
    other = node(duty(lease_seconds=30), name="two")
    other.step(clock())
    elapsed.seconds += 30
    assert len(other.step(clock())) == 1


# Threads.


@pytest.fixture
def running(database):
    """Runners in threads, with real clocks, that are stopped at the end."""
    from wardline.kernel.clock import now

    stops = []

    def start(*duties, **how):
        stop = threading.Event()
        runner = Duties(database, now, "threaded", **how).runner(duties)
        thread = threading.Thread(target=runner.run, args=(stop,))
        thread.start()
        stops.append((stop, thread))
        return stop, thread

    yield start
    for stop, _ in stops:
        stop.set()
    for _, thread in stops:
        thread.join(10)
        assert not thread.is_alive()


def until(true, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_runner_gives_turns_until_it_is_stopped_and_stops_at_once(running, standing):
    stop, thread = running(duty(every_seconds=0.1), duty(name="resident", resident=True, run=rest_forever))
    until(lambda: standing_or_none(standing) and standing().runs >= 3)
    until(lambda: standing("resident").holder is not None)
    started = time.monotonic()
    stop.set()
    thread.join(5)
    assert time.monotonic() - started < 3
    assert standing("resident").holder is None
    assert standing("resident").last_said == "rested"


def standing_or_none(standing):
    try:
        return standing()
    except KeyError:
        return None


def rest_forever(turn):
    while turn.rest(0.05):
        pass
    return "rested"


def test_a_turn_that_does_not_end_does_not_hold_up_stopping(running, standing, monkeypatch):
    monkeypatch.setattr(runner_module, "STOP_SECONDS", 0.3)
    release = threading.Event()
    stop, thread = running(duty(lambda turn: str(release.wait(20))))
    until(lambda: standing_or_none(standing) and standing().holder)
    stop.set()
    thread.join(3)
    assert not thread.is_alive()
    release.set()
    until(lambda: standing().holder is None)


def test_no_more_threads_than_allowed_are_at_work(database, running, standing):
    busy, most = [], []

    def work(turn):
        busy.append(1)
        most.append(len(busy))
        time.sleep(0.02)
        busy.pop()
        return ""

    running(*(duty(work, name=f"d{n}", every_seconds=0.05) for n in range(8)))
    until(lambda: len(most) >= 20)
    assert max(most) <= 4


def test_a_turn_that_hangs_is_told_and_counted_and_left_its_lease(database, running, standing):
    release = threading.Event()
    told = []
    running(duty(lambda turn: str(release.wait(20)), lease_seconds=0.3), on_failing=told.append)
    until(lambda: told)
    assert (told[0].last_failure, told[0].failures) == ("it does not move", 1)
    assert standing().holder is not None
    release.set()
    until(lambda: standing().failures == 0)
    assert standing().last_said == "True"


def test_a_resident_duty_keeps_its_lease_while_it_rests(running, standing, database, clock):
    running(duty(rest_forever, resident=True, lease_seconds=0.6))
    until(lambda: standing_or_none(standing) and standing().holder)
    other = Duties(database, clock, "two").runner([duty(lease_seconds=0.6)])
    for _ in range(8):
        assert other.step(clock()) == []
        time.sleep(0.2)
    assert standing().runs == 1
