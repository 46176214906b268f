"""Another program holds SQLite's one write lock under traffic; reading goes on meanwhile, and writing after it."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from tests.drills.scene import Outcome, traffic

TITLE = "SQLite locked by another program"


def drill(folder: Path, seconds: float) -> Iterator[Outcome]:
    """Hold the lock, look at lists meanwhile, let it go."""
    with traffic(folder) as under:
        other = sqlite3.connect(folder / "wardline.db", isolation_level=None, timeout=60)
        other.execute("BEGIN IMMEDIATE")
        until, statuses = time.monotonic() + seconds, []
        while time.monotonic() < until:
            began = time.monotonic()
            statuses.append(under.scene.nodes[0].get("findings").status_code)
            time.sleep(max(0.0, 0.5 - (time.monotonic() - began)))
        other.execute("ROLLBACK")
        returned = time.monotonic()
        other.close()
        read = sum(status == 200 for status in statuses)
        yield under.outcome(TITLE, seconds, returned, f"{read} of {len(statuses)} lists were answered meanwhile")
