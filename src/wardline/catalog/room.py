"""What every part of this room works with."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from wardline.kernel import ids
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.identity.model import Principal

if TYPE_CHECKING:
    from wardline.kernel.ledger.service import Ledger

_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?")
_NOT_IN_SLUGS: Final = re.compile(r"[^a-z0-9._-]+")


class Room:
    """The database, the clock and the ledger."""

    def __init__(self, database: Database, clock: Callable[[], datetime], ledger: "Ledger") -> None:
        self._database: Final = database
        self._clock: Final = clock
        self._ledger: Final = ledger

    def _record(
        self, tx: Connection, who: Principal, action: str, subject: str, *about: str | None, **details: Any
    ) -> None:
        """Write an event into the ledger, in the same transaction as what it is about."""
        named = tuple(one for one in about if one)
        self._ledger.record(tx, at=self._clock(), who=who, action=action, subject=subject, about=named, details=details)

    def record_in(self, tx: Connection, who: Principal, action: str, subject: str, *about: str, **details: Any) -> None:
        """Write an event of this room from beside it (the directory), in the caller's transaction."""
        self._record(tx, who, action, subject, *about, **details)


def checked_slug(slug: str) -> str:
    """Return a short name that can stand in an address and is no identifier.

    Raises: `AskedWronglyError`.
    """
    if not _SLUG.fullmatch(slug) or _is_id(slug):
        raise AskedWronglyError(
            f"{slug!r:.60} is no short name", hint="lower-case letters, digits, dots, dashes: payments, web-shop.eu"
        )
    return slug


def slug_of(name: str) -> str:
    """Return a short name made of any name ("" where nothing of it can stand in one)."""
    made = _NOT_IN_SLUGS.sub("-", name.casefold())[:100].strip("-._")
    return "" if not _SLUG.fullmatch(made) or _is_id(made) else made


def _is_id(text: str) -> bool:
    try:
        ids.kind(text)
    except AskedWronglyError:
        return False
    return True
