"""A place in JSON text that comes in pieces, which goes on from one wanted value to the next. See `json_stream`."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

import orjson

from wardline.findings.importers.model import DamagedReportError
from wardline.findings.importers.source import Source

Path = tuple[str | int, ...]
Pattern = tuple[str, ...]

TOO_LARGE: Final = "an element is larger than what is read at once"
NO_LINE: Final = "a line is no JSON object"
_CHUNK_BYTES: Final = 256 * 1024
_LOOK_AHEAD_BYTES: Final = 4096
_MISSES: Final = 16
_OPENS: Final = b"{["
_CLOSES: Final = b"}]"
_BRACKETS: Final = b"{[]}"
_QUOTE: Final = ord('"')
_COLON: Final = ord(":")
_COMMA: Final = ord(",")
_PARENTHESES: Final = bytes.maketrans(b"{[]}", b"(())")
_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in _BRACKETS)
_MAX_TURNS: Final = 64
# Only single characters are repeated possessively, repeated groups are counted (each turn costs memory), and only
# `match` is used: no pattern runs twice over one place. Each matches, if nothing, then nothing's length.
_RUN: Final = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+){0,200}"[^"{}\[\]]*+){0,200}', re.DOTALL).match
_IN_STRING: Final = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+){0,1000}', re.DOTALL).match
_SPACE: Final = re.compile(rb"[ \t\r\n]*+").match
_SCALAR: Final = re.compile(rb'[^ \t\r\n,\]}\[{:"]*+').match
_BETWEEN: Final = re.compile(rb'[ \t\r\n]*+,[ \t\r\n]*+\{[ \t\r\n]*+(?:"[^"\\]{0,64}")?').match

_MALFORMED: Final = "an element is no JSON"


def loaded(text: bytes | memoryview) -> Any:
    """Return the value of a JSON text, None where it is none; what orjson refuses is read leniently."""
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    import json

    try:
        return json.loads(bytes(text).decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def shown(path: Path) -> str:
    """Return a path as people write it: `runs[0].results`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part:.60}" for part in path).lstrip(".") or "the root"


class _Between:
    """What stands between two objects of an array, from the bracket that closes one to the first key of the next."""

    __slots__ = ("_misses", "skip", "text", "window")

    def __init__(self) -> None:
        self.text = b""
        self.skip = 0
        self.window = 16 * _LOOK_AHEAD_BYTES
        self._misses = 0

    def learn(self, buffer: bytes, at: int) -> None:
        """Take what stands at a place behind an object, if it has not been wrong too often."""
        found = _BETWEEN(buffer, at)
        if found and at and buffer[at - 1] == _CLOSES[0] and self._misses < _MISSES:
            self.text = b"}" + found[0]
            self.skip = 1 + found[0].index(b"{")

    def missed(self) -> None:
        """Forget it: it may be another one from here on."""
        self._misses += 1
        self.text = b""


