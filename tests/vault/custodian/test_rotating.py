"""The state machine: its rules one by one, and any interleaving of two custodians, deaths, jumps and a lying server."""

import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.conftest import Clock
from tests.vault.custodian.simulator import Machine, Session, Simulated
from tests.vault.custodian.world import GRANT, World, consumer

from wardline.kernel.errors import WardlineError
from wardline.vault.custodian import rotating
from wardline.vault.custodian.rotating import Reason, Rotation
from wardline.vault.custodian.turning import Turning
from wardline.vault.protocol.receipts import Publication

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATH = "db/orders"


def row(reason: Reason = "due") -> Rotation:
    return rotating.begun(PATH, 7, "0" * 16, b"sealed", reason=reason, at=NOW)


def publication(*silent: str) -> Publication:
    return Publication(NOW, tuple(map(consumer, ["orders", *silent])), {consumer("orders").bound.signing})


def test_the_steps_follow_each_other_and_end() -> None:
    rotation, steps = row(), []
    while not rotation.finished:
        steps.append(rotation.step)
        rotation = rotating.stepped(rotation, NOW)
    assert steps == ["apply", "verify", "publish", "retire"]
    assert rotation.revision == 4


def test_a_step_that_fails_is_tried_again_later_each_time_and_at_least_each_minute() -> None:
    rotation, pauses = row(), []
    for _ in range(15):
        rotation = rotating.failed(rotation, "the target does not answer", NOW)
        assert rotation.not_before
        pauses.append(rotation.not_before - NOW)
        assert rotation.step == "apply"
    assert pauses == sorted(pauses)
    assert pauses[0] < timedelta(seconds=1)
    assert pauses[-1] == timedelta(seconds=60)
    assert not rotating.ready(rotation, NOW)
    assert rotating.ready(rotation, NOW + timedelta(seconds=60))


def test_a_clock_that_was_set_back_does_not_stop_a_rotation() -> None:
    rotation = rotating.failed(row(), "", NOW)
    assert rotating.ready(rotation, NOW - timedelta(hours=1))


def test_a_rotation_that_has_failed_for_long_is_a_finding() -> None:
    rotation = rotating.failed(row(), "", NOW)
    assert not rotating.stuck(rotation, NOW + timedelta(minutes=14))
    assert rotating.stuck(rotation, NOW + timedelta(minutes=16))
    assert not rotating.stuck(row(), NOW + timedelta(hours=16))


@pytest.mark.parametrize(
    ("published", "reason"),
    [
        (None, "first"),
        (NOW - timedelta(hours=23), None),
        (NOW - timedelta(hours=24), "due"),
        (NOW + timedelta(seconds=30), None),
        (NOW + timedelta(minutes=30), "due"),
    ],
)
def test_a_secret_is_rotated_when_it_has_no_version_or_an_old_one(
    published: datetime | None, reason: Reason | None
) -> None:
    assert rotating.due(GRANT, published, NOW) == reason


def test_nothing_is_retired_without_proof_that_the_new_version_was_published() -> None:
    reasons: tuple[Reason, ...] = ("due", "revoked")
    for reason in reasons:
        assert not rotating.retirement(reason, None, GRANT, NOW + timedelta(days=365)).now


def test_with_every_receipt_the_overlap_is_waited_for() -> None:
    grant = replace(GRANT, overlap_seconds=300)
    waiting = rotating.retirement("due", publication(), grant, NOW + timedelta(seconds=299))
    assert not waiting.now
    assert waiting.again == NOW + timedelta(seconds=300)
    assert rotating.retirement("due", publication(), grant, NOW + timedelta(seconds=300)).now


def test_without_a_receipt_it_is_a_finding_first_and_ends_at_the_maximum_age() -> None:
    assert not rotating.retirement("due", publication("batch"), GRANT, NOW + timedelta(minutes=69)).finding
    late = rotating.retirement("due", publication("batch"), GRANT, NOW + timedelta(minutes=71))
    assert not late.now
    assert late.finding == "the new version was not taken by batch"
    last = rotating.retirement("due", publication("batch"), GRANT, NOW + timedelta(days=30))
    assert last.now
    assert last.finding == "the version before was retired without word from batch"


