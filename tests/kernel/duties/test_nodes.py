"""Two nodes over one database, real processes: killed at every step, stopped for longer than a lease.

What is done stands in a table beside the work: each piece of work must have exactly one effect and one event, and the
ledger, whose sequencer dies with its node as well, must be whole.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from wardline.kernel.clock import now
from wardline.kernel.duties.service import Duties
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.paging import Page

LEASE_SECONDS = 0.4
EACH = 6  # pieces of work for each node
POINTS = [
    "before-transaction",
    "before-effect",
    "in-transaction",
    "before-commit",
    "after-commit",
    "before-settling",
    "settled-not-committed",
]


@pytest.fixture(scope="module")
def starter():
    """A process with everything imported, which forks nodes."""
    program = Path(__file__).with_name("node.py")
    with subprocess.Popen(
        [sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        yield started
        started.stdin.close()
        started.wait(10)


class Nodes:
    """Starts nodes over one database, and looks at what they did."""

    def __init__(self, starter, url, database, folder):
        self.starter, self.url, self.database = starter, url, database
        signer = Signer.opened(folder)
        self.key = str(folder / "ledger.key")
        self.ledger = Ledger(database, now, signer)
        self.pids = []
        self.count = 0
        with database.transaction() as tx:
            tx.execute(text("CREATE TABLE work (id INTEGER PRIMARY KEY, done INTEGER NOT NULL)"))
            # No key: what is done twice stands here twice.
            tx.execute(text("CREATE TABLE effects (work INTEGER, node TEXT, fence INTEGER)"))

    def add_work(self, count):
        with self.database.transaction() as tx:
            rows = [{"id": self.count + n} for n in range(count)]
            tx.execute(text("INSERT INTO work VALUES (:id, 0)"), rows)
        self.count += count

    def start(self, name, at=None, how=signal.SIGKILL, *, sequencer=True):
        order = {"url": self.url, "name": name, "at": at, "signal": how, "lease": LEASE_SECONDS, "key": self.key}
        order["sequencer"] = sequencer
        self.starter.stdin.write(f"{json.dumps(order)}\n")
        self.starter.stdin.flush()
        pid = int(self.starter.stdout.readline())
        self.pids.append(pid)
        return pid

    def left(self):
        with self.database.reading() as tx:
            return tx.scalar(text("SELECT count(*) FROM work WHERE done = 0"))

    def effects(self):
        with self.database.reading() as tx:
            return tx.execute(text("SELECT work, node, fence FROM effects ORDER BY work")).all()

    def check(self):
        """Everything was done, once; every event has its number, once; and the ledger is whole."""
        effects = self.effects()
        assert [effect.work for effect in effects] == list(range(self.count))
        fences = [effect.fence for effect in effects]
        assert fences == sorted(fences)
        until(lambda: self.pending() == 0, "every event has a number")
        events = self.ledger.list(PLATFORM, action="work:done", page=Page(1000)).rows
        assert sorted(event.subject for event in events) == sorted(f"work-{n}" for n in range(self.count))
        assert {event.number for event in events} == set(range(1, self.count + 1))
        assert self.ledger.verify().ok

    def pending(self):
        with self.database.reading() as tx:
            return tx.scalar(text("SELECT count(*) FROM ledger_pending"))

    def end(self):
        for pid in self.pids:
            for sign in (signal.SIGCONT, signal.SIGKILL):
                if alive(pid):
                    os.kill(pid, sign)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def stopped(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def until(true, what, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.02)


@pytest.fixture
def nodes(starter, database_url, database, tmp_path):
    made = Nodes(starter, database_url, database, tmp_path / "state")
    yield made
    made.end()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")
def test_nodes_that_are_killed_at_every_step_do_nothing_twice_and_lose_nothing(nodes):
    for name in POINTS:
        nodes.add_work(EACH)
        pid = nodes.start(f"dies {name}", at=name)
        until(lambda pid=pid: not alive(pid), f"the node dies {name}")
    nodes.add_work(EACH)
    survivor = nodes.start("survivor")
    until(lambda: nodes.left() == 0, "the survivor has done everything")
    nodes.check()
    assert {effect.node for effect in nodes.effects()} >= {"survivor", "dies after-commit"}
    os.kill(survivor, signal.SIGTERM)
    until(lambda: not alive(survivor), "the survivor stops", 5)
    assert all(standing.holder is None for standing in Duties(nodes.database, now, "eye").list(PLATFORM))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")
@pytest.mark.parametrize("point", ["before-transaction", "in-transaction", "before-settling"])
def test_a_node_that_stands_still_for_longer_than_its_lease_does_nothing_twice(nodes, point):
    nodes.add_work(EACH)
    # On SQLite a process that stops while any of its threads writes stops all who write: not by chance, here.
    sleeper = nodes.start("sleeper", at=point, how=signal.SIGSTOP, sequencer=nodes.database.postgresql)
    until(lambda: stopped(sleeper), "the node stands still")
    nodes.start("other")
    within = point == "in-transaction" and not nodes.database.postgresql
    if within:  # SQLite has one lock for all who write, and the sleeper holds it: the others wait for it
        time.sleep(LEASE_SECONDS * 3)
        os.kill(sleeper, signal.SIGCONT)
        nodes.add_work(EACH)
    else:
        nodes.add_work(EACH)
        until(lambda: nodes.left() == 0, "the other has done everything")
        os.kill(sleeper, signal.SIGCONT)
        nodes.add_work(EACH)
    until(lambda: nodes.left() == 0, "everything is done")
    nodes.check()
    for pid in nodes.pids:
        os.kill(pid, signal.SIGTERM)
    until(lambda: not any(alive(pid) for pid in nodes.pids), "both stop", 10)
