"""What the platform owes waivers: ends and beginnings on time, late decisions, words ahead."""

from datetime import datetime, timedelta

import pytest
from tests.findings.waivers.test_model import NOW, SUBJECT, WAIVER
from tests.findings.waivers.world import HOLDS, WHY, World

from wardline.findings.waivers.keeping import Noted, ahead, late_step, owed
from wardline.findings.waivers.model import Control, Pin
from wardline.kernel.errors import ConflictError

FRESH = Noted(effective=True, late_steps=0, ahead_days=99)
PINS = [Pin("fnd-1", 1, "medium")]
KNOWN = {"fnd-1": SUBJECT}


def test_nothing_is_owed_to_a_waiver_in_the_middle_of_its_life() -> None:
    assert owed(WAIVER, PINS, KNOWN, FRESH, NOW) == []


def test_an_end_is_owed_alone() -> None:
    worse = {"fnd-1": SUBJECT._replace(severity="high")}
    assert owed(WAIVER, PINS, worse, FRESH._replace(effective=False), WAIVER.expires_at) == ["expire"]
    assert owed(WAIVER, PINS, worse, FRESH._replace(effective=False), NOW) == ["lapse"]
    assert owed(WAIVER, PINS, {}, FRESH, NOW) == ["lapse"]


def test_what_is_worse_is_let_go_and_the_rest_stays() -> None:
    pins = [*PINS, Pin("fnd-2", 1, "low")]
    known = {**KNOWN, "fnd-2": SUBJECT._replace(id="fnd-2", severity="medium")}
    assert owed(WAIVER, pins, known, FRESH, NOW) == ["release"]
    let_go = [pins[0], pins[1]._replace(released="worse")]
    assert owed(WAIVER, let_go, known, FRESH, NOW) == []


def test_words_ahead_are_a_week_and_a_day_before_where_it_lives_long_enough() -> None:
    month = WAIVER._replace(expires_at=NOW + timedelta(days=30))
    assert ahead(month, NOW) == 99
    assert ahead(month, NOW + timedelta(days=23)) == 7
    assert ahead(month, NOW + timedelta(days=29)) == 1
    assert ahead(WAIVER, NOW) == 99  # a week in all: nobody is told a week ahead
    assert ahead(WAIVER, NOW + timedelta(days=6)) == 1
    assert ahead(WAIVER._replace(expires_at=NOW + timedelta(days=1)), NOW) == 99


def test_lateness_is_counted_by_days_from_the_first_moment() -> None:
    assert late_step(WAIVER, NOW - timedelta(seconds=1)) == 0
    assert late_step(WAIVER, NOW) == 1
    assert late_step(WAIVER, NOW + timedelta(days=1)) == 2


def test_time_alone_ends_it_and_the_owner_hears_of_it(world: World) -> None:
    finding = world.finding("low")
    shown = world.waivers.approve(world.sec, world.asked(finding, days=30).waiver.id)
    for days, said in ((22.9, ""), (0.2, "1 spoken of ahead"), (0.1, ""), (6, "1 spoken of ahead"), (1, "1 expired")):
        world.clock.forward(days=days)
        assert world.keep() == said
        assert world.keep() == ""
    assert world.waivers.get(world.dev, shown.waiver.id).standing == "expired"
    assert world.row(finding).waived_until is None
    about = [(who, subject.partition(":")[0]) for who, subject in world.told() if who == "Dev"]
    assert about == [
        ("Dev", "Waiver approved"),
        ("Dev", "Waiver ends in 7 days"),
        ("Dev", "Waiver ends tomorrow"),
        ("Dev", "Waiver expired"),
    ]
    assert world.actions(shown.waiver.id)[-1] == "waiver:expired"


def test_a_yes_after_the_end_comes_too_late(world: World) -> None:
    shown = world.asked(days=1)
    world.clock.forward(days=1)
    with pytest.raises(ConflictError, match="expired"):
        world.waivers.approve(world.sec, shown.waiver.id)


def test_it_lapses_when_what_it_covers_is_repaired(world: World) -> None:
    finding = world.finding()
    asked, effective = world.asked(world.finding()), world.waivers.approve(world.sec, world.asked(finding).waiver.id)
    world.change(finding, open=False, state="fixed")
    world.change(asked.findings[0].id, open=False, state="fixed")
    assert world.keep() == "2 lapsed"
    for one in (asked, effective):
        found = world.waivers.get(world.sec, one.waiver.id)
        assert (found.standing, found.waiver.ending) == ("lapsed", "it is not open any more")
    assert world.row(finding).waived_until is None


def test_a_finding_that_came_back_is_not_waived_any_more(world: World) -> None:
    finding = world.finding()
    shown = world.waivers.approve(world.sec, world.asked(finding).waiver.id)
    world.change(finding, cycle=2, waived_until=None)
    world.keep()
    assert world.waivers.get(world.sec, shown.waiver.id).waiver.ending == "it was fixed and came back"
    assert world.row(finding).waived_until is None


def test_a_severity_that_rises_ends_what_the_waiver_may_no_longer_cover(world: World) -> None:
    both = [world.finding("low"), world.finding("medium")]
    scope = world.request().scope._replace(fingerprint=None, rule="sql-injection")
    shown = world.waivers.approve(world.sec, world.asked(scope=scope, days=60).waiver.id)
    assert shown.waiver.severity == "medium"
    world.change(both[0], severity="medium")  # as bad as the worst that was agreed to, and nobody agreed to it of this
    assert world.keep() == "1 narrowed"
    assert world.row(both[0]).waived_until is None
    assert world.row(both[1]).waived_until == shown.waiver.expires_at
    found = world.waivers.get(world.sec, shown.waiver.id)
    assert [(one.id, why) for one, why in found.released] == [(both[0], "it is medium now, and was waived as low")]
    assert ("Dev", "Waiver covers less: Orders: A low thing and 2 more") in world.told()
    world.change(both[1], severity="critical")
    assert world.keep() == "1 narrowed"  # the third one of `request` stays


