"""Migrations make exactly the tables that the code uses, go up and down with rows in them, and never half happen."""

import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from wardline.kernel.database.engine import Database
from wardline.kernel.database.types import Moment
from wardline.kernel.errors import CannotSayError
from wardline.main import migrating
from wardline.main.schema import SCHEMA

REVISIONS = [
    part.revision for part in ScriptDirectory(str(Path(migrating.__file__).parent / "migrations")).walk_revisions()
][::-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgresql_cluster")
    name = server.made()
    yield server.dsn(name)
    server.drop(name)


def example(column: sa.Column[Any], number: int) -> Any:
    """A value that the column takes: another for each number."""
    for kind, value in (
        (Moment, datetime(2026, 3, 2, 9, 0, number, tzinfo=UTC)),
        (sa.Boolean, False),
        (sa.Integer, number),
        (sa.Float, 0.5),
        (sa.LargeBinary, b"%d" % number),
        (sa.JSON, {"number": number}),
    ):
        if isinstance(column.type, kind):
            return value
    return f"text {number}"


def filled(tx: sa.Connection) -> dict[str, int]:
    """Put a row into every table that stands, what refers to another after what it refers to."""
    known: dict[sa.Column[Any], Any] = {}
    there = set(sa.inspect(tx).get_table_names())
    counts = {}
    for table in SCHEMA.sorted_tables:
        if table.name not in there:
            continue
        row = {}
        for column in table.columns:
            if column.identity is not None:
                known[column] = 1  # the database's own first number
            if column.computed is not None or column.identity is not None:
                continue
            referred = next((known.get(key.column) for key in column.foreign_keys), None)
            row[column.name] = example(column, 1) if referred is None else referred
            known[column] = row[column.name]
        tx.execute(sa.insert(table).values(row))
        counts[table.name] = 1
    return counts


def counted(tx: sa.Connection, names: set[str]) -> dict[str, int]:
    return {
        name: tx.execute(sa.select(sa.func.count()).select_from(SCHEMA.tables[name])).scalar_one() for name in names
    }


def test_migrations_make_exactly_the_tables_that_the_code_uses(empty: str) -> None:
    database = Database(empty)
    assert migrating.standing(database) is None
    assert migrating.migrate(database) == migrating.newest()
    with database.reading() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": False})
        assert compare_metadata(context, SCHEMA) == []
    migrating.require_migrated(database)
    assert migrating.migrate(database) == migrating.newest()
    database.close()


def triggers(tx: sa.Connection) -> set[str]:
    listed = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    return set(tx.execute(sa.text(listed[tx.dialect.name])).scalars())


def test_migrations_make_the_triggers_that_let_the_ledger_only_grow(empty: str) -> None:
    database = Database(empty)
    migrating.migrate(database)
    with database.reading() as tx:
        migrated = triggers(tx)
    migrating.migrate(database, "base")
    with database.transaction() as tx:
        assert triggers(tx) == set()
        SCHEMA.create_all(tx)
        assert migrated == triggers(tx) != set()
    database.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_migration_goes_down_and_up_again_with_rows_in_every_table(empty: str, revision: str) -> None:
    database = Database(empty)
    migrating.migrate(database)
    with database.transaction() as tx:
        rows = counted(tx, set(filled(tx)))  # a trigger may have put more beside them
    below = REVISIONS[REVISIONS.index(revision) - 1] if revision != REVISIONS[0] else "base"
    migrating.migrate(database, below)
    with database.reading() as tx:
        left = set(sa.inspect(tx).get_table_names()) & set(rows)
        assert counted(tx, left) == {name: rows[name] for name in left}
        assert left != set(rows)
    migrating.migrate(database)
    with database.reading() as tx:
        assert set(rows) <= set(sa.inspect(tx).get_table_names())
        assert counted(tx, left) == {name: rows[name] for name in left}
    database.close()


def test_a_database_that_was_never_migrated_is_refused_with_the_way_out(empty: str) -> None:
    database = Database(empty)
    with pytest.raises(CannotSayError) as raised:
        migrating.require_migrated(database)
    database.close()
    assert "wardline migrate" in raised.value.hint


def test_a_database_of_a_newer_version_is_left_alone(empty: str) -> None:
    database = Database(empty)
    migrating.migrate(database)
    with database.transaction() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotSayError, match="9999"):
        migrating.migrate(database)
    database.close()


def migrate_there(url: str) -> None:
    database = Database(url)
    migrating.migrate(database)
    database.close()


def test_nodes_that_migrate_at_the_same_time_wait_for_each_other(empty: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    nodes = [spawn.Process(target=migrate_there, args=(empty,)) for _ in range(3)]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join(60)
    assert [node.exitcode for node in nodes] == [0, 0, 0]
    database = Database(empty)
    assert migrating.standing(database) == migrating.newest()
    database.close()
