import pytest
from tests.conftest import Clock
from tests.identities import World, world

from wardline.kernel.database.engine import Database


@pytest.fixture
def platform(database: Database, clock: Clock) -> World:
    """Identity and catalog with their first administrator: once on SQLite, once on PostgreSQL."""
    return world(database, clock)


@pytest.fixture
def small(lite: Database, clock: Clock) -> World:
    """The same on SQLite alone."""
    return world(lite, clock)
