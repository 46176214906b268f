import pytest
from tests.conftest import Clock
from tests.findings.waivers.world import World

from wardline.kernel.database.engine import Database


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path) -> World:
    """A small organisation, once on SQLite and once on PostgreSQL."""
    return World(database, clock, tmp_path)


@pytest.fixture
def small(lite: Database, clock: Clock, tmp_path) -> World:
    """The same on SQLite, for what does not depend on which database it is."""
    return World(lite, clock, tmp_path)
