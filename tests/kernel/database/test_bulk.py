"""Many rows at once: what is kept is what SQLAlchemy would have kept, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, MetaData, String, Table, select
from sqlalchemy import insert as one_by_one
from sqlalchemy.exc import IntegrityError

from wardline.kernel.database import bulk
from wardline.kernel.database.engine import Database
from wardline.kernel.database.types import Document, Moment, PlainText

TABLE = Table(
    "many",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String),
    Column("words", PlainText),
    Column("at", Moment),
    Column("said", Document),
    Column("yes", Boolean(create_constraint=False)),
    Column("big", BigInteger),
)
AT = datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))


def row(number: int, **values: Any) -> dict[str, Any]:
    same = {"name": "n", "words": "w", "at": AT, "said": {"a": [1, None, "ü", 0.5]}, "yes": True, "big": 2**62}
    return {"id": number, **same, **values}


def kept(tx: Connection) -> list[tuple[Any, ...]]:
    return [tuple(found) for found in tx.execute(select(TABLE).order_by(TABLE.c.id))]


@pytest.fixture
def many(database: Database) -> Database:
    with database.transaction() as tx:
        TABLE.create(tx)
    return database


def test_rows_are_kept_as_one_by_one(many: Database):
    rows = [
        row(1),
        row(2, name=None, words=None, at=None, yes=None, big=None, said=[]),
        row(3, name="'; drop", words="nul \x00, half \ud800, ✓", said={"nul \x00": "half \udc00"}, yes=False, big=-1),
        row(4, at=datetime(2026, 1, 1, tzinfo=UTC), said="text"),
    ]
    with many.transaction() as tx:
        bulk.insert(tx, TABLE, rows)
        quick = kept(tx)
        tx.execute(TABLE.delete())
        storable = [{**one, "said": {"nul \ufffd": "half ?"} if one["id"] == 3 else one["said"]} for one in rows]
        tx.execute(one_by_one(TABLE), storable)
        assert quick == kept(tx)
        assert tx.execute(select(TABLE.c.id).where(TABLE.c.at == AT)).scalars().all() == [1, 3]


def test_nothing_is_nothing(many: Database):
    with many.transaction() as tx:
        bulk.insert(tx, TABLE, [])
        bulk.update(tx, TABLE, ("id",), [])
        bulk.update(tx, TABLE, ("id",), [{"id": 1}])
        assert kept(tx) == []


def test_a_key_says_what_becomes_of_a_row_that_is_there(many: Database):
    with many.transaction() as tx:
        bulk.insert(tx, TABLE, [row(1, name="old"), row(2, name="old")])
        bulk.insert(tx, TABLE, [row(2, name="new"), row(3, name="new")], key=("id",))
        bulk.insert(tx, TABLE, [row(3, name="newest"), row(4, name="newest")], key=())
        assert [found[1] for found in kept(tx)] == ["old", "new", "new", "newest"]
    with pytest.raises(IntegrityError), many.transaction() as tx:
        bulk.insert(tx, TABLE, [row(5), row(1)])
    with many.reading() as tx:
        assert [found[0] for found in kept(tx)] == [1, 2, 3, 4]


def test_each_row_is_changed_in_the_columns_that_it_names(many: Database):
    with many.transaction() as tx:
        bulk.insert(tx, TABLE, [row(number) for number in range(1, 5)])
        changes = [{"id": 1, "name": "a", "at": None}, {"id": 2, "said": {"x": 1}}, {"id": 3, "name": "c", "at": AT}]
        bulk.update(tx, TABLE, ("id",), [*changes, {"id": 99, "name": "nobody"}])
        bulk.update(tx, TABLE, ("id", "name"), [{"id": 4, "name": "other", "big": 1}, {"id": 3, "name": "c", "big": 2}])
        first, second, third, fourth = kept(tx)
        assert (first[1], first[3], first[2]) == ("a", None, "w")
        assert (second[1], second[4]) == ("n", {"x": 1})
        assert (third[1], third[3], third[6]) == ("c", AT, 2)
        assert fourth[6] == 2**62


def test_a_time_without_a_zone_is_refused(lite: Database):
    with lite.transaction() as tx:
        TABLE.create(tx)
        with pytest.raises(ValueError, match="zone"):
            bulk.insert(tx, TABLE, [row(1, at=datetime(2026, 1, 1))])  # noqa: DTZ001 - that is what is tried


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.text(), lambda inner: some.lists(inner)
    | some.dictionaries(some.text(), inner), max_leaves=6,
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=some.text(some.characters()), said=VALUES, at=some.datetimes(timezones=some.just(UTC)))
def test_whatever_is_said_is_kept_as_one_by_one(lite: Database, words: str, said: Any, at: datetime):
    with lite.transaction() as tx:
        TABLE.create(tx, checkfirst=True)
        tx.execute(TABLE.delete())
        bulk.insert(tx, TABLE, [row(1, words=words, said=said, at=at)])
        quick = kept(tx)
        assert quick[0][3] == at
        tx.execute(TABLE.delete())
        from wardline.kernel.database.types import storable

        tx.execute(one_by_one(TABLE), [row(1, words=words, said=storable(said), at=at)])
        assert quick == kept(tx)
