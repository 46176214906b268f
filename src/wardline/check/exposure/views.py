"""Files as text: UTF-16 as UTF-8, notebooks' cells and outputs without JSON's quoting. Lines keep their numbers."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import Final

_PROBE_BYTES: Final = 8192
_MIN_WIDE_BYTES: Final = 32
# A line of a notebook that is one JSON text, alone or as the value of a key: what nbformat 4 writes for a source line.
_QUOTED: Final = re.compile(
    rb'^([ \t]{0,99}(?:"[^"\\\n]{1,80}"[ \t]{0,9}:[ \t]{0,9}\[?[ \t]{0,9})?)"((?:[^"\\\n]|\\.)*)"([ \t\]]{0,9},?)\r?$',
    re.MULTILINE,
)
_ESCAPE: Final = re.compile(rb"\\(u[0-9A-Fa-f]{4}|.)")
_PLAIN: Final = {b"n": b" ", b"r": b" ", b"t": b"\t", b"b": b" ", b"f": b" "}


def text(content: bytes, path: str) -> bytes:
    """Return the bytes of a file as one searches them: text in UTF-8, or as they are."""
    if content[:2] in {BOM_UTF16_LE, BOM_UTF16_BE}:
        return content.decode("utf-16", "replace").encode("utf-8", "replace")
    wide = _wide(content[:_PROBE_BYTES])
    if wide:
        return content.decode(wide, "replace").encode("utf-8", "replace")
    return notebook(content) if path.lower().endswith(".ipynb") else content


def binary(content: bytes) -> bool:
    """Return whether the bytes are no text: there is a NUL near the beginning, as git sees it."""
    return b"\0" in content[:_PROBE_BYTES]


def notebook(content: bytes) -> bytes:
    """Return a notebook's lines without the quotation marks and escapes that JSON put there.

    A notebook whose lines are not one JSON text each (nbformat writes them so) keeps those lines as they are.
    Source: nbformat 4, "The notebook file format": `source` and `text` are lists of lines.
    """
    return _QUOTED.sub(lambda match: match[1] + _ESCAPE.sub(_unescaped, match[2]) + match[3], content)


def _unescaped(match: re.Match[bytes]) -> bytes:
    what = match[1]
    if len(what) == 5:
        code = int(what[1:], 16)
        return chr(code).encode("utf-8", "replace") if code >= 32 else b" "
    return _PLAIN.get(what, what)


def _wide(probe: bytes) -> str:
    """Return the encoding of UTF-16 without a mark: nearly all high bytes are NUL, and no low byte is."""
    if len(probe) < _MIN_WIDE_BYTES:
        return ""
    even, odd = probe[0::2], probe[1::2]
    if odd.count(0) * 10 > len(odd) * 9 and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) * 10 > len(even) * 9 and not odd.count(0) else ""
