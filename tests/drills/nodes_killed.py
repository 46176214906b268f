"""Nodes are killed (-9) under load, one after the other, and started again by whoever watches them."""

import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests import databases
from tests.drills.scene import Outcome, Traffic, traffic

TITLE = "nodes killed (-9) under load"
_KILLS = 6


def drill(folder: Path, seconds: float) -> Iterator[Outcome]:
    """One node over SQLite, two over PostgreSQL."""
    lite = folder / "lite"
    lite.mkdir()
    with traffic(lite) as under:
        yield _killed(under, seconds)
    if databases.programs() is None:
        return
    many = folder / "many"
    many.mkdir()
    for cluster in databases.cluster(Path(tempfile.mkdtemp(prefix="wardline-drill-", dir="/tmp")), fsync=True):
        with traffic(many, cluster.dsn(cluster.made()), nodes=2) as under:
            yield _killed(under, seconds)


def _killed(under: Traffic, seconds: float) -> Outcome:
    """Kill and restart, in turn, evenly over the time; each start is a new process at a new port."""
    nodes = under.scene.nodes
    for kill in range(_KILLS):
        time.sleep(seconds / _KILLS)
        place = kill % len(nodes)
        dead = nodes[place]
        dead.process.send_signal(signal.SIGKILL)
        dead.process.wait(20)
        nodes[place] = under.scene.started()
        dead.end()
    return under.outcome(TITLE, seconds, time.monotonic(), f"{_KILLS} times")
