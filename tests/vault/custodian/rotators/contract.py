"""The contract of every rotator: each target's test file derives `Contract` and gives it a `bench`.

`Fenced` is what targets promise beyond it whose fence the rotator itself reads and writes: slots, drains, sweeps.
"""

from abc import ABC, abstractmethod
from uuid import uuid4

import pytest

from wardline.kernel.errors import WardlineError
from wardline.vault.custodian import fences
from wardline.vault.custodian.fences import NotReadyError, SupersededError
from wardline.vault.custodian.rotator import RefusedByTargetError, Rotator, Version


class Bench(ABC):
    """One secret on one target, and what a test looks at beside the rotator."""

    rotator: Rotator
    other: Rotator  # the same secret in another custodian's hands
    working: tuple[int, ...] = ()  # what `rotate` published and did not refuse yet

    @abstractmethod
    def log_in(self, version: Version) -> bool: ...

    @abstractmethod
    def open(self, version: Version, *, busy: bool) -> object: ...

    @abstractmethod
    def alive(self, session: object) -> bool: ...

    @abstractmethod
    def lose(self, version: Version) -> None:
        """Lose what the target keeps of a version, as an administrator or a restored backup would."""

    @abstractmethod
    def log(self) -> str: ...

    def create(self, number: int) -> Version:
        password, mark = f"canary{uuid4().hex}", fences.digest(uuid4().hex)
        return Version(number, mark, self.rotator.create(number, password))

    def rotate(self, number: int) -> Version:
        """A whole rotation; what was published before is refused."""
        version = self.create(number)
        self.rotator.apply(version)
        self.rotator.verify(version)
        self.rotator.publish(version)
        before, self.working = self.working, (number,)
        for old in before:
            self.rotator.refuse(old)
        return version


class Contract:
    def test_nothing_is_missing_on_a_target_that_is_set_up(self, bench: Bench) -> None:
        assert bench.rotator.missing() == ()

    def test_an_applied_version_logs_in_beside_the_published_one(self, bench: Bench) -> None:
        first = bench.rotate(1)
        second = bench.create(2)
        bench.rotator.apply(second)
        bench.rotator.verify(second)
        assert bench.log_in(first)
        assert bench.log_in(second)

    def test_a_version_that_was_not_applied_does_not_verify(self, bench: Bench) -> None:
        with pytest.raises(RefusedByTargetError):
            bench.rotator.verify(bench.create(1))

    def test_another_value_under_the_same_number_is_refused(self, bench: Bench) -> None:
        mine, theirs = bench.create(1), bench.create(1)
        bench.rotator.apply(mine)
        with pytest.raises(SupersededError):
            bench.other.apply(theirs)
        assert bench.log_in(mine)
        assert not bench.log_in(theirs)

    def test_a_retired_version_does_not_come_back(self, bench: Bench) -> None:
        first = bench.rotate(1)
        bench.rotate(2)
        with pytest.raises(SupersededError):
            bench.other.apply(first)
        assert not bench.log_in(first)

    def test_creating_a_value_leaves_the_target_as_it_is(self, bench: Bench) -> None:
        first = bench.rotate(1)
        assert not bench.log_in(bench.create(2))
        assert bench.log_in(first)
        bench.rotate(2)  # the number is not taken by a value that was only made

    def test_each_step_may_be_repeated_by_either_custodian(self, bench: Bench) -> None:
        first = bench.rotate(1)
        second = bench.create(2)
        for step in (Rotator.apply, Rotator.verify, Rotator.publish):
            for rotator in (bench.rotator, bench.other, bench.rotator):
                getattr(rotator, step.__name__)(second)
        for rotator in (bench.rotator, bench.other):
            rotator.refuse(1)
            assert rotator.drain(1, force=False) == 0
        bench.other.apply(second)
        bench.other.publish(second)
        assert not bench.log_in(first)
        assert bench.log_in(second)

    def test_the_last_version_that_works_is_not_refused(self, bench: Bench) -> None:
        first = bench.rotate(1)
        with pytest.raises(WardlineError):
            bench.rotator.refuse(1)
        assert bench.log_in(first)

    def test_a_custodian_that_wakes_up_late_changes_nothing(self, bench: Bench) -> None:
        late = bench.create(1)
        bench.rotate(1)
        second = bench.rotate(2)
        with pytest.raises(SupersededError):
            bench.other.apply(late)
        third = bench.rotate(3)
        with pytest.raises(SupersededError):
            bench.other.create(2, "made-up")
        bench.other.refuse(1)  # its slot holds version 3 by now, where there are slots
        bench.other.drain(1, force=True)
        assert bench.log_in(third)
        assert not bench.log_in(second)

    def test_a_version_that_was_abandoned_does_not_outlive_the_one_before_the_next(self, bench: Bench) -> None:
        first = bench.rotate(1)
        abandoned = bench.create(2)
        bench.rotator.apply(abandoned)
        third = bench.rotate(3)
        bench.rotator.refuse(2)  # as each rotation ends: the number before its own
        assert bench.log_in(third)
        assert not bench.log_in(first)
        assert not bench.log_in(abandoned)

    def test_a_new_epoch_begins_its_numbers_again_and_is_later(self, bench: Bench) -> None:
        first = bench.rotate(fences.order(1, 7))
        second = bench.rotate(fences.order(2, 1))
        assert bench.log_in(second)
        assert not bench.log_in(first)
        with pytest.raises(SupersededError):
            bench.create(fences.order(1, 8))

    def test_a_sweep_finds_nothing_to_do_where_everything_works(self, bench: Bench) -> None:
        first = bench.rotate(1)
        assert bench.rotator.sweep([first]) == ()
        assert bench.log_in(first)

    def test_no_password_stands_in_the_targets_log(self, bench: Bench) -> None:
        first = bench.rotate(1)
        second = bench.rotate(2)
        assert bench.log_in(second)
        assert second.fields["username"] in bench.log()  # what was sent is there: the positive control
        for version in (first, second):
            assert version.fields["password"] not in bench.log()


