"""The drills in short: two seconds instead of the thirty that `make drills` takes, and only those that end as quickly.

The database and the disk are taken away in `test_faults.py`, nodes in `tests/stories/test_nodes_that_die.py`.
"""

from pathlib import Path

import pytest
from tests.drills import clock_jumps, database_locked
from tests.drills.__main__ import drills, row
from tests.drills.scene import Outcome

pytestmark = pytest.mark.loopback
SECONDS = 2.0


@pytest.mark.parametrize("drill", [clock_jumps, database_locked], ids=lambda drill: drill.__name__.rpartition(".")[2])
def test_what_was_acknowledged_outlives_it(drill, tmp_path: Path) -> None:
    outcomes = list(drill.drill(tmp_path, SECONDS))
    assert outcomes
    assert all(one.passed for one in outcomes), outcomes


def test_every_drill_is_found_and_a_failed_one_is_told_from_one_that_held() -> None:
    assert {"clock_jumps", "database_gone", "database_locked", "disk_full", "nodes_killed"} <= set(drills())
    held = Outcome("d", "SQLite", 1, 5, 0, 0, 0.1, 0.2, 0, 0, 0, whole=True)
    assert row(held)[-1] == "yes"
    for broken in ({"lost": 1}, {"twice": 1}, {"ended": 1}, {"whole": False}, {"acknowledged": 0}):
        assert row(held._replace(**broken))[-1] == "NO"
