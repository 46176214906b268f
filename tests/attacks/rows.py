"""What somebody with root on the server does: writes the database at will, past every trigger, and holds its keys."""

from typing import Any

from sqlalchemy import Connection, text, update

from wardline.kernel.database.engine import Database
from wardline.kernel.ledger.store import GROWING
from wardline.vault.server.tables import DOCUMENTS


def unprotected(tx: Connection) -> None:
    """Take away what keeps the ledger's tables from being changed."""
    for table in GROWING:
        if tx.dialect.name == "postgresql":
            tx.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
        else:
            for verb in ("update", "delete"):
                tx.execute(text(f"DROP TRIGGER IF EXISTS {table.name}_no_{verb}"))


def rewritten(database: Database, kind: str, path: str, number: int, **values: Any) -> None:
    """Change the row of a document."""
    with database.transaction() as tx:
        here = (DOCUMENTS.c.kind == kind) & (DOCUMENTS.c.path == path) & (DOCUMENTS.c.number == number)
        assert tx.execute(update(DOCUMENTS).where(here).values(**values)).rowcount == 1
