"""A large JSON report, one element at a time: arrays are cut into their elements, and orjson reads each.

What is wanted is named by patterns: a key, `"*"` for every key of an object, `"[]"` for every element of an array, as
in `("runs", "[]", "results", "[]")`. Everything else is passed over and never built, so that memory is bounded by the
largest element. An element ends where the text that stands between two elements comes next, if orjson takes what is
before it: a JSON object that parses whole cannot end anywhere else. If not, brackets outside of strings are counted.

Reports hold what strict parsers refuse (bytes that are no UTF-8, `NaN`, lone surrogates): such an element is read again
leniently. Source of the grammar: RFC 8259.
"""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from wardline.findings.importers.json_cursor import NO_LINE, TOO_LARGE, Cursor, Path, Pattern, loaded, shown
from wardline.findings.importers.model import DamagedReportError
from wardline.findings.importers.source import Source

_HEAD_BYTES: Final = 256 * 1024


def elements(source: Source, *patterns: Pattern) -> Iterator[tuple[Path, Any]]:
    """Yield every value that a pattern names, with its path, in the order of the document.

    What is too large or malformed within its brackets is left out and noted in `source.troubles`. Raises:
    `DamagedReportError` where the document itself ends or breaks.
    """
    with source.open() as file:
        yield from Cursor(file, source, quiet=False).values(patterns)


def known(source: Source, *patterns: Pattern) -> Iterator[tuple[Path, Any]]:
    """Yield as `elements` does, at most `bounds.max_known` of them; a damaged document just ends.

    For what results refer to (rules, packages), which is read before the results are: they say what is damaged.
    """
    try:
        with source.open() as file:
            for count, found in enumerate(Cursor(file, source, quiet=True).values(patterns)):
                if count >= source.bounds.max_known:
                    source.trouble("more rules, packages or files are listed than are kept", shown(found[0]))
                    return
                yield found
    except DamagedReportError:
        return


def objects(source: Source) -> Iterator[Any]:
    """Yield the objects of a report that is one array of them, or one a line, or one after the other."""
    with source.open() as file:
        head = file.peek(_HEAD_BYTES).lstrip()
        if head.rstrip() == b"null":  # how a program in Go writes an empty list
            return
        if head[:1] == b"{" and _first_is_a_line(head):
            yield from _lines(file, source)
            return
        cursor = Cursor(file, source, quiet=False)
        for _, value in cursor.values([("[]",)] if head[:1] == b"[" else [()]):
            yield value


def _first_is_a_line(head: bytes) -> bool:
    line, end, _ = head.partition(b"\n")
    return loaded(line) is not None or not end


def _lines(file: BinaryIO, source: Source) -> Iterator[Any]:
    """Yield one value a line. A line that is none is left out and noted: the others stand for themselves."""
    number = 0
    limit = source.bounds.max_element_bytes
    while line := file.readline(limit + 1):
        number += 1
        if len(line) > limit:
            source.trouble(TOO_LARGE, f"line {number:,}")
            while line and not line.endswith(b"\n"):
                line = file.readline(limit)
            continue
        if not line.strip():
            continue
        value = loaded(line)
        if value is None:
            source.trouble(NO_LINE, f"line {number:,}")
        else:
            yield value


def headers(source: Source, bases: Sequence[Pattern], keys: Sequence[str]) -> dict[Path, dict[str, Any]]:
    """Return what the objects at these places say of themselves: by their path, their values under some keys.

    For objects that are too large to be read whole, whose elements need to know in what they stand.
    """
    found: dict[Path, dict[str, Any]] = {}
    for path, value in known(source, *((*base, key) for base in bases for key in keys)):
        found.setdefault(path[:-1], {})[str(path[-1])] = value
    return found
