"""Custodians in processes of their own that die, or fall asleep, at a chosen moment of a rotation."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psycopg
from tests.vault.custodian.world import World

from wardline.vault.custodian.postgres import Target
from wardline.vault.custodian.rotator import Patience
from wardline.vault.custodian.rotators.postgresql import PostgreSQL
from wardline.vault.custodian.turning import Turning


class Moments:
    """Counts what a custodian does: each statement on the target, before and after, and each word to the world."""

    def __init__(self, at: int, how: signal.Signals) -> None:
        self.at = at
        self.how = how
        self.count = 0

    def __call__(self, place: str) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), self.how)

    def watch(self) -> None:
        """Count statements and commits too, from now on, in this process."""
        execute, leave = psycopg.Connection.execute, psycopg.Transaction.__exit__

        def counted(connection: psycopg.Connection, *args: object, **named: object) -> object:
            self("statement")
            try:
                return execute(connection, *args, **named)  # type: ignore[arg-type]
            finally:
                self("statement, done")

        def left(transaction: psycopg.Transaction, *args: object) -> object:
            self("commit")
            try:
                return leave(transaction, *args)  # type: ignore[arg-type]
            finally:
                self("commit, done")

        psycopg.Connection.execute = counted  # type: ignore[method-assign, assignment]
        psycopg.Transaction.__exit__ = left  # type: ignore[method-assign, assignment]


def custodian(target: Target, world: World, patience: Patience) -> Turning:
    rotator = PostgreSQL(target, patience=patience)
    return Turning(world, world, lambda path: rotator, world.clock)


def forked(work: Callable[[], object]) -> int:
    """Run `work` in a child of this process and return its process id; its exit status says if it ended well."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    except BaseException as error:  # noqa: BLE001 - the child says what happened and is gone
        os.write(2, f"\nthe custodian in a process of its own: {error!r}\n".encode())
    finally:
        os._exit(status)


def rotation_that_stops(target: Target, file: Path, patience: Patience, at: int, how: signal.Signals) -> int:
    """Fork a custodian that rotates once, and is killed or stopped at its `at`-th moment; return its process id."""

    def work() -> None:
        moments = Moments(at, how)
        moments.watch()
        world = World(file, pause=moments)
        custodian(target, world, patience).finish(target.path, reason="asked")

    return forked(work)


def moments(target: Target, world: World, patience: Patience) -> int:
    """How many moments one rotation has."""
    counter = Moments(0, signal.SIGKILL)
    reader, writer = os.pipe()

    def work() -> None:
        counter.watch()
        custodian(target, World(world.file, pause=counter), patience).finish(target.path, reason="asked")
        os.write(writer, str(counter.count).encode())

    os.waitpid(forked(work), 0)
    os.close(writer)
    with os.fdopen(reader) as told:
        return int(told.read())
