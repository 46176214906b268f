"""Which format a report is in: its first bytes give the shapes in it, and each format declares the shapes it shows.

A shape is where a key stands (`"runs[].results"`), the root element of an XML document (`"<issues>"`) or a column of a
table (`"column:severity"`). The format of which most is seen at once is the one.
"""

import re
from collections.abc import Iterator
from typing import Final

from wardline.findings.importers.model import DamagedReportError, Format, UnknownReportError
from wardline.findings.importers.source import Source
from wardline.kernel.plugins import Plugin, catalogue
from wardline.kernel.text import printable

_PACKAGE: Final = "wardline.findings.importers.formats"
_HEAD_BYTES: Final = 256 * 1024
_MAX_DEPTH: Final = 5
_MAX_SHAPES: Final = 5000
_MAX_TOKENS: Final = 50_000
_TOKEN: Final = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*)"|[{}\[\],:]', re.DOTALL)
_XML_ROOT: Final = re.compile(
    rb"\s*(?:<\?[^>]{0,500}>\s*|<!--(?:[^-]|-(?!->)){0,5000}-->\s*|<!DOCTYPE[^\[>]{0,500}(?:\[[^\]]{0,20000}\]\s*)?>\s*){0,20}"
    rb"<([A-Za-z_][\w.-]{0,100})",
)


def formats() -> list[Format]:
    """Return every format that is read, by name."""
    found = [_format(plugin) for plugin in catalogue(_PACKAGE)]
    return sorted(found, key=lambda one: one.name)


def _format(plugin: Plugin) -> Format:
    declared = plugin.declared
    return Format(
        name=declared["NAME"],
        title=declared["TITLE"],
        kind=declared["KIND"],
        practice=declared["PRACTICE"],
        signs=tuple(map(tuple, declared["SIGNS"])),
        plugin=plugin,
    )


def named(name: str) -> Format:
    """Return the format of that name. Raises: `UnknownReportError`, listing those that there are."""
    for one in formats():
        if one.name == name:
            return one
    raise UnknownReportError(f"unknown format {printable(name, max_chars=80)!r}", hint=_listed())


def recognise(source: Source) -> Format:
    """Return the format that the report's own content shows.

    Raises: `UnknownReportError` where it is none that is known; it lists those that are. `DamagedReportError` where it
    cannot even be opened.
    """
    with source.open() as file:
        head = file.read(_HEAD_BYTES)
    seen = shapes(head)
    found = [(len(signs), one) for one in formats() for signs in one.signs if seen.issuperset(signs)]
    if not found:
        raise UnknownReportError(_unrecognised(head), hint=_listed())
    most = max(count for count, _ in found)
    return next(one for count, one in found if count == most)


def fits(known: Format, source: Source) -> bool:
    """Return whether a report may be of a format: it shows what the format declares, or is its empty list."""
    with source.open() as file:
        head = file.read(_HEAD_BYTES)
    seen = shapes(head)
    if head.strip() in {b"[]", b"null"}:
        return any(sign.startswith("[]") for signs in known.signs for sign in signs)
    return any(seen.issuperset(signs) for signs in known.signs)


def _listed() -> str:
    return f"name it with --format, one of: {', '.join(one.name for one in formats())}"


def _unrecognised(head: bytes) -> str:
    if not head.strip():
        return "the report is empty"
    if head.startswith((b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ")):
        return "the report is packed: unpack it first (gzip alone is read as it is)"
    if head.strip() in {b"[]", b"{}"}:
        return "the report is an empty list, which says not whose it is"
    return "the report is in no format that is recognised"


def shapes(head: bytes) -> set[str]:
    """Return the shapes that the first bytes of a report show."""
    start = head.lstrip()
    if start[:1] == b"<":
        found = _XML_ROOT.match(head)
        return {f"<{found[1].decode()}>"} if found else set()
    if start[:1] in {b"{", b"["} or (json_at := re.search(rb"\n[ \t]*[{\[]", head)) is None:
        return _columns(head) if start[:1] not in {b"{", b"["} else _json(start)
    return _columns(head) | _json(head[json_at.start() :])  # a tool's messages before its report


def _columns(head: bytes) -> set[str]:
    from wardline.findings.importers.rows import header

    try:
        return {f"column:{name}" for name in header(head)}
    except DamagedReportError:
        return set()


def _json(text: bytes) -> set[str]:
    """Return where keys stand in a JSON text that may be cut off, as far down as formats are told apart."""
    found: set[str] = set()
    for shape in _keys(text):
        found.add(shape)
        if len(found) >= _MAX_SHAPES:
            break
    return found


def _keys(text: bytes) -> Iterator[str]:
    opened: list[str] = []  # for each open bracket, the shape of what stands in it
    name = ""
    last = ""
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count > _MAX_TOKENS:
            return
        char = token[0][:1]
        if char == b'"':
            last = token[1][:100].decode("utf-8", "replace")
        elif char == b":":
            name = f"{opened[-1]}.{last}".lstrip(".") if opened else last
            if len(opened) <= _MAX_DEPTH:
                yield name
        elif char in b"{[":
            outer = name or (opened[-1] if opened else "")
            opened.append((outer + "[]" if char == b"[" else outer)[:500])
            name = ""
        elif char in b"}]":
            if opened:
                opened.pop()
            name = ""
        else:
            name = ""
