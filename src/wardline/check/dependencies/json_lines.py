"""On which line of a JSON file a key stands: what a finding in a JSON lockfile points at.

JSON parsers give no positions. A lockfile is almost always written by its own tool, one key a line and indented, so
searching for the keys' bytes in order finds them at the speed of `bytes.find`. Where a file is written in another way
(minified, other indentation, escaped keys), a scan over all tokens answers exactly, at a tenth of the speed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from wardline.check.dependencies.reading import unmarked

Path = tuple[str | int, ...]

_INDENTED: Final = rb"\A[\s]*\{\n([ \t]+)\""
_TOKENS: Final = (
    rb'(?s)"[^"\\]*+(?:\\.[^"\\]*+)*(?:"|\\?\Z)|[{}\[\]:,\n]|//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/|\Z)'
)


def key_lines(data: bytes, paths: Sequence[Path]) -> list[int]:
    r"""Return the 1-based line of every path's last key, in the order of `paths`, which is the document's.

    A path is made of keys and indexes, as `("packages", 3, "name")`, and ends in a key or in the index of a value that
    is a string, an object or an array. `data` is UTF-8 JSON that a parser accepted, without duplicate keys, with `\n`
    line ends (see `reading.unmarked`); comments are allowed. A path that is not there gets line 1.
    """
    return _ordered(data, paths) or _exact(data, paths)


def few_lines(data: bytes) -> Callable[[Path], int | None]:
    """Return a function that gives the line of a path as `key_lines` does, for the first five that somebody asks for.

    For what is wrong in a file: a reader wants to see the first places, and looking up each one takes a walk over all.
    """
    left = iter(range(5))

    def line(path: Path) -> int | None:
        return None if next(left, None) is None else key_lines(unmarked(data), [path])[0]

    return line


def _ordered(data: bytes, paths: Sequence[Path]) -> list[int] | None:
    """Search for each part of a path at its indentation, after the part before it; None where one is not there.

    That is exact in a file that has one key, and one object of an array, a line: what is found first below a part is
    below no other part.
    """
    indented = re.match(_INDENTED, data)
    if indented is None:
        return None
    unit = indented.group(1)
    lines = []
    at = 0
    line = 1
    before: Path = ()
    for path in paths:
        for needle in _needles(before, path, unit):
            found = data.find(needle, at)
            if found < 0:
                return None
            line += data.count(b"\n", at, found + 1)
            at = found + 1
        lines.append(line)
        before = path
    return lines


def _needles(before: Path, path: Path, unit: bytes) -> list[bytes]:
    """Return what to search for, one after the other, to get from one path to the next."""
    last = path[-1]
    if isinstance(last, str) and path[:-1] == before[:-1]:  # as almost always: its sibling
        return [_key_needle(last, len(path), unit)]
    needles = []
    same = next((depth for depth, (one, two) in enumerate(zip(before, path, strict=False)) if one != two), len(before))
    for depth in range(same, len(path)):
        part = path[depth]
        if isinstance(part, str):
            needles.append(_key_needle(part, depth + 1, unit))
        else:
            passed = before[depth] if depth == same and depth < len(before) else -1
            skipped = part - passed if isinstance(passed, int) else 0
            needles += [b"\n%s{" % (unit * (depth + 1))] * skipped if skipped > 0 else [b"\0"]
    return needles


def _key_needle(key: str, depth: int, unit: bytes) -> bytes:
    return b'\n%s"%s":' % (unit * depth, key.encode("utf-8", "replace"))


def _exact(data: bytes, paths: Sequence[Path]) -> list[int]:
    wanted = set(paths)
    depths = {len(path) for path in paths}
    found: dict[Path, int] = {}
    for path, line in _places(data, depths):
        if path in wanted:
            found.setdefault(path, line)
            if len(found) == len(wanted):
                break
    return [found.get(path, 1) for path in paths]


class _Walk:
    """Where a scan over the tokens of a document is."""

    def __init__(self) -> None:
        self.at: list[str | int] = []  # the key or index within each open object or array
        self.expects_key = False

    def enter(self, token: bytes) -> None:
        """Go into an object or an array."""
        self.expects_key = token == b"{"
        self.at.append("" if self.expects_key else 0)

    def leave(self) -> None:
        """Go out of it."""
        self.at.pop()
        self.expects_key = False

    def go_on(self) -> None:
        """Go to the next member or element."""
        last = self.at[-1]
        self.expects_key = isinstance(last, str)
        if isinstance(last, int):
            self.at[-1] = last + 1

    def starts_element(self) -> bool:
        """Return whether a value that begins here is an element of an array."""
        return bool(self.at) and isinstance(self.at[-1], int)


def _places(data: bytes, depths: set[int]) -> Iterator[tuple[Path, int]]:
    """Yield each key, and each element of an array that is no bare word, at one of these depths, with its line."""
    walk = _Walk()
    line = 1
    for match in re.finditer(_TOKENS, data):
        token = match.group()
        first = token[:1]
        is_key = walk.expects_key and first == b'"'
        if is_key:
            walk.at[-1] = _string(token)
            walk.expects_key = False
        if (is_key or (first in b'"{[' and walk.starts_element())) and len(walk.at) in depths:
            yield tuple(walk.at), line
        if first in b"{[":
            walk.enter(first)
        elif first in b"}]":
            walk.leave()
        elif first == b",":
            walk.go_on()
        else:
            line += token.count(b"\n")


def _string(token: bytes) -> str:
    if b"\\" in token:
        import orjson

        return str(orjson.loads(token))
    return token[1:-1].decode()


def lines_of(values: Iterable[str], data: bytes, *keys: str) -> list[int]:
    """Return the line on which each of the values first stands behind one of these keys in a JSON document, else 1.

    For documents whose objects are told apart by a value (a name, a purl) and not by a key. `data` as for `key_lines`.
    """
    found = value_lines(data, *keys)
    return [found.get(value, 1) for value in values]


def value_lines(data: bytes, *keys: str) -> dict[str, int]:
    """Return the line on which each value of these keys first stands in a JSON document."""
    import orjson

    names = "|".join(map(re.escape, keys)).encode()
    pattern = re.compile(rb'"(?:' + names + rb')"\s*:\s*("[^"\\]*+(?:\\.[^"\\]*+)*")', re.DOTALL)
    found: dict[str, int] = {}
    at, line = 0, 1
    for match in pattern.finditer(data):
        line += data.count(b"\n", at, match.start(1))
        at = match.start(1)
        value = match[1]
        found.setdefault(str(orjson.loads(value)) if b"\\" in value else value[1:-1].decode("utf-8", "replace"), line)
    return found
