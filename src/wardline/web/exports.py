"""Lists as files: CSV that a spreadsheet opens without running anything, and JSON.

Source: RFC 4180; RFC 8259; OWASP, "CSV Injection".
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from starlette.responses import Response

from wardline.kernel.paging import Listing, Page

Row = TypeVar("Row")

MAX_ROWS: Final = 10_000
_A_PIECE: Final = 500
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def every(ask: Callable[[Page], Listing[Row]], most: int = MAX_ROWS) -> Iterator[Row]:
    """Give every row of a list, asked for a piece at a time; at most `most`."""
    page: Page | None = Page(min(_A_PIECE, most))
    given = 0
    while page is not None:
        listing = ask(page)
        for row in listing.rows:
            if given == most:
                return
            given += 1
            yield row
        page = Page(page.limit, listing.next_cursor) if listing.next_cursor else None


def answer(kind: str, name: str, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Response:
    """Return the rows as a file to keep: `kind` is "csv" or "json"."""
    if kind == "json":
        content = _json([dict(row) for row in rows])
        media_type = "application/json"
    else:
        content = _csv(rows, columns)
        media_type = "text/csv; charset=utf-8"
    return Response(
        content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}.{kind}"'}
    )


def cell(value: Any) -> str:
    """Return a value as one cell: text that a spreadsheet would take for a formula is marked as text."""
    if value is None:
        return ""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    text = text.replace("\x00", "\ufffd")
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text


def _csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])
    return written.getvalue().encode("utf-8", "replace")


def _json(rows: Sequence[Mapping[str, Any]]) -> bytes:
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    return orjson.dumps(rows, option=options, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)
