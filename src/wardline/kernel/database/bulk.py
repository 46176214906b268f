"""Many rows at once: one statement, whatever they are, at a fraction of what a row costs otherwise.

    bulk.insert(tx, FINDINGS, rows)
    bulk.insert(tx, SIGHTINGS, rows, key=("source", "finding"))   # in place of what has the same key
    bulk.insert(tx, WORDS, rows, key=())                          # nothing where it is there already
    bulk.update(tx, FINDINGS, ("id",), rows)

SQLAlchemy's own way handles every value of every row in Python, three times what SQLite needs for the row; PostgreSQL's
driver sends a message for every row. Here SQLite gets tuples, and PostgreSQL one JSON text that it takes apart itself.
Values are what the columns' types take; columns that hold bytes are not for this.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Boolean, Column, Connection, Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import JSON

from wardline.kernel.database.types import Moment, PlainText, storable, stored

Row = Mapping[str, Any]
_POSTGRESQL: Final = postgresql.dialect()  # type: ignore[no-untyped-call] # for the names of types


def insert(tx: Connection, table: Table, rows: Sequence[Row], *, key: Sequence[str] | None = None) -> None:
    """Insert rows, which all have the columns of the first, in their order.

    Without `key`, one that is there already is an error. With it, whatever has the same values in these columns gets
    the other ones; with an empty one it stays as it is.
    """
    if not rows:
        return
    names = tuple(rows[0])
    on_conflict = _on_conflict(names, key)
    if tx.dialect.name == "postgresql":
        columns = ", ".join(names)
        statement = (
            f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {_recordset(table, names)}{on_conflict}"  # noqa: S608 - the names of our own columns
        )
        tx.execute(text(statement), {"rows": _json(table, names, rows)})
        return
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}){on_conflict}"  # noqa: S608 - as above
    tx.exec_driver_sql(statement, _tuples(table, names, rows))


def update(tx: Connection, table: Table, key: Sequence[str], rows: Sequence[Row]) -> None:
    """Change, in the row that has each one's values in `key`, its other columns. The rows need not name the same ones.

    No two rows have the same key.
    """
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        alike.setdefault(tuple(row), []).append(row)
    for names, some in alike.items():
        changed = [name for name in names if name not in key]
        if not changed:
            continue
        if tx.dialect.name == "postgresql":
            values = ", ".join(f"{name} = given.{name}" for name in changed)
            here = " AND ".join(f"{table.name}.{name} = given.{name}" for name in key)
            statement = f"UPDATE {table.name} SET {values} FROM {_recordset(table, names)} WHERE {here}"  # noqa: S608 - as above
            tx.execute(text(statement), {"rows": _json(table, names, some)})
        else:
            values = ", ".join(f"{name} = ?" for name in changed)
            here = " AND ".join(f"{name} = ?" for name in key)
            statement = f"UPDATE {table.name} SET {values} WHERE {here}"  # noqa: S608 - as above
            tx.exec_driver_sql(statement, _tuples(table, (*changed, *key), some))


def _on_conflict(names: Sequence[str], key: Sequence[str] | None) -> str:
    if key is None:
        return ""
    others = [name for name in names if name not in key]
    if not key or not others:
        return " ON CONFLICT DO NOTHING"
    return f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in others)}"


def _recordset(table: Table, names: Sequence[str]) -> str:
    columns = ", ".join(f"{name} {_named_type(table.c[name])}" for name in names)
    return f"json_to_recordset(CAST(:rows AS json)) AS given ({columns})"


@lru_cache(maxsize=512)
def _named_type(column: Column[Any]) -> str:
    return column.type.compile(_POSTGRESQL)


def _json(table: Table, names: Iterable[str], rows: Sequence[Row]) -> str:
    """Return rows as one JSON text; times as RFC 3339, text as PostgreSQL keeps it."""
    from orjson import OPT_NON_STR_KEYS, dumps

    kinds = [(name, table.c[name].type) for name in names]
    texts = {name for name, kind in kinds if isinstance(kind, PlainText)}
    documents = {name for name, kind in kinds if isinstance(kind, JSON)}
    if texts or documents:
        rows = [
            {
                name: _plain(value) if name in texts else _document(value) if name in documents else value
                for name, value in row.items()
            }
            for row in rows
        ]
    return dumps(list(rows), option=OPT_NON_STR_KEYS).decode()


def _tuples(table: Table, names: Sequence[str], rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Return rows as SQLite's driver takes them, value by value in the order of `names`."""
    made = [_lite(table.c[name]) for name in names]
    columns = [
        [row[name] for row in rows] if how is None else list(map(how, [row[name] for row in rows]))
        for name, how in zip(names, made, strict=True)
    ]
    return list(zip(*columns, strict=True))


def _lite(column: Column[Any]) -> Callable[[Any], Any] | None:
    """Return what makes a column's value one that SQLite keeps as SQLAlchemy would, or None where it is one."""
    if isinstance(column.type, Moment):
        return _moment
    if isinstance(column.type, PlainText):
        return _plain
    if isinstance(column.type, JSON):
        return _written
    if isinstance(column.type, Boolean):
        return _truth
    return None


def _moment(value: Any) -> str | None:
    """Return a time as SQLAlchemy's SQLite dialect writes it: in UTC, without a zone, with six digits of a second."""
    if value is None:
        return None
    kept: datetime = _MOMENT.process_bind_param(value, _POSTGRESQL)
    return kept.replace(tzinfo=None).isoformat(" ", "microseconds")


_MOMENT: Final[Any] = Moment()


def _truth(value: Any) -> int | None:
    return None if value is None else int(value)


def _plain(value: str | None) -> str | None:
    if value is None or (value.isascii() and "\x00" not in value):
        return value
    return stored(value)


def _document(value: Any) -> Any:
    """Return a JSON value that PostgreSQL keeps; nothing is copied where there is nothing to change, which is usual."""
    from orjson import JSONEncodeError, dumps

    try:
        if b"\\u0000" not in dumps(value):
            return value
    except JSONEncodeError:
        pass
    return storable(value)


def _written(value: Any) -> str:
    from orjson import JSONEncodeError, dumps

    plain = _document(value)
    try:
        return dumps(plain).decode()
    except JSONEncodeError:  # a number of more than 64 bits
        import json

        return json.dumps(plain)
