"""On which line each `[[package]]` of a TOML lockfile gives its name: TOML parsers give no positions."""

import re
from collections.abc import Sequence
from itertools import pairwise

from wardline.check.dependencies.reading import unmarked


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