def test_a_revocation_waits_a_second_for_those_who_remain() -> None:
    grant = replace(GRANT, overlap_seconds=300)
    assert rotating.retirement("revoked", publication(), grant, NOW).now
    assert not rotating.retirement("revoked", publication("batch"), grant, NOW + timedelta(seconds=0.9)).now
    assert rotating.retirement("revoked", publication("batch"), grant, NOW + timedelta(seconds=1)).now
    assert rotating.retirement("revoked", publication("batch"), grant, NOW - timedelta(hours=1)).now


class Killed(BaseException):
    """A custodian ends here, as `kill -9` ends it: nothing of it cleans up."""


class Actor:
    """A custodian in a thread that goes on only when it is told to, from one moment to the next."""

    def __init__(self, file: Path, machine: Machine, clock: Clock) -> None:
        self.world = World(file, grant=replace(GRANT, drain_seconds=1), clock=clock, pause=self.pause)
        rotator = Simulated(PATH, machine, self.pause)
        self.turning = Turning(self.world, self.world, lambda path: rotator, clock, pause=0)
        self.going, self.halted = threading.Semaphore(0), threading.Semaphore(0)
        self.thread: threading.Thread | None = None
        self.dying = False
        self.wrong: BaseException | None = None

    def rotate(self) -> None:
        turn = self.turning.turn(PATH, reason="asked")
        while turn.rotation and not turn.rotation.finished and turn.again is None:
            turn = self.turning.turn(PATH)

    def pause(self, place: str) -> None:
        if self.thread is not threading.current_thread():
            return
        if not self.dying:
            self.halted.release()
            self.going.acquire()
        if self.dying:
            raise Killed

    def start(self, work: Callable[[], object]) -> None:
        def run() -> None:
            try:
                work()
            except (Killed, WardlineError):
                pass
            except BaseException as error:  # noqa: BLE001 - shown by the test that told it to go on
                self.wrong = error
            finally:
                self.thread = None
                self.halted.release()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        self._wait()

    def go(self) -> None:
        self.going.release()
        self._wait()

    def kill(self) -> None:
        if self.thread:
            self.dying = True
            self.go()

    def _wait(self) -> None:
        assert self.halted.acquire(timeout=60)
        if self.wrong:
            raise self.wrong


@pytest.mark.parametrize("rotations", [2, 3])
def test_a_custodian_that_slept_at_any_moment_while_the_other_went_on_does_no_harm(
    tmp_path: Path, rotations: int
) -> None:
    machine, clock = Machine(), Clock()
    world = World(tmp_path / "world", clock=clock)
    other = Turning(world, world, lambda path: Simulated(PATH, machine), clock)
    other.finish(PATH)
    for moment in range(1, 200):
        sleeper = Actor(tmp_path / "world", machine, clock)
        sleeper.start(sleeper.rotate)
        for _ in range(moment):
            if sleeper.thread:
                sleeper.go()
        if sleeper.thread is None:
            assert moment > 20
            return
        for _ in range(rotations):
            other.finish(PATH, reason="asked")
        held = world.held(PATH)
        assert held
        session = machine.open(held)
        while sleeper.thread:
            sleeper.go()
            assert machine.log_in(held.fields) or world.held(PATH) != held
        held = world.held(PATH)
        assert held
        assert machine.log_in(held.fields)
        assert session in machine.sessions or session.number != held.number
        other.finish(PATH)
        other.drain(PATH)
    raise AssertionError("a rotation has no end")


