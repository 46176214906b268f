"""The API over a small organisation, on SQLite (`world`) or on both databases (`worlds`)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api import world as making
from tests.api.world import World
from tests.conftest import Clock

from wardline.kernel.database.engine import Database


@pytest.fixture
def world(lite: Database, tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = making.made(f"sqlite:///{tmp_path / 'lite.db'}", tmp_path / "state", clock)
    yield made
    made.services.database.close()


@pytest.fixture
def worlds(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = making.made(database_url, tmp_path / "state", clock)
    yield made
    made.services.database.close()
