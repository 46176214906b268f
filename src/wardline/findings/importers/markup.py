"""HTML in a report's texts as plain text: tools describe what they found in paragraphs and lists."""

import re
from typing import Final

from wardline.findings.importers import words

_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,500}>")


def plain(text: object, max_chars: int = words.MAX_MESSAGE) -> str:
    """Return a text without its tags, its references as the characters they stand for, on one line."""
    if not isinstance(text, str):
        return ""
    from html import unescape

    text = text[: 8 * max_chars]
    if "&lt;" in text[:100]:  # escaped twice, as ZAP does
        text = unescape(text)
    return words.text(unescape(_TAG.sub(" ", text)), max_chars)
