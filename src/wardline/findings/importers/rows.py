"""Tables of text, one row at a time: CSV as spreadsheets and tools write it, with whatever separates the columns.

Source: RFC 4180, and what programs do instead: semicolons or tabs between columns, a line that names the separator
(`sep=;`), UTF-16.
"""

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from wardline.findings.importers.model import DamagedReportError
from wardline.findings.importers.source import Source

_SEPARATORS: Final = ",;\t|"
_MAX_COLUMNS: Final = 500
_MAX_ROW_CHARS: Final = 1024 * 1024
_TOO_LARGE: Final = "a row is larger than what is read at once"


def header(head: bytes) -> list[str]:
    """Return the names of the columns that the first row gives, in lower case, with `_` for whatever is between words.

    Raises: `DamagedReportError` where the first row is no such thing.
    """
    lines = io.StringIO(head[:65536].decode("utf-8", "replace"), newline="")
    first = next(_numbered(lines), None)
    if first is None:
        raise DamagedReportError("the table is empty", hint="have its tool write it again")
    return first[1]


def rows(source: Source) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row below the header with the number of the line it ends on: what stands under which column."""
    with source.open() as file:
        lines = io.TextIOWrapper(file, "utf-8", "replace", newline="")
        found = _numbered(_bounded(lines, source))
        _, names = next(found, (0, []))
        if not any(names):
            raise DamagedReportError("the table has no header", hint="its first row names the columns")
        for number, cells in found:
            if any(cells):
                yield number, {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}


def _bounded(lines: io.TextIOBase, source: Source) -> Iterator[str]:
    """Yield lines, none longer than a row may be."""
    number = 0
    while line := lines.readline(_MAX_ROW_CHARS):
        number += 1
        if len(line) == _MAX_ROW_CHARS and not line.endswith("\n"):
            source.trouble(_TOO_LARGE, f"line {number:,}")
            while line and not line.endswith("\n"):
                line = lines.readline(_MAX_ROW_CHARS)
            continue
        yield line.replace("\0", "")


def _numbered(lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows; the first as names. The separator is the one that stands most often in the first line."""
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        return
    told = re.fullmatch(r"\"?sep=(.)\"?\s*", first, re.IGNORECASE)
    if told:
        first = next(lines, "")
    separator = told[1] if told else max(_SEPARATORS, key=first.count)

    fed = _Fed(first, lines)
    reader = csv.reader(fed, delimiter=separator)
    try:
        names = next(reader, [])
        yield reader.line_num, [_name(name) for name in names[:_MAX_COLUMNS]]
        for cells in reader:
            fed.chars = 0
            yield reader.line_num, cells[:_MAX_COLUMNS]
    except csv.Error as error:
        raise DamagedReportError(
            f"the table cannot be read on at line {reader.line_num:,}: {error}", hint="have its tool write it again"
        ) from error


class _Fed:
    """Lines for a reader of rows, and how much it has taken since its last row: a quote may never close."""

    def __init__(self, first: str, rest: Iterator[str]) -> None:
        self.chars = 0
        self._lines = chain((first,), rest)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.chars += len(line)
        if self.chars > _MAX_ROW_CHARS:
            raise csv.Error("a row is larger than what is read at once")
        return line


def _name(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", cell.strip().lower()[:100]).strip("_")