class Cursor:
    """A place in JSON text that comes in pieces. `_buffer` holds what is not passed yet, from `_at` on."""

    def __init__(self, file: BinaryIO, source: Source, *, quiet: bool) -> None:
        self._file = file
        self._source = source
        self._quiet = quiet
        self._buffer = b""
        self._at = 0
        self._dropped = 0
        self._max_bytes = source.bounds.max_element_bytes

    def values(self, patterns: Sequence[Pattern]) -> Iterator[tuple[Path, Any]]:
        """Yield what the patterns name, from every document in the text: almost always there is one."""
        documents = 0
        while self._space():
            if self._buffer[self._at] in _OPENS:
                documents += 1
                yield from self._within(patterns, ())
            else:
                self._pass_line()
        if not documents:
            raise self._damaged((), "there is no JSON object in it")

    def _pass_line(self) -> None:
        """Leave out a line between documents: a tool's message that got into its report."""
        self._trouble(NO_LINE, ())
        while (end := self._buffer.find(b"\n", self._at)) < 0:
            self._at = len(self._buffer)
            if not self._more():
                return
        self._at = end + 1

    def _within(self, patterns: Sequence[Pattern], path: Path) -> Iterator[tuple[Path, Any]]:
        """Yield what is wanted of the value that stands here, and pass it."""
        first = self._peek(path)
        if () in patterns:
            length = self._length(path, keep=True)
            if length:
                value = loaded(memoryview(self._buffer)[self._at : self._at + length])
                self._at += length
                if value is not None:
                    yield path, value
                elif first in _BRACKETS:
                    self._trouble(_MALFORMED, path)
        elif first == _OPENS[0]:
            yield from self._members(patterns, path)
        elif first == _OPENS[1]:
            yield from self._array([pattern[1:] for pattern in patterns if pattern[0] == "[]"], path)
        else:
            self._length(path, keep=False)

    def _members(self, patterns: Sequence[Pattern], path: Path) -> Iterator[tuple[Path, Any]]:
        self._at += 1
        if self._peek(path) == _CLOSES[0]:
            self._at += 1
            return
        while True:
            key = self._key(path)
            wanted = [pattern[1:] for pattern in patterns if pattern[0] in {key, "*"}]
            if wanted:
                yield from self._within(wanted, (*path, key))
            else:
                self._length((*path, key), keep=False)
            if self._ends(_CLOSES[0], path):
                return

    def _array(self, wanted: Sequence[Pattern], path: Path) -> Iterator[tuple[Path, Any]]:
        self._at += 1
        if self._peek(path) == _CLOSES[1]:
            self._at += 1
            return
        number = 0
        between = _Between()
        while True:
            if wanted == [()]:
                for value in self._fast(between):
                    yield (*path, number), value
                    number += 1
            if wanted:
                yield from self._within(wanted, (*path, number))
            else:
                self._length((*path, number), keep=False)
            self._look_ahead()
            between.learn(self._buffer, self._at)
            if self._ends(_CLOSES[1], path):
                return
            number += 1

    def _fast(self, between: "_Between") -> Iterator[Any]:
        """Yield the objects that end where the known text between two comes next; stand before the first that does not.

        Not searched for further than twice the last object's length: behind an array's last object it never comes.
        """
        while between.text:
            start = self._at
            end = self._buffer.find(between.text, start, start + between.window)
            if end < 0:
                if len(self._buffer) - start >= between.window or not self._more():
                    return between.missed()
                continue
            try:
                value = orjson.loads(memoryview(self._buffer)[start : end + 1])
            except ValueError:
                return between.missed()
            between.window = max(between.window, 2 * (end - start) + _LOOK_AHEAD_BYTES)
            self._at = end + between.skip
            yield value
        return None

    def _key(self, path: Path) -> str:
        if self._peek(path) != _QUOTE:
            raise self._damaged(path, "a key is missing")
        length = self._length(path, keep=True)
        key = loaded(memoryview(self._buffer)[self._at : self._at + length]) if length else ""
        self._at += length
        if self._peek(path) != _COLON:
            raise self._damaged(path, "a key has no value")
        self._at += 1
        return str(key)

    def _ends(self, close: int, path: Path) -> bool:
        """Pass what stands behind a value: True at the end of its container, False where another follows."""
        found = self._peek(path)
        if found not in {close, _COMMA}:
            raise self._damaged(path, "a comma is missing")
        self._at += 1
        return found == close

    def _length(self, path: Path, *, keep: bool) -> int:
        """Return how long the value is that stands here, or pass it and return 0: not kept, or too large to be.

        Raises: `DamagedReportError` where it does not end.
        """
        first = self._peek(path)
        if first in _OPENS:
            return self._bracketed(path, keep=keep)
        if first == _QUOTE:
            length, kept = self._string(1, path, keep=keep)
            return self._passed(length, kept=kept)
        length = 0
        while True:
            found = _SCALAR(self._buffer, self._at + length)
            length = found.end() - self._at if found else length
            if self._at + length < len(self._buffer) or not self._more():
                break
            if length > _LOOK_AHEAD_BYTES:
                break
        if not length:
            raise self._damaged(path, "a value is missing")
        return self._passed(length, kept=keep)

    def _passed(self, length: int, *, kept: bool) -> int:
        if kept:
            return length
        self._at += length
        return 0

    def _bracketed(self, path: Path, *, keep: bool) -> int:
        depth = length = 0
        while True:
            found = _RUN(self._buffer, self._at + length)
            length = found.end() - self._at if found else length
            if self._at + length >= len(self._buffer):
                if keep and length > self._max_bytes:
                    self._trouble(TOO_LARGE, path)
                    keep = False
                length = self._passed(length, kept=keep)
                if not self._more():
                    raise self._damaged(path, "it ends in the middle")
                if not keep:
                    depth = self._skim(depth, path)
                continue
            byte = self._buffer[self._at + length]
            length += 1
            if byte == _QUOTE:
                length, kept = self._string(length, path, keep=keep)
                keep = keep and kept
            elif byte in _BRACKETS:
                depth += 1 if byte in _OPENS else -1
                if depth == 0:
                    return self._passed(length, kept=keep)
            else:  # the run was longer than one turn of the pattern
                length -= 1
            if not keep:
                length = self._passed(length, kept=False)

    def _skim(self, depth: int, path: Path) -> int:
        """Pass whole pieces of text in which none of the `depth` open brackets is closed; return what is open then.

        At the speed of `bytes.replace`: strings are taken out, then all but brackets, then pairs of them.
        """
        within = False
        while True:
            piece = self._buffer[self._at :]
            if (len(piece) - len(piece.rstrip(b"\\"))) % 2:  # an escape that goes on in the next piece
                piece = piece[:-1]
            parts = piece.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
            brackets = b"".join(parts[within::2]).translate(_PARENTHESES, _NO_BRACKETS)
            for _ in range(_MAX_TURNS):
                if b"()" not in brackets:
                    break
                brackets = brackets.replace(b"()", b"")
            closed = brackets.count(b")")
            if closed >= depth or b"()" in brackets:
                break
            depth += len(brackets) - 2 * closed
            within ^= len(parts) % 2 == 0
            self._at += len(piece)
            if not self._more():
                raise self._damaged(path, "it ends in the middle")
        if within:
            self._at += self._string(0, path, keep=False)[0]
        return depth

    def _string(self, length: int, path: Path, *, keep: bool) -> tuple[int, bool]:
        """Go to the end of the string whose opening quote is the last that was passed; and say whether it is kept."""
        while True:
            found = _IN_STRING(self._buffer, self._at + length)
            length = found.end() - self._at if found else length
            left = len(self._buffer) - self._at - length
            if left and self._buffer[self._at + length] == _QUOTE:
                return length + 1, keep
            if left > 1:  # more escapes than one turn of the pattern
                continue
            if keep and length > self._max_bytes:
                self._trouble(TOO_LARGE, path)
                keep = False
            length = self._passed(length, kept=keep)
            if not self._more():
                raise self._damaged(path, "it ends within a text")

    def _peek(self, path: Path) -> int:
        """Return the next byte that is no space. Raises: `DamagedReportError` at the end."""
        if not self._space():
            raise self._damaged(path, "it ends in the middle")
        return self._buffer[self._at]

    def _space(self) -> bool:
        """Pass space; False at the end."""
        while True:
            found = _SPACE(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer):
                return True
            if not self._more():
                return False

    def _look_ahead(self) -> None:
        if len(self._buffer) - self._at < _LOOK_AHEAD_BYTES:
            self._more()

    def _more(self) -> bool:
        """Read on, at least as much again as is held, and drop what was passed; False at the end."""
        part = self._file.read(max(_CHUNK_BYTES, len(self._buffer) - self._at))
        if part:
            self._dropped += self._at
            self._buffer = self._buffer[self._at :] + part
            self._at = 0
        return bool(part)

    def _trouble(self, reason: str, path: Path) -> None:
        if not self._quiet:
            self._source.trouble(reason, f"byte {self._dropped + self._at:,}, in {shown(path)}")

    def _damaged(self, path: Path, reason: str) -> DamagedReportError:
        place = f"at byte {self._dropped + self._at:,}, in {shown(path)}"
        return DamagedReportError(
            f"the report cannot be read on {place}: {reason}", hint="have its tool write it again"
        )
