"""Queries about rotations' rows: compare-and-set, or nothing."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wardline.vault.server.model import Row
from wardline.vault.server.tables import ROTATIONS

_ROW = tuple(ROTATIONS.c[name] for name in Row._fields)


def unfinished(tx: Connection, path: str) -> Row | None:
    """Return a secret's unfinished rotation."""
    row = tx.execute(select(*_ROW).where(ROTATIONS.c.path == path, ROTATIONS.c.step != "done")).first()
    return Row(*row) if row else None


def unfinished_of(tx: Connection, paths: Sequence[str]) -> dict[str, Row]:
    """Return the unfinished rotations of these secrets."""
    query = select(*_ROW).where(ROTATIONS.c.path.in_(paths), ROTATIONS.c.step != "done")
    return {row.path: Row(*row) for row in tx.execute(query)}


def begin(tx: Connection, row: Row) -> bool:
    """Insert a row unless the secret has an unfinished one, or had this number; return whether it is kept."""
    try:
        with tx.begin_nested():
            tx.execute(insert(ROTATIONS).values(**row._asdict()))
    except IntegrityError:
        return False
    return True


def change(tx: Connection, row: Row) -> bool:
    """Keep `row` in place of the revision before it; return whether that was there and unfinished.

    A row that waits for its value has the number 0, and takes its own once there is one.
    """
    number = ROTATIONS.c.number.in_((0, row.number))
    here = (ROTATIONS.c.path == row.path) & number & (ROTATIONS.c.step != "done")
    query = update(ROTATIONS).where(here, ROTATIONS.c.revision == row.revision - 1)
    try:
        with tx.begin_nested():
            return tx.execute(query.values(**row._asdict())).rowcount == 1
    except IntegrityError:  # the secret had this number
        return False


def forget(tx: Connection, path: str, below: int) -> None:
    """Delete a secret's finished rotations below a number: their ciphertext is of no use any more."""
    tx.execute(
        delete(ROTATIONS).where(ROTATIONS.c.path == path, ROTATIONS.c.step == "done", ROTATIONS.c.number < below)
    )