class Fenced(Contract):
    def test_creating_a_value_takes_no_number(self, bench: Bench) -> None:
        bench.create(1)
        assert bench.rotator.standing().highest == 0

    def test_the_target_says_how_it_stands(self, bench: Bench) -> None:
        bench.rotate(1)
        bench.rotate(2)
        assert bench.rotator.drain(1, force=False) == 0
        standing = bench.rotator.standing()
        assert (standing.highest, standing.published, standing.pending, standing.draining) == (2, (2,), (), ())

    def test_a_version_that_nobody_was_told_of_is_refused_where_the_one_before_is_held(self, bench: Bench) -> None:
        first = bench.rotate(1)
        second = bench.create(2)
        bench.rotator.apply(second)
        bench.rotator.publish(second)
        for held in (0, 2, 7):
            with pytest.raises(NotReadyError):
                bench.rotator.refuse(2, held=held)
        bench.rotator.refuse(2, held=1)
        assert bench.log_in(first)
        assert not bench.log_in(second)
        bench.rotate(3)

    def test_a_custodian_that_wakes_up_late_publishes_nothing(self, bench: Bench) -> None:
        late = bench.create(1)
        bench.rotate(1)
        second, third = bench.rotate(2), bench.create(3)
        for call in (bench.other.apply, bench.other.publish):
            with pytest.raises(SupersededError):
                call(late)
        bench.rotator.apply(third)
        bench.rotator.publish(third)
        bench.rotator.refuse(2)
        bench.other.refuse(1)  # its slot holds version 3 by now
        bench.other.drain(1, force=True)
        assert bench.log_in(third)
        assert not bench.log_in(second)

    def test_a_published_version_is_not_refused_before_a_later_one_is_published(self, bench: Bench) -> None:
        first = bench.rotate(1)
        with pytest.raises(NotReadyError, match="the last that works"):
            bench.rotator.refuse(1)
        second = bench.create(2)
        bench.rotator.apply(second)
        with pytest.raises(NotReadyError, match="the last that works"):
            bench.rotator.refuse(1)
        assert bench.log_in(first)

    def test_a_version_that_was_not_applied_is_not_published(self, bench: Bench) -> None:
        with pytest.raises(NotReadyError, match="does not hold"):
            bench.rotator.publish(bench.create(1))

    def test_a_version_that_was_abandoned_before_publishing_gives_its_slot_away(self, bench: Bench) -> None:
        first = bench.rotate(1)
        abandoned = bench.create(2)
        bench.rotator.apply(abandoned)
        third = bench.create(3)
        assert third.fields["username"] == abandoned.fields["username"]
        bench.rotator.apply(third)
        assert bench.log_in(first)
        assert bench.log_in(third)
        assert not bench.log_in(abandoned)

    def test_no_slot_is_taken_from_a_version_that_readers_hold(self, bench: Bench) -> None:
        bench.rotate(1)
        second = bench.create(2)
        bench.rotator.apply(second)
        bench.rotator.publish(second)
        with pytest.raises(NotReadyError, match="no slot"):
            bench.create(3)

    def test_idle_sessions_end_at_once_and_busy_ones_when_they_are_told(self, bench: Bench) -> None:
        first = bench.rotate(1)
        idle, busy = bench.open(first, busy=False), bench.open(first, busy=True)
        second = bench.rotate(2)
        kept = bench.open(second, busy=False)
        assert bench.rotator.drain(1, force=False) > 0
        assert not bench.alive(idle)
        assert bench.alive(busy)
        assert bench.rotator.standing().draining == (1,)
        while bench.rotator.drain(1, force=True):
            pass
        assert not bench.alive(busy)
        assert bench.alive(kept)
        assert bench.rotator.standing().draining == ()

    def test_sessions_are_told_from_those_of_the_slots_next_version(self, bench: Bench) -> None:
        first = bench.rotate(1)
        old = bench.open(first, busy=True)
        bench.rotate(2)
        third = bench.rotate(3)
        assert third.fields["username"] == first.fields["username"]
        new = bench.open(third, busy=False)
        assert bench.rotator.standing().draining == (1, 2)
        while bench.rotator.drain(1, force=True):
            pass
        assert bench.alive(new)
        assert not bench.alive(old)

    def test_a_sweep_sets_again_what_the_target_lost(self, bench: Bench) -> None:
        first = bench.rotate(1)
        assert bench.rotator.sweep([first]) == ()
        bench.lose(first)
        assert not bench.log_in(first)
        assert bench.rotator.sweep([first]) == ("version 1 was set again",)
        assert bench.log_in(first)
        assert bench.rotator.sweep([first]) == ()

    def test_a_sweep_refuses_what_nobody_holds(self, bench: Bench) -> None:
        first = bench.rotate(1)
        second = bench.create(2)
        bench.rotator.apply(second)
        bench.rotator.publish(second)
        assert bench.rotator.sweep([first, second]) == ()
        assert bench.rotator.sweep([second]) == ("version 1, which nobody holds, is refused",)
        assert not bench.log_in(first)

    def test_a_sweep_leaves_a_rotation_that_is_under_way(self, bench: Bench) -> None:
        first = bench.rotate(1)
        second = bench.create(2)
        bench.rotator.apply(second)
        assert bench.rotator.sweep([first]) == ()
        assert bench.log_in(second)
