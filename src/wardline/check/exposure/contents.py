"""What stands in a file, whatever it is wrapped in: the text itself, then what is encoded in it, then its members."""

from typing import Final, NamedTuple

from wardline.check.exposure.engine import Engine, default
from wardline.check.exposure.model import Hit

MAX_BYTES: Final = 64 * 1024 * 1024
_BINARY_PROBE_BYTES: Final = 8192


class Search(NamedTuple):
    """What was found, and why something in the file was not looked at or not said (empty: all was)."""

    hits: list[Hit]
    unread: tuple[str, ...] = ()


def search(content: bytes, path: str, *, engine: Engine | None = None) -> Search:
    """Return what stands in the bytes of a file. Never raises for what a stranger may have written."""
    engine = engine or default()
    binary = b"\0" in content[:_BINARY_PROBE_BYTES]
    hits, more = engine.search(content, path, binary=binary)
    return Search(hits, ("more was found in it than is listed",) if more else ())
