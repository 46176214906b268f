"""The database is killed under traffic and stays away; two nodes go on by themselves when it is back."""

import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests import databases
from tests.drills.scene import Outcome, traffic

TITLE = "PostgreSQL killed, and gone"


def drill(folder: Path, seconds: float) -> Iterator[Outcome]:
    """Kill the server, wait, start it."""
    if databases.programs() is None:
        return
    for cluster in databases.cluster(Path(tempfile.mkdtemp(prefix="wardline-drill-", dir="/tmp")), fsync=True):
        with traffic(folder, cluster.dsn(cluster.made()), nodes=2) as under:
            cluster.stop(signal.SIGQUIT)
            time.sleep(seconds)
            alive = [node.api.get(f"{node.url}/healthz").status_code for node in under.scene.nodes]
            ready = [node.api.get(f"{node.url}/readyz").status_code for node in under.scene.nodes]
            cluster.start()
            yield under.outcome(TITLE, seconds, time.monotonic(), f"meanwhile healthz {alive}, readyz {ready}")
