"""The contract of every rotator: each target's test file derives `Contract` and gives it a `bench`."""

from abc import ABC, abstractmethod
from uuid import uuid4

import pytest

from wardline.vault.custodian import fences
from wardline.vault.custodian.fences import NotReadyError, SupersededError
from wardline.vault.custodian.rotator import RefusedByTargetError, Rotator, Version


class Bench(ABC):
    """One secret on one target, and what a test looks at beside the rotator."""

    rotator: Rotator
    other: Rotator  # the same secret in another custodian's hands

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
        before = self.rotator.standing().published
        version = self.create(number)
        self.rotator.apply(version)
        self.rotator.verify(version)
        self.rotator.publish(version)
        for old in before:
            self.rotator.refuse(old)
        return version


class Contract:
    def test_nothing_is_missing_on_a_target_that_is_set_up(self, bench: Bench) -> None:
        assert bench.rotator.missing() == ()

    def test_creating_a_value_leaves_the_target_as_it_is(self, bench: Bench) -> None:
        version = bench.create(1)
        assert bench.rotator.standing().highest == 0
        assert not bench.log_in(version)

    def test_an_applied_version_logs_in_beside_the_published_one(self, bench: Bench) -> None:
        first = bench.rotate(1)
        second = bench.create(2)
        bench.rotator.apply(second)
        bench.rotator.verify(second)
        assert bench.log_in(first)
        assert bench.log_in(second)

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
        standing = bench.rotator.standing()
        assert (standing.highest, standing.published, standing.pending, standing.draining) == (2, (2,), (), ())

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

    def test_a_version_that_was_not_applied_does_not_verify(self, bench: Bench) -> None:
        with pytest.raises(RefusedByTargetError):
            bench.rotator.verify(bench.create(1))

    def test_a_custodian_that_wakes_up_late_changes_nothing(self, bench: Bench) -> None:
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

    def test_another_value_under_the_same_number_is_refused(self, bench: Bench) -> None:
        mine, theirs = bench.create(1), bench.create(1)
        bench.rotator.apply(mine)
        with pytest.raises(SupersededError, match="another value"):
            bench.other.apply(theirs)
        assert bench.log_in(mine)

    def test_a_retired_version_does_not_come_back(self, bench: Bench) -> None:
        first = bench.rotate(1)
        bench.rotate(2)
        with pytest.raises(SupersededError):
            bench.other.apply(first)
        assert not bench.log_in(first)

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

    def test_no_password_stands_in_the_targets_log(self, bench: Bench) -> None:
        first = bench.rotate(1)
        second = bench.rotate(2)
        assert bench.log_in(second)
        assert second.fields["username"] in bench.log()
        for version in (first, second):
            assert version.fields["password"] not in bench.log()