def test_security_is_late_on_something_medium_and_the_clock_grants_a_week(world: World) -> None:
    finding = world.finding("medium")
    shown = world.asked(finding, days=60)
    world.clock.at = shown.waiver.decide_by - timedelta(seconds=1)
    assert world.keep() == ""
    world.clock.forward(seconds=1)
    assert world.keep() == "1 granted by the clock"
    granted = world.waivers.get(world.sec, shown.waiver.id)
    assert granted.standing == "effective"
    assert granted.waiver.granted_by_clock
    assert granted.move == "approver"
    assert granted.waiver.expires_at == world.clock.at + timedelta(days=7)
    assert world.row(finding).waived_until == granted.waiver.expires_at
    assert world.actions(shown.waiver.id) == ["waiver:asked", "waiver:granted-by-clock", "waiver:effective"]
    world.clock.forward(days=1)
    decided = world.waivers.approve(world.sec, shown.waiver.id)
    assert (decided.waiver.expires_at, decided.waiver.granted_by_clock) == (shown.waiver.expires_at, False)
    assert world.row(finding).waived_until == shown.waiver.expires_at


def test_what_the_clock_granted_can_still_be_refused(world: World) -> None:
    finding = world.finding("low")
    shown = world.asked(finding, days=60)
    world.clock.at = shown.waiver.decide_by
    world.keep()
    assert world.row(finding).waived_until is not None
    world.waivers.refuse(world.sec, shown.waiver.id, "It can be repaired today.")
    assert world.row(finding).waived_until is None


def test_what_the_clock_granted_ends_after_its_week_and_counts_as_a_time(world: World) -> None:
    finding = world.finding("low")
    for time in range(3):
        shown = world.asked(finding, days=60)
        assert shown.waiver.renewals == time
        world.clock.at = shown.waiver.decide_by
        world.keep()
        world.clock.forward(days=7)
        world.keep()
        assert world.waivers.get(world.sec, shown.waiver.id).standing == "expired"
    with pytest.raises(ConflictError, match="3 times"):
        world.asked(finding, days=60)


@pytest.mark.parametrize("severity", ["critical", "high", "unknown"])
def test_security_is_late_on_something_bad_and_nothing_is_granted(small: World, severity) -> None:
    finding = small.finding(severity)
    shown = small.asked(finding, days=6)
    small.clock.at = shown.waiver.decide_by
    assert small.keep() == "1 late, and escalated"
    assert small.keep() == ""
    small.clock.forward(days=1)
    assert small.keep() == "1 late, and escalated"
    assert small.waivers.get(small.sec, shown.waiver.id).standing == "asked"
    assert small.row(finding).waived_until is None
    late = [who for who, subject in small.told() if subject.startswith("Decision is late")]
    assert late == ["Sec", "Sec2", "Director", "Sec", "Sec2"]
    assert small.actions(shown.waiver.id).count("waiver:escalated") == 2


def test_a_control_that_fails_its_check_ends_the_waiver(world: World) -> None:
    finding = world.finding()
    shown = world.waivers.approve(world.sec, world.asked(finding, control=Control(HOLDS, check="egress")).waiver.id)
    assert world.keep() == ""
    world.finding(rule="egress")
    assert world.keep() == "1 revoked"
    found = world.waivers.get(world.sec, shown.waiver.id)
    assert (found.standing, found.waiver.ended_by) == ("revoked", "platform")
    assert world.row(finding).waived_until is None


def test_a_mark_that_nobody_ended_is_ended(small: World) -> None:
    finding = small.finding()
    small.change(finding, waived_until=small.clock() - timedelta(days=1))
    small.keep()
    assert small.row(finding).waived_until is None


def test_a_run_that_is_cut_off_anywhere_is_finished_by_the_next(small: World) -> None:
    made = [small.waivers.approve(small.sec, small.asked(days=1).waiver.id).waiver.id for _ in range(5)]
    small.clock.forward(days=1)
    turn = small.turn()
    count = 0

    class Died(Exception):  # noqa: N818 - it is not an error of ours
        pass

    whole = type(turn).transaction

    def dies(self):
        nonlocal count
        count += 1
        if count == 3:
            raise Died
        return whole(self)

    type(turn).transaction = dies  # type: ignore[method-assign]
    try:
        with pytest.raises(Died):
            small.keeper.run(turn)
    finally:
        type(turn).transaction = whole  # type: ignore[method-assign]
    small.keep()
    for waiver in made:
        assert small.actions(waiver).count("waiver:expired") == 1
    expired = [subject for who, subject in small.told(recipient=small.dev.id) if subject.startswith("Waiver expired")]
    assert len(expired) == 5


def test_the_renewal_covers_the_second_that_the_first_ends(small: World) -> None:
    finding = small.finding("high")
    first = small.waivers.approve(small.sec, small.asked(finding, days=10).waiver.id).waiver
    until: datetime = first.expires_at + timedelta(days=10)
    small.waivers.approve(
        small.sec, small.waivers.renew(small.dev, first.id, expires_at=until, justification=WHY).waiver.id
    )
    small.clock.at = first.expires_at
    assert small.keep() == "1 began, 1 expired"
    assert small.row(finding).waived_until == until
