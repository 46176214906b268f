"""What many tests need: a database, on SQLite and on PostgreSQL, and a clock that stands still until it is moved."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests import databases

from wardline.kernel.database.engine import Database

# A change is judged by what it changed: the same examples are tried every time. WARDLINE_RANDOM=1 looks for new ones.
# Neither a slow example nor slow drawing is a failure: no test is about time.
settings.register_profile(
    "same",
    derandomize=not os.environ.get("WARDLINE_RANDOM"),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same")


class Clock:
    """A clock for services: call it for the time; `clock.forward(hours=4)` moves it."""

    def __init__(self, at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **units: float) -> datetime:
        self.at += timedelta(**units)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _children() -> set[str]:
    """The process ids of this process's children, zombies too (proc_pid_children(5))."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


@pytest.fixture
def new_children() -> Callable[[], set[str]]:
    """Call it for the children that are there and were not when the test began (a session's servers were)."""
    before = _children()
    return lambda: _children() - before


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[databases.Cluster]:
    """One PostgreSQL server for the whole session of one worker."""
    if databases.programs() is None:
        pytest.skip("no PostgreSQL server here: install Debian's package postgresql (make system)")
    yield from databases.cluster(Path(tempfile.mkdtemp(prefix="wardline-pg-", dir="/tmp")))


@pytest.fixture(scope="session")
def postgresql_template(postgresql_cluster: databases.Cluster) -> str:
    """The name of a database that has every table and no row."""
    from wardline.main.schema import SCHEMA

    name = postgresql_cluster.made()
    database = Database(postgresql_cluster.dsn(name))
    with database.transaction() as tx:
        SCHEMA.create_all(tx)
    database.close()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that has every table and no row."""
    from wardline.main.schema import SCHEMA

    path = tmp_path_factory.mktemp("template") / "wardline.db"
    database = Database(f"sqlite:///{path}")
    with database.transaction() as tx:
        SCHEMA.create_all(tx)
    with database.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with every table: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "wardline.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_cluster")
    name = server.made(request.getfixturevalue("postgresql_template"))
    yield server.dsn(name)
    server.drop(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database: once on SQLite, once on PostgreSQL."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def lite(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """An open SQLite database, for what does not depend on which database it is."""
    path = tmp_path / "lite.db"
    shutil.copyfile(sqlite_template, path)
    opened = Database(f"sqlite:///{path}")
    yield opened
    opened.close()
