r"""What is written in a text in another form: base64, hexadecimal, percent signs, `\x41` and `\u0041`.

Only what decodes to readable ASCII is of interest, and base64 and hexadecimal of ASCII have a face: of random base64
one group of four characters in eight has it, so that hashes and keys are passed over quickly. Whether there is any
long run of such characters is asked first: looking for their faces everywhere costs half as much as all rules together.
"""

import re
from base64 import b64decode
from binascii import Error, unhexlify
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from wardline.check.exposure.patterns import Pattern

MAX_DEPTH: Final = 2
MAX_DECODED_BYTES: Final = 8 * 1024 * 1024
MAX_RUNS: Final = 50_000
_MAX_LINE_BYTES: Final = 16 * 1024

# RFC 4648 §4: of three printable ASCII bytes, the first sextet is 8 to 31, bits 2 and 3 of the second say 2 to 7 for
# the next byte's upper half, and bit 1 of the third is unset.
_QUANTUM: Final = "[I-Za-f][C-HS-Xi-nyz0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"


_RUN: Final = "[A-Za-z0-9+/]{36}"


class Decoder(NamedTuple):
    """One form: what it is called, the expression that finds a piece of it, and what turns that into bytes.

    `trigger` says, where it is not the expression, whether there is any. With `lines`, the piece is the line
    that the expression matches on; otherwise it is what it matches.
    """

    name: str
    expression: str
    decode: Callable[[bytes], bytes | None]
    literals: tuple[str, ...] = ()
    lines: bool = False
    trigger: str = ""


class Decoded(NamedTuple):
    """Pieces of one form, decoded and put below each other: where each begins, and where it was written."""

    content: bytes
    starts: Sequence[int]
    origins: Sequence[int]
    complete: bool


def decoded(decoder: Decoder, pattern: Pattern, content: bytes) -> Decoded:
    """Return everything in `content` that the decoder reads."""
    parts: list[bytes] = []
    starts: list[int] = []
    origins: list[int] = []
    size = 0
    complete = True
    for number, (at, piece) in enumerate(_pieces(decoder, pattern, content)):
        if number >= MAX_RUNS or size > MAX_DECODED_BYTES:
            complete = False
            break
        plain = decoder.decode(piece)
        if plain is not None:
            starts.append(size)
            origins.append(at)
            parts.append(plain)
            size += len(plain) + 1
    return Decoded(b"\n".join(parts), starts, origins, complete)


def _pieces(decoder: Decoder, pattern: Pattern, content: bytes) -> Iterator[tuple[int, bytes]]:
    spans = islice(pattern.spans(content), MAX_RUNS * 4)
    if not decoder.lines:
        for span in spans:
            yield span.start, content[span.start : span.end]
        return
    done = -1
    for span in spans:
        if span.start < done:
            continue
        start = max(content.rfind(b"\n", 0, span.start) + 1, done, span.start - _MAX_LINE_BYTES)
        end = content.find(b"\n", span.end)
        done = min(end if end >= 0 else len(content), start + 2 * _MAX_LINE_BYTES)
        done = max(done, span.end)
        yield start, content[start:done]


def _base64(piece: bytes) -> bytes | None:
    plain = piece.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return _readable(b64decode(plain + b"=" * (-len(plain) % 4)))
    except Error:
        return None


def _hexadecimal(piece: bytes) -> bytes | None:
    try:
        return _readable(unhexlify(piece[: len(piece) // 2 * 2]))
    except Error:
        return None


def _percent(line: bytes) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: unhexlify(match.group(1)), line)


def _escapes(line: bytes) -> bytes:
    return re.sub(rb"\\(?:u00|x)([0-9A-Fa-f]{2})", lambda match: unhexlify(match.group(1)), line)


def _readable(plain: bytes) -> bytes | None:
    """Return the decoded bytes where they are text: at most one in eight is neither printable nor white space."""
    odd = len(plain.translate(None, _TEXT))
    return plain if plain and odd * 8 <= len(plain) else None


_TEXT: Final = bytes([9, 10, 13, *range(32, 127)])

DECODERS: Final = (
    Decoder("base64", f"(?:{_QUANTUM}){{8,}}[A-Za-z0-9+/_-]*={{0,2}}", _base64, trigger=_RUN),
    Decoder("hexadecimal", "(?:[2-7][0-9A-Fa-f]){18,}", _hexadecimal, trigger=_RUN),
    Decoder("percent signs", "%(?:3[AaDd]|2[BbFf]|40)", _percent, ("%3a", "%3d", "%2b", "%2f", "%40"), lines=True),
    Decoder(
        "escapes",
        r"(?:\\u00[2-7][0-9A-Fa-f]|\\x[2-7][0-9A-Fa-f]){4,}",
        _escapes,
        ("\\u00", "\\x"),
        lines=True,
    ),
)
