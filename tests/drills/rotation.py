"""Rotations on a real PostgreSQL under load: `python -m tests.drills.rotation [--seconds 60] [NAME …]`.

- load: one rotation a second, while clients keep opening connections with what they hold, and pools run transactions of
  two seconds. A pool that renews leaves a connection when there is a newer version; one that does not is the usual pool
  that only looks whether a connection is alive.
- revocation: from the call to "the old credential is refused and its sessions are gone", with readers that answer and
  with one that never does.
- killed: the server is killed while rotations go on, and is started again.
- together: two custodians at once on one secret, killed at random.
- deaths: a custodian is killed, and another stopped and woken up later, at every moment of a rotation.

Each prints its figures; exit status 1 where one is not what it has to be.
"""

import argparse
import itertools
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
from tests.vault.custodian import targets
from tests.vault.custodian.dying import custodian, forked, moments, rotation_that_stops
from tests.vault.custodian.world import GRANT, World

from wardline.vault.custodian.postgres import Target
from wardline.vault.custodian.rotator import Patience, Version
from wardline.vault.custodian.turning import Turning

PATIENCE = Patience(lock=timedelta(seconds=0.6))
READER = "orders"
TRANSACTION_SECONDS = 2.0


class Reader:
    """What a workload holds: an agent's push, as a look at the world every 20 ms, and its receipt."""

    def __init__(self, world: World, path: str) -> None:
        self.world = world
        self.path = path
        self.version: Version | None = None
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def dsn(self) -> str:
        assert self.version
        return self.version.fields["dsn"]

    def _look(self) -> None:
        while not self.stopped.wait(0.02):
            held = self.world.held(self.path)
            if held and (self.version is None or held.number > self.version.number):
                self.version = held
                self.world.receive(self.path, held.number, READER)


