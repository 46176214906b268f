"""Text that strangers wrote, made fit to show: one line, no control characters, valid UTF-8."""

from typing import Final

_ELLIPSIS: Final = "…"


def printable(text: str, *, max_chars: int = 0) -> str:
    r"""Return `text` with control characters, bidirectional overrides and undecodable bytes as `\xNN` or `\uNNNN`.

    Plain names come back unchanged, so that a path stays a path. `max_chars` > 0 shortens from the right. Undecodable
    bytes are those that `os.fsdecode` turned into lone surrogates (PEP 383).
    """
    if max_chars:
        text = text[: max_chars + 1]  # no character becomes shorter: the rest cannot matter
    if not text.isprintable():
        text = "".join(map(_escape, text))
    if max_chars and len(text) > max_chars:
        return text[: max_chars - 1] + _ELLIPSIS
    return text


def _escape(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # PEP 383: a byte that was not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
