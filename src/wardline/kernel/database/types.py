"""Column types that mean the same on SQLite and PostgreSQL."""

import contextlib
import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, MetaData, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

# Names of constraints that both databases and every migration agree on.
METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Document: Final = JSON().with_variant(postgresql.JSONB(), "postgresql")  # JSON values, dictionaries and lists
Bytes: Final = LargeBinary  # digests and signatures
_FEW: Final = 19
_LONG: Final = re.compile(rf"\d{{{_FEW}}}")


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps it without a zone, as sortable text; a naive one is refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Return `timestamptz` on PostgreSQL."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            detail = "a time without a zone"
            raise ValueError(detail)
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time as aware UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(TypeDecorator[str]):
    """Text of any length as strangers write it; U+0000 and lone surrogates, which PostgreSQL refuses, are not kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text with what cannot be stored shown as U+FFFD."""
        del dialect
        return None if value is None else stored(value)


def loaded(document: str | bytes) -> Any:
    """Return the value of a JSON text that a database has kept, as `json.loads` does, and several times as quickly.

    Raises: as that; `TypeError` for what is no text (SQLite keeps a number alone as a number).
    """
    from orjson import loads

    said = document.decode() if isinstance(document, bytes) else document
    if len(said) < _FEW or not _LONG.search(said):  # a number too large for it would become a fraction
        with contextlib.suppress(ValueError):  # NaN, lone surrogates
            return loads(said)
    return json.loads(said)


def stored(text: str) -> str:
    """Return text as `PlainText` keeps it."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def storable(value: Any) -> Any:
    """Return a JSON value that both databases keep: its texts, and the names in it, as `PlainText` would keep them."""
    if isinstance(value, str):
        return stored(value)
    if isinstance(value, dict):
        return {stored(str(name)): storable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value
