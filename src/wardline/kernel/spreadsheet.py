"""Rows for a spreadsheet program: CSV that stays data when it is opened, whatever strangers wrote into it.

Source: RFC 4180; what is neutralised is what OWASP's page on CSV injection names.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

# What a spreadsheet takes for the start of a formula, in ASCII and in full width; a tab or line end before it is eaten.
_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_BLANK: Final = " \t\r\n\v\f\u00a0\u3000\ufeff"
_QUOTED: Final = frozenset('",;\r\n\t\v\f')


def cell(value: Any) -> str:
    """Return a value as one cell: text that would be a formula has an apostrophe before it, and all text is one cell.

    Numbers stay numbers, also negative ones. Times are ISO 8601 in UTC. None is an empty cell.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(value).replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if text.startswith(_FORMULA) or text.lstrip(_BLANK).startswith(_FORMULA):
        text = "'" + text
    if _QUOTED.intersection(text) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def line(values: Iterable[Any]) -> str:
    """Return one row, with its line end."""
    return ",".join(map(cell, values)) + "\r\n"