class Custodians(RuleBasedStateMachine):
    """Two custodians of one secret on one target; readers, a server that forgets or goes back, a clock that jumps."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.file = Path(self.folder.name) / "world"
        self.machine, self.clock = Machine(), Clock()
        self.world = World(self.file, clock=self.clock)
        self.actors = [self._actor(), self._actor()]
        self.kept: list[Rotation] = []
        self.sessions: list[Session] = []
        Turning(self.world, self.world, lambda path: Simulated(PATH, self.machine), self.clock).finish(PATH)

    def _actor(self) -> Actor:
        return Actor(self.file, self.machine, self.clock)

    @rule(which=st.integers(0, 1), reason=st.sampled_from(["asked", "revoked", None]))
    def starts(self, which: int, reason: Reason | None) -> None:
        actor = self.actors[which]
        if actor.thread is None:
            actor.start(lambda: actor.turning.turn(PATH, reason=reason))

    @rule(which=st.integers(0, 1), rotations=st.integers(1, 3))
    def rotates(self, which: int, rotations: int) -> None:
        """Whole rotations by one, while the other stands where it was."""
        actor = self.actors[which]
        for _ in range(rotations if actor.thread is None else 0):
            actor.start(actor.rotate)
            while actor.thread:
                actor.go()

    @rule(which=st.integers(0, 1))
    def drains(self, which: int) -> None:
        actor = self.actors[which]
        if actor.thread is None:
            actor.start(lambda: actor.turning.drain(PATH))

    @rule(which=st.integers(0, 1))
    def sweeps(self, which: int) -> None:
        actor = self.actors[which]
        if actor.thread is None:
            actor.start(lambda: actor.turning.sweep(PATH))

    @rule(which=st.integers(0, 1), moments=st.integers(1, 30))
    def goes_on(self, which: int, moments: int) -> None:
        for _ in range(moments):
            if self.actors[which].thread:
                self.actors[which].go()

    @rule(which=st.integers(0, 1))
    def is_killed(self, which: int) -> None:
        self.actors[which].kill()
        self.actors[which] = self._actor()

    @rule(seconds=st.sampled_from([0.3, 5, 90, 5000, 200_000, -0.5, -3600, -200_000]))
    def time_passes_or_jumps(self, seconds: float) -> None:
        self.clock.forward(seconds=seconds)

    @rule(down=st.booleans())
    def the_target_goes_down_or_comes_back(self, down: bool) -> None:
        self.machine.down = down

    @rule(busy=st.booleans())
    def a_reader_connects(self, busy: bool) -> None:
        held = self.world.held(PATH)
        if held and not self.machine.down:
            self.sessions.append(self.machine.open(held, busy=busy))

    @rule()
    def the_server_keeps_a_copy(self) -> None:
        found = self.world.unfinished(PATH)
        self.kept += [found] if found else []

    @rule()
    def the_server_loses_the_row(self) -> None:
        self.world.lose(PATH)

    @precondition(lambda self: self.kept)
    @rule(choice=st.integers(0, 100))
    def the_server_goes_back(self, choice: int) -> None:
        self.world.lose(PATH)
        self.world.begin(self.kept[choice % len(self.kept)])

    @invariant()
    def what_readers_hold_logs_in(self) -> None:
        held = self.world.held(PATH)
        assert held
        down, self.machine.down = self.machine.down, False
        assert self.machine.log_in(held.fields)
        self.machine.down = down

    @invariant()
    def no_session_of_what_readers_hold_is_ended(self) -> None:
        held = self.world.held(PATH)
        assert held
        assert all(one in self.machine.sessions for one in self.sessions if one.number == held.number)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        for actor in self.actors:
            actor.kill()
        self.machine.down = False
        turning = Turning(self.world, self.world, lambda path: Simulated(PATH, self.machine), self.clock)
        for _ in range(60):  # without hands: time passes, and a custodian looks at the secret
            turning.turn(PATH)
            turning.drain(PATH)
            self.clock.forward(seconds=30)
        assert self.world.unfinished(PATH) is None
        turning.sweep(PATH)
        self.what_readers_hold_logs_in()
        held = self.world.held(PATH)
        assert held
        standing = Simulated(PATH, self.machine).standing()
        assert standing.published == (held.number,)
        assert {session.number for session in self.machine.sessions} <= {held.number}
        self.folder.cleanup()


TestCustodians = Custodians.TestCase
TestCustodians.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
