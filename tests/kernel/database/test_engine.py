"""The database: all or nothing, one snapshot, and words of our own when it does not answer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select, text

from wardline.kernel.database.engine import Database
from wardline.kernel.database.types import Document, Moment, PlainText
from wardline.kernel.errors import AskedWronglyError, UnavailableError

NOTE = Table("note", MetaData(), Column("at", Moment), Column("text", PlainText), Column("more", Document))


@pytest.fixture
def notes(database: Database) -> Database:
    with database.transaction() as tx:
        NOTE.metadata.create_all(tx)
    return database


def test_what_was_committed_comes_back_as_it_was(notes: Database) -> None:
    at = datetime(2026, 3, 2, 9, 30, 1, 250_000, tzinfo=UTC)
    with notes.transaction() as tx:
        tx.execute(insert(NOTE).values(at=at, text="a\x00b\ud800", more={"deep": [1, None]}))
    with notes.reading() as tx:
        assert tx.execute(select(NOTE)).one() == (at, "a\ufffdb?", {"deep": [1, None]})


def test_a_block_that_raises_leaves_nothing(notes: Database) -> None:
    def half() -> None:
        with notes.transaction() as tx:
            tx.execute(insert(NOTE).values(text="half"))
            raise KeyError

    with pytest.raises(KeyError):
        half()
    with notes.reading() as tx:
        assert tx.execute(select(NOTE)).all() == []


def test_reading_is_one_snapshot(notes: Database) -> None:
    with notes.reading() as tx:
        assert tx.execute(select(NOTE)).all() == []
        with notes.transaction() as other:
            other.execute(insert(NOTE).values(text="meanwhile"))
        assert tx.execute(select(NOTE)).all() == []


def test_a_time_without_a_zone_is_refused(notes: Database) -> None:
    with pytest.raises(Exception, match="without a zone"), notes.transaction() as tx:
        tx.execute(insert(NOTE).values(at=datetime(2026, 3, 2)))  # noqa: DTZ001 - what is refused


def test_a_database_that_is_not_there_is_said_in_words_without_its_address() -> None:
    database = Database("postgresql://someone:hidden@127.0.0.1:1/wardline")
    with pytest.raises(UnavailableError) as raised, database.reading():
        pass
    assert "hidden" not in raised.value.detail + raised.value.hint
    assert "127.0.0.1" not in raised.value.detail
    assert not database.answers()


def test_a_damaged_file_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "wardline.db"
    path.write_bytes(b"not a database, certainly not one" * 100)
    with pytest.raises(UnavailableError, match="damaged"), Database(f"sqlite:///{path}").reading():
        pass


@pytest.mark.parametrize("url", ["", "sqlite://", "mysql://here/there", "nonsense", "sqlite:///:memory:"])
def test_another_address_is_asked_wrongly(url: str) -> None:
    with pytest.raises(AskedWronglyError, match="no address"):
        Database(url)


def test_text_that_a_database_does_not_keep_is_asked_wrongly(database: Database):
    asked = text("SELECT CAST(:given AS TEXT)")
    refused = ["half \ud800", *(["nul \x00"] if database.postgresql else [])]
    for given in refused:
        with pytest.raises(AskedWronglyError, match="no database keeps"), database.reading() as tx:
            tx.execute(asked, {"given": given})
        with pytest.raises(AskedWronglyError, match="no database keeps"), database.transaction() as tx:
            tx.execute(asked, {"given": given})
