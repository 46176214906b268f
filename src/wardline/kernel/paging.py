"""Long lists a piece at a time: a cursor says where the last piece ended, so nothing is skipped or shown twice.

A cursor is opaque to who holds it and carries the sort key of the last row; the list may grow meanwhile.
"""

import base64
import json
from collections.abc import Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from wardline.kernel.errors import AskedWronglyError

Row = TypeVar("Row")

MAX_LIMIT: Final = 1000
_LONGEST_CURSOR: Final = 1024


class Page(NamedTuple):
    """Which piece is asked for: at most `limit` rows after `cursor` (None: from the start)."""

    limit: int = 50
    cursor: str | None = None

    def after(self, *kinds: type) -> tuple[Any, ...] | None:
        """Return the sort key that the cursor carries, one value of each of `kinds`, or None at the start.

        Raises: `AskedWronglyError` for a cursor that is not ours or is of another list.
        """
        if self.cursor is None:
            return None
        try:
            key = json.loads(base64.urlsafe_b64decode(self.cursor[:_LONGEST_CURSOR].encode("ascii") + b"=="))
        except (ValueError, RecursionError):
            raise _not_ours() from None
        if not isinstance(key, list) or [type(value) for value in key] != list(kinds) or not all(map(_kept, key)):
            raise _not_ours()
        return tuple(key)


class Listing(NamedTuple, Generic[Row]):
    """One piece of a list, and the cursor of the next (None: this was the last)."""

    rows: Sequence[Row]
    next_cursor: str | None = None


def cursor(*key: str | float) -> str:
    """Return the cursor after a row with this sort key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode("ascii").rstrip("=")


def _kept(value: Any) -> bool:
    """Return whether a database could have given this value: no other stands in a cursor that we made."""
    if isinstance(value, str):
        return value.isprintable() or not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in value)
    return isinstance(value, int | float) and -(2**63) <= value < 2**63  # not NaN, which is not at least anything


def _not_ours() -> AskedWronglyError:
    return AskedWronglyError("this cursor belongs to no list of ours", hint="ask for the list without a cursor")
