import signal
import time

import pytest

from wardline.kernel.confinement.limits import OvertimeError, deadline


def hang(seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        pass


def test_what_takes_too_long_is_interrupted() -> None:
    started = time.monotonic()
    with pytest.raises(OvertimeError, match=r"took longer than 0\.05 seconds"), deadline(0.05):
        hang(10)
    assert time.monotonic() - started < 5


def test_what_is_done_in_time_is_left_alone() -> None:
    with deadline(0.05):
        done = True
    hang(0.1)
    assert done


def test_an_error_inside_disarms_the_deadline() -> None:
    with pytest.raises(KeyError), deadline(0.05):
        raise KeyError
    before = time.monotonic()
    hang(0.1)
    assert time.monotonic() - before >= 0.1


def test_a_timer_that_ran_before_runs_on() -> None:
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    left, again = signal.setitimer(signal.ITIMER_REAL, 0.1)
    with deadline(10):
        hang(0.02)
    hang(0.2)
    signal.signal(signal.SIGALRM, before)
    signal.setitimer(signal.ITIMER_REAL, left, again)  # the test runner's own
    assert rung == [True]


def stubborn() -> None:
    with deadline(0.05):
        try:
            hang(10)
        except OvertimeError:
            hang(10)


def test_code_that_swallows_the_first_signal_does_not_get_away() -> None:
    with pytest.raises(OvertimeError):
        stubborn()


def nested(outer: float, inner: float, work: float) -> None:
    with deadline(outer):
        try:
            with deadline(inner):
                hang(work)
        finally:
            hang(10)


def test_an_inner_deadline_leaves_the_outer_one_standing() -> None:
    with pytest.raises(OvertimeError, match=r"0\.2 seconds"):
        nested(0.2, 0.02, 10)


def test_an_outer_deadline_that_passed_inside_is_raised_after() -> None:
    with pytest.raises(OvertimeError, match=r"0\.02 seconds"):
        nested(0.02, 10, 0.1)


def test_the_handler_before_comes_back() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with deadline(10):
        pass
    assert signal.getsignal(signal.SIGALRM) is before
