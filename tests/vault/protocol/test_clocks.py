"""Time: a timeline that nobody sets back, and a watch that stops whoever signs after a jump."""

from datetime import datetime, timedelta

import pytest
from tests.vault.protocol.refusing import refused
from tests.vault.world import START

from wardline.vault.protocol.clocks import Timeline, Watch


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_timeline_ages_on_the_monotonic_clock_alone() -> None:
    timeline = Timeline(START, 1000.0, after(-500))
    assert timeline.now(1000.0) == START
    assert timeline.now(1090.5) == after(90.5)
    assert timeline.now(900.0) == START  # a monotonic clock that went back (another boot) sets nothing back


def test_a_timeline_is_never_before_a_signed_time() -> None:
    timeline = Timeline(START, 1000.0, after(30))
    assert timeline.now(1010.0) == after(30)
    assert timeline.now(1031.0) == after(31)
    later = timeline.seen(after(100))
    assert later.now(1010.0) == after(100)
    assert later.seen(after(50)) == later


def test_a_watch_gives_the_wall_clock_while_both_clocks_agree() -> None:
    watch = Watch.begun(START, 1000.0, START)
    for off in (-60, 0, 60):
        assert watch.now(after(500 + off), 1500.0) == after(500 + off)


@pytest.mark.parametrize("off", [-7200, -60.001, 60.001, 7200])
def test_a_watch_stops_after_a_jump_and_stays_stopped(off: float) -> None:
    watch = Watch.begun(START, 1000.0, START)
    for seconds in (500, 501, 5000):
        with refused("vault-clock", f"jumped by {off:.0f} seconds", hint="find out who set it"):
            watch.now(after(seconds + off), 1000.0 + seconds)


def test_a_watch_does_not_begin_more_than_a_minute_before_what_was_signed() -> None:
    assert Watch.begun(START, 1000.0, after(60)).wall == START
    with refused("vault-clock", "something was signed at", hint="set the clock, then start again"):
        Watch.begun(START, 1000.0, after(60.001))
