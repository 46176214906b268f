"""The `[[package]]` tables of a TOML lockfile, and the lines of their names: TOML parsers give no positions."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from wardline.check.dependencies.model import LockfileError
from wardline.check.dependencies.reading import mapping, text, unmarked


class Tables:
    """The tables of one name in a document, none where it has none."""

    def __init__(self, data: bytes, document: Mapping[str, Any], name: str, remedy: str) -> None:
        """Take them from the document. Raises: `LockfileError` where they are something else."""
        rows = document.get(name, [])
        if not isinstance(rows, list):
            raise LockfileError(f"`{name}` is not a list of tables", hint=remedy)
        self.rows: list[Any] = rows
        self._data = data
        self._name = name

    @cached_property
    def lines(self) -> list[int]:
        """The line of every table's name."""
        return name_lines(self._data, self._name, [text(mapping(row).get("name")) for row in self.rows])

    def lines_of(self, numbers: Sequence[int]) -> list[int]:
        """Return the line of every package; `numbers` has each table's package, or -1 for none."""
        first: dict[int, int] = {}
        for line, number in zip(self.lines, numbers, strict=True):
            first.setdefault(number, line)
        return [first[number] for number in range(max(numbers, default=-1) + 1)]


def name_lines(data: bytes, table: str, names: Sequence[str]) -> list[int]:
    """Return the 1-based line of the name in every `[[table]]`, in the file's order; `names` are theirs.

    Where the file is not written as the tools write it, and the headers do not match the names one to one: the first
    line that has the name in quotation marks, or line 1.
    """
    data = unmarked(data)
    starts = _starts(data, table, len(names))
    if len(starts) != len(names):
        return _by_quotes(data, names)
    lines = []
    line = 1
    at = 0
    for (start, end), name in zip(pairwise([*starts, len(data)]), names, strict=True):
        quoted = name.encode("utf-8", "replace")
        found = data.find(b'\nname = "%s"' % quoted, start, end)
        place = found + 1 if found >= 0 else _otherwise(data, quoted, start, end)
        line += data.count(b"\n", at, place)
        at = place
        lines.append(line)
    return lines


def _otherwise(data: bytes, name: bytes, start: int, end: int) -> int:
    """Return where a table gives its name in another spelling (`name='x'`), or where the table starts."""
    found = re.compile(rb"^[ \t]*[\"']?name[\"']?[ \t]*=[ \t]*([\"'])%s\1" % re.escape(name), re.MULTILINE).search(
        data, start, end
    )
    return found.start() if found else start


def _starts(data: bytes, table: str, count: int) -> list[int]:
    """Return where the headers are: as the tools write them, else in any spelling of TOML."""
    header = b"\n[[%s]]\n" % table.encode()
    found = [0] if data.startswith(header[1:]) else []
    at = data.find(header)
    while at >= 0:
        found.append(at + 1)
        at = data.find(header, at + 1)
    if len(found) == count:
        return found
    spelled = rb"^[ \t]*\[\[[ \t]*['\"]?%s['\"]?[ \t]*\]\]" % re.escape(table.encode())
    return [match.start() for match in re.finditer(spelled, data, re.MULTILINE)]


def _by_quotes(data: bytes, names: Sequence[str]) -> list[int]:
    first: dict[bytes, int] = {}
    line = 1
    at = 0
    for match in re.finditer(rb"\"([^\"\n]*)\"|'([^'\n]*)'", data):
        line += data.count(b"\n", at, match.start())
        at = match.start()
        first.setdefault(match.group(1) or match.group(2) or b"", line)
    return [first.get(name.encode("utf-8", "replace"), 1) for name in names]
