"""Documents as bytes, whatever strangers' text is in them: JSON that is always valid, URIs, stable identifiers."""

import re
from typing import Any, Final

from wardline.kernel.text import printable

# A namespace of our own for name-based identifiers (RFC 9562 §5.5), so that ours collide with nobody's.
_NAMESPACE: Final = "2f1e6b1c-5d0a-5a53-9a3e-0b8f6c2d7e41"

_ADVISORY: Final = r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,99}"
# Words that no Markdown dialect makes anything of: no markup, mention, reference, address or commit is among them.
_PLAIN: Final = r"(?:[A-Za-z0-9 ,;()/.'?%+=-]|:(?= |$))+"
_REFERENCE: Final = r"(?i)\bwww|\bgh-|\b[0-9a-f]{7,64}\b|\w/\w+/|--|\.\.|^[ .+=0-9-]"


def json_bytes(document: Any) -> bytes:
    r"""Return a document as indented JSON (RFC 8259) in UTF-8, ending in a newline.

    Text that is not Unicode (lone surrogates stand for undecodable bytes, PEP 383) is written as `\udcNN` would be
    read: escaped, so that the document stays valid.
    """
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        return orjson.dumps(document, option=options)
    except TypeError:  # orjson refuses lone surrogates
        return orjson.dumps(_encodable(document), option=options)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(part) for part in value]
    return value


def uri(path: str) -> str:
    """Return a relative file path as a URI reference (RFC 3986 §4.2): percent-encoded, never read as a scheme."""
    from urllib.parse import quote

    return quote(path.encode("utf-8", "backslashreplace"), safe="/!$&'()*+,;=@~")


def stable_uuid(*parts: object) -> str:
    """Return the UUID that these parts always have (version 5)."""
    from uuid import UUID, uuid5

    joined = "\x1f".join(map(str, parts)).encode("utf-8", "backslashreplace").decode()
    return str(uuid5(UUID(_NAMESPACE), joined))


def advisory_url(identifier: str) -> str | None:
    """Return the page of an advisory or alias, or None where the id could be anything."""
    return f"https://osv.dev/vulnerability/{identifier}" if re.fullmatch(_ADVISORY, identifier) else None


def markup(text: str, *, max_chars: int = 4_000) -> str:
    """Return text as XML 1.0 or HTML character data, or as a quoted attribute's value: printable, and never markup."""
    text = printable(text, max_chars=max_chars)
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(char, entity)
    return text


def inline(text: str, *, max_chars: int) -> str:
    """Return a stranger's text for Markdown: as it is where it is plain words, else as a code span."""
    shown = printable(text, max_chars=max_chars).replace("`", "'")
    return (
        shown
        if re.fullmatch(_PLAIN, shown) and not re.search(_REFERENCE, shown)
        else code_span(text, max_chars=max_chars)
    )


def code_span(text: str, *, max_chars: int) -> str:
    """Return a stranger's text as a code span (GFM §6.3): nothing in it is markup, not even in a table (§4.10)."""
    shown = printable(text, max_chars=max_chars).strip() or "-"
    shown = shown.replace("`", r"\x60").replace("|", r"\x7c")
    return f"`{shown}`"
