"""TOML as strangers wrote it: bounded in size and depth, read by a compiled parser.

One function for the whole house, because the standard library's parser is eight times slower on a large file.
"""

import re
from typing import Any, Final

from wardline.kernel.errors import WardlineError

MAX_BYTES: Final = 1024 * 1024


class TomlError(WardlineError):
    """A document that is no TOML, or is not read: why, and the line where it can be told."""

    code = "not-toml"

    def __init__(self, detail: str, *, line: int | None = None, hint: str = "") -> None:
        super().__init__(detail, hint=hint)
        self.line = line


def load(data: bytes, *, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """Return a TOML document (v1.0.0): UTF-8, with or without a byte order mark. TOML itself forbids duplicate keys.

    Raises: `TomlError` for anything else, and for more than `max_bytes`.
    """
    if len(data) > max_bytes:
        raise TomlError(f"larger than {max_bytes // 1024} KB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TomlError("not valid UTF-8", line=data.count(b"\n", 0, error.start) + 1) from error
    return parse(text)


def parse(text: str) -> dict[str, Any]:
    """Return the document in `text`, whatever its size; more than 80 levels are refused. Raises: `TomlError`."""
    import rtoml

    try:
        return rtoml.loads(text)
    except rtoml.TomlParsingError as error:
        said = (str(error).splitlines() or [""])[0]
        place = re.search(r" at line (\d+) column \d+$", said)
        reason = said[: place.start()] if place else said
        raise TomlError(f"not TOML: {reason:.200}", line=int(place.group(1)) if place else None) from error
