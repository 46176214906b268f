import pytest
from tests.conftest import Clock
from tests.findings.world import World

from wardline.kernel.database.engine import Database


@pytest.fixture
def platform(database: Database, clock: Clock) -> World:
    """Findings with one team and one service: once on SQLite, once on PostgreSQL."""
    return World(database, clock)


@pytest.fixture
def small(lite: Database, clock: Clock) -> World:
    """The same on SQLite alone."""
    return World(lite, clock)