class Clients:
    """Threads that use a database as services do, and count what happens to them."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.stopped = threading.Event()
        self.threads: list[threading.Thread] = []

    def start(self, openers: int, pools: int) -> None:
        work: list[Callable[[], None]] = [self._open] * openers
        work += [lambda: self._pooled(renews=True)] * pools + [lambda: self._pooled(renews=False)] * pools
        self.threads = [threading.Thread(target=one, daemon=True) for one in work]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(10)

    def _open(self) -> None:
        while not self.stopped.is_set():
            try:
                with psycopg.connect(self.reader.dsn()) as connection:
                    connection.execute("SELECT current_user")
            except psycopg.Error as error:
                self._broken("failed connections", error)
            else:
                self.counts["connections"] += 1
            time.sleep(0.01)

    def _pooled(self, *, renews: bool) -> None:
        kind = "renewing" if renews else "plain"
        connection, number = None, 0
        while not self.stopped.is_set():
            newest = self.reader.version
            assert newest
            if connection is not None and renews and number != newest.number:
                connection.close()
                connection = None
            if connection is not None:
                try:
                    connection.execute("SELECT 1")  # what a pool does before it hands a connection out
                except psycopg.Error:
                    self.counts[f"{kind}: found dead"] += 1
                    connection = None
            try:
                if connection is None:
                    newest = self.reader.version
                    connection, number = psycopg.connect(newest.fields["dsn"], autocommit=True), newest.number
                with connection.transaction():
                    connection.execute("INSERT INTO public.drill VALUES (1)")
                    connection.execute(b"SELECT pg_sleep(%s)" % str(TRANSACTION_SECONDS).encode())
                    connection.execute("INSERT INTO public.drill VALUES (1)")
            except psycopg.Error as error:
                self._broken(f"{kind}: broken transactions", error)
                connection = None
            else:
                self.counts[f"{kind}: transactions"] += 1
            time.sleep(0.1)

    def _broken(self, what: str, error: Exception) -> None:
        self.counts[what] += 1
        self.problems.append(f"{what}: {str(error).strip().splitlines()[0]}")


@contextmanager
def scene(folder: Path, *, server: targets.Server) -> Iterator[tuple[Target, World, Reader]]:
    """A secret that was rotated once, and a reader who takes each version."""
    target = server.target("drill")
    world = World(folder / "world", grant=replace(GRANT, drain_seconds=round(3 * TRANSACTION_SECONDS)))
    world.readers = (READER,)
    reader = Reader(world, target.path)
    reader.thread.start()
    custodian(target, world, PATIENCE).finish(target.path)
    server.sql("DROP TABLE IF EXISTS public.drill", "CREATE TABLE public.drill (n int)")
    server.sql("ALTER TABLE public.drill OWNER TO drill_owner")
    while reader.version is None:
        time.sleep(0.02)
    try:
        yield target, world, reader
    finally:
        reader.stopped.set()
        reader.thread.join()


def load(folder: Path, server: targets.Server, seconds: float) -> bool:
    """One rotation a second under load."""
    with scene(folder, server=server) as (target, world, reader):
        clients = Clients(reader)
        clients.start(openers=4, pools=3)
        began = time.monotonic()

        def rotate() -> None:
            own = World(world.file, grant=world.kept_grant)
            own.readers = world.readers
            turning = custodian(target, own, PATIENCE)
            drainer = threading.Thread(target=_drained, args=(turning, target.path, began + seconds), daemon=True)
            drainer.start()
            for turn in itertools.count(1):
                done = turning.finish(target.path, reason="asked")
                assert done.rotation
                assert done.rotation.finished
                if time.monotonic() > began + seconds:
                    break
                time.sleep(max(0.0, began + turn - time.monotonic()))
            drainer.join()

        pid = forked(rotate)
        _, status = os.waitpid(pid, 0)
        took = time.monotonic() - began
        clients.stop()
        rotations = world.highest(target.path) - 1
        counts = clients.counts
        say("load", f"{rotations} rotations in {took:.0f} s (with the last drain)")
        for name in sorted(
            {*counts, "failed connections", "renewing: broken transactions", "plain: broken transactions"}
        ):
            say("load", f"{name}: {counts[name]}")
        for problem in clients.problems[:5]:
            say("load", problem)
        broken = sum(count for name, count in counts.items() if "broken" in name or "failed" in name)
        return os.waitstatus_to_exitcode(status) == 0 and not broken and rotations >= seconds * 0.9


def revocation(folder: Path, server: targets.Server, seconds: float) -> bool:
    """From the call to "refused, and its sessions are gone"."""
    held_up = True
    for silent in (False, True):
        took = []
        with scene(folder, server=server) as (target, world, reader):
            world.readers = (READER, "silent") if silent else (READER,)
            turning = custodian(target, world, PATIENCE)
            for _ in range(20):
                old = reader.version
                assert old
                sessions = [psycopg.connect(old.fields["dsn"], autocommit=True) for _ in range(4)]
                sessions[1].execute("BEGIN")
                running = threading.Thread(target=_run_long, args=(sessions[2],))
                running.start()
                time.sleep(0.05)
                began = time.monotonic()
                turning.revoke(target.path)
                while _alive(old, server):
                    time.sleep(0.005)
                took.append(time.monotonic() - began)
                running.join()
                for session in sessions:
                    session.close()
                while reader.version is None or reader.version.number == old.number:
                    time.sleep(0.01)
        who = "a reader who never answers" if silent else "readers who answer"
        say("revocation", f"{who}: median {statistics.median(took):.2f} s, slowest {max(took):.2f} s of {len(took)}")
        held_up = held_up and max(took) < 2
        shutil.rmtree(folder)
        folder.mkdir()
    return held_up


def killed(folder: Path, server: targets.Server, seconds: float) -> bool:
    """The server is killed while rotations go on."""
    with scene(folder, server=server) as (target, world, reader):
        stopped = threading.Event()
        turning = custodian(target, world, PATIENCE)

        def rotate() -> None:
            while not stopped.is_set():
                turning.finish(target.path, reason="asked", within=timedelta(seconds=1))

        thread = threading.Thread(target=rotate)
        thread.start()
        first_failed = 0
        for _ in range(5):
            time.sleep(0.37)
            server.cluster.stop(signal.SIGQUIT)
            time.sleep(0.5)
            server.cluster.start()
            try:
                psycopg.connect(reader.dsn()).close()
            except psycopg.OperationalError as error:
                first_failed += 1
                say("killed", f"the first connection after: {str(error).strip()}")
        stopped.set()
        thread.join()
        before = world.highest(target.path)
        done = turning.finish(target.path, reason="asked")
        say("killed", f"5 times, {first_failed} first connections failed, {before} versions; the last rotation "
            f"{'finished' if done.rotation and done.rotation.finished else 'DID NOT FINISH'}")  # fmt: skip
        return not first_failed and bool(done.rotation and done.rotation.finished)


def deaths(folder: Path, server: targets.Server, seconds: float) -> bool:
    """A custodian stops at every moment of a rotation."""
    target = server.target("deaths")
    world = World(folder / "world")
    other = custodian(target, world, PATIENCE)
    for _ in range(3):
        other.finish(target.path, reason="asked")
    counts: Counter[str] = Counter()
    whole = moments(target, world, PATIENCE)
    for how in (signal.SIGKILL, signal.SIGSTOP):
        for at in range(1, whole + 1):
            pid = rotation_that_stops(target, world.file, PATIENCE, at, how)
            os.waitpid(pid, os.WUNTRACED)
            counts[f"{how.name} lockouts"] += not _works(world, target)
            turn = other.finish(target.path)
            counts[f"{how.name} unfinished"] += bool(turn.rotation and not turn.rotation.finished)
            if how == signal.SIGSTOP:
                other.finish(target.path, reason="asked")
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
                    os.waitpid(pid, 0)
                counts["SIGCONT lockouts"] += not _works(world, target)
    say("deaths", f"{whole} moments of a rotation, each killed and each stopped: {dict(counts)}")
    return not sum(counts.values())


def _drained(turning: Turning, path: str, until: float) -> None:
    """End sessions of refused versions, beside the rotations, until none is left."""
    while turning.drain(path) or time.monotonic() < until:
        time.sleep(0.02)


def together(folder: Path, server: targets.Server, seconds: float) -> bool:
    """Two custodians rotate the same secret at once, and are killed at random; clients connect all the while."""
    with scene(folder, server=server) as (target, world, reader):
        clients = Clients(reader)
        clients.start(openers=3, pools=0)

        def rotate() -> None:
            own = World(world.file, grant=world.kept_grant)
            own.readers = world.readers
            turning = custodian(target, own, PATIENCE)
            while True:
                turning.finish(target.path, reason="asked", within=timedelta(seconds=2))
                turning.drain(target.path)

        chance, kills, until = random.Random(7), 0, time.monotonic() + min(seconds, 30)  # noqa: S311 - a drill's dice
        pids = [forked(rotate), forked(rotate)]
        while time.monotonic() < until:
            time.sleep(chance.uniform(0.1, 1.0))
            which = chance.randrange(2)
            os.kill(pids[which], signal.SIGKILL)
            os.waitpid(pids[which], 0)
            pids[which], kills = forked(rotate), kills + 1
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        done = custodian(target, world, PATIENCE).finish(target.path)
        finished = done.rotation is None or done.rotation.finished
        clients.stop()
        versions, counts = world.highest(target.path), clients.counts
        failed = counts["failed connections"]
        say("together", f"{kills} kills, {versions} versions, {counts['connections']} connections, {failed} failed")
        say("together", f"the last rotation {'finished' if finished else 'DID NOT FINISH'} without hands")
        for problem in clients.problems[:3]:
            say("together", problem)
        return finished and not failed


def _works(world: World, target: Target) -> bool:
    held = world.held(target.path)
    try:
        psycopg.connect(held.fields["dsn"] if held else "").close()
    except psycopg.OperationalError:
        return False
    return True


def _run_long(session: psycopg.Connection) -> None:
    with suppress(psycopg.OperationalError):
        session.execute("SELECT pg_sleep(30)")


def _alive(old: Version, server: targets.Server) -> bool:
    with server.root() as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s", (old.fields["username"],)
        ).fetchone()
    try:
        psycopg.connect(old.fields["dsn"]).close()
    except psycopg.OperationalError:
        return bool(row and row[0])
    return True


def say(name: str, text: str) -> None:
    sys.stdout.write(f"{name:<12}{text}\n")
    sys.stdout.flush()


DRILLS = {one.__name__: one for one in (load, revocation, killed, deaths, together)}


def main() -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the load lasts [default: 60]")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"[default: all of {', '.join(DRILLS)}]")
    asked = parser.parse_args()
    held = []
    for name in asked.names or DRILLS:
        folder = Path(tempfile.mkdtemp(prefix="wardline-drill-"))
        try:
            with targets.server() as server:
                held.append(DRILLS[name](folder, server, asked.seconds))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        say(name, "held" if held[-1] else "DID NOT HOLD")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
