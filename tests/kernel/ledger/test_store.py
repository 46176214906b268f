"""The database itself refuses to change what the ledger holds."""

# ruff: noqa: S608 - statements name our own tables

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger import store
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.model import Entry
from wardline.kernel.ledger.service import Ledger


@pytest.fixture
def filled(database, clock):
    ledger = Ledger(database, clock, Signer.generated())
    with database.transaction() as tx:
        ledger.record_all(tx, at=clock(), who=PLATFORM, entries=[Entry("a:b", f"x{n}", ("y",)) for n in range(300)])
    ledger.sequence()
    return database


def test_nothing_that_the_ledger_holds_is_changed_or_taken_away(filled):
    columns = {"ledger_events": "actor", "ledger_about": "identifier"}
    for table in store.GROWING:
        statements = [
            f"UPDATE {table.name} SET {columns.get(table.name, 'hash' if 'hash' in table.c else 'root')} = NULL",
            f"DELETE FROM {table.name}",
        ]
        if filled.postgresql:
            statements.append(f"TRUNCATE {table.name} CASCADE")
        for statement in statements:
            with pytest.raises(DBAPIError, match="only grows"), filled.transaction() as tx:
                tx.execute(text(statement))


def test_without_the_guards_it_would_be(filled):
    """The test above bites: the same statement passes once its guard is taken away."""
    with filled.transaction() as tx:
        if filled.postgresql:
            tx.execute(text("DROP TRIGGER ledger_heads_only_grows ON ledger_heads"))
        else:
            tx.execute(text("DROP TRIGGER ledger_heads_no_delete"))
        assert tx.execute(text("DELETE FROM ledger_heads")).rowcount == 1


def test_the_guards_are_listed_for_migrations_as_they_stand(filled):
    with filled.reading() as tx:
        assert guards(tx) == {
            statement.split()[2]
            for statement in store.PROTECTION["postgresql" if filled.postgresql else "sqlite"]
            if statement.startswith("CREATE TRIGGER")
        }


def guards(tx: Connection) -> set[str]:
    if tx.dialect.name == "postgresql":
        return set(tx.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'ledger%'")))
    return set(tx.scalars(text("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'ledger%'")))


def test_one_event_has_one_number_and_one_number_one_event(filled):
    for statement in (
        "INSERT INTO ledger_leaves SELECT number + 1000, entry, hash FROM ledger_leaves WHERE number = 7",
        "INSERT INTO ledger_leaves SELECT number, entry + 100000, hash FROM ledger_leaves WHERE number = 7",
    ):
        with pytest.raises(DBAPIError), filled.transaction() as tx:
            tx.execute(text(statement))
