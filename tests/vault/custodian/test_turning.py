"""Rotations on a real PostgreSQL by custodians that die, fall asleep and wake up at every moment."""

import os
import signal
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from tests.vault.custodian.dying import custodian, moments, rotation_that_stops
from tests.vault.custodian.targets import Server
from tests.vault.custodian.world import World

from wardline.vault.custodian.postgres import Target
from wardline.vault.custodian.rotator import Patience, Version

pytestmark = pytest.mark.loopback

PATIENCE = Patience(lock=timedelta(seconds=0.6))
STEPS = 31  # every thirty-first moment, so that a run of all tests stays short; the drill takes each


@pytest.fixture
def target(server: Server) -> Target:
    return server.target(f"t{uuid4().hex[:8]}")


def logs_in(version: Version) -> bool:
    try:
        with psycopg.connect(version.fields["dsn"]) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_a_rotation_runs_through(target: Target, tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    turning = custodian(target, world, PATIENCE)
    first = turning.finish(target.path)
    assert first.rotation
    assert first.rotation.reason == "first"
    old = world.held(target.path)
    assert turning.turn(target.path).rotation is None  # nothing is due
    turning.finish(target.path, reason="asked")
    new = world.held(target.path)
    assert old
    assert new
    assert logs_in(new)
    assert not logs_in(old)
    assert turning.drain(target.path) == ()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_whenever_a_custodian_stops_readers_have_a_credential_that_works_and_another_finishes(
    target: Target, tmp_path: Path, how: signal.Signals
) -> None:
    world = World(tmp_path / "world")
    other = custodian(target, world, PATIENCE)
    for _ in range(3):  # both roles are there, and each rotation has as many moments as the next
        other.finish(target.path, reason="asked")
    for at in range(1, moments(target, world, PATIENCE) + 1, STEPS):
        pid = rotation_that_stops(target, world.file, PATIENCE, at, how)
        try:
            _, status = os.waitpid(pid, os.WUNTRACED)
            assert os.WIFSIGNALED(status) or os.WIFSTOPPED(status)
            held = world.held(target.path)
            assert held
            assert logs_in(held), f"stopped at moment {at}"
            turn = other.finish(target.path)  # nobody asks for it: the row, or its age, says so
            assert turn.rotation is None or turn.rotation.finished
            before = world.held(target.path)
            other.finish(target.path, reason="asked")  # and one more, while the first still sleeps
            held = world.held(target.path)
            assert held
            assert before
            with psycopg.connect(held.fields["dsn"]) as session:
                if how == signal.SIGSTOP:
                    os.kill(pid, signal.SIGCONT)
                    _, status = os.waitpid(pid, 0)
                    assert os.waitstatus_to_exitcode(status) == 0
                session.execute("SELECT 1")
            late = world.held(target.path)
            assert late
            assert logs_in(late)
            assert not logs_in(before) or late.number == before.number
        finally:
            os.kill(pid, signal.SIGKILL) if how == signal.SIGSTOP and not _gone(pid) else None


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
