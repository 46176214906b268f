"""One file of look-up tables, memory-mapped: a name is found in a fraction of a microsecond, whatever the file's size.

Layout (native byte order; a file from a machine of the other order counts as foreign): a header of fixed size; blobs,
each framed with its length and CRC-32; hash tables; and a table of contents in JSON, which is written last. A hash
table is two arrays: tags (the key's whole CRC-32, never 0) and offsets of the blobs that hold key and value. Keys stand
in the order of their tags, each at the first free slot from its home (its tag's upper bits) on, so that building is a
sort, with no input that makes it quadratic; a run of slots ends with an empty one.

Everything read is bounds-checked: a truncated, foreign or damaged file raises `DamagedError`, nothing else. There is no
pickle in it, and it holds no executable thing.
"""

import mmap
import os
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, Self, cast
from zlib import crc32

from wardline.kernel.errors import WardlineError

_MAGIC: Final = b"WARDMAP1" if sys.byteorder == "little" else b"1PAMDRAW"
_HEADER: Final = struct.Struct("=8s16sQQQII")  # magic, kind, file size, contents' offset and length, CRCs
PART: Final = ".part-"
_FRAME: Final = struct.Struct("=II")
_KEYED: Final = struct.Struct("=H")
_MAX_KEY_BYTES: Final = 0xFFFF


class DamagedError(WardlineError):
    """A compiled file that is truncated, foreign or damaged. It can always be compiled anew."""

    code = "index-damaged"


class Table(NamedTuple):
    """A hash table in a mapped file: probe with `tags[tag >> shift]` and on while the tag there is not 0."""

    tags: "memoryview[int]"
    offsets: "memoryview[int]"
    shift: int


def tag(name: bytes, seed: int = 0) -> int:
    """Return a key's tag; `seed` is the tag of the key's first part (see `seed`), so that it is computed once."""
    return crc32(name, seed) or 1


def seed(scope: bytes) -> int:
    """Return what `tag` starts from for all keys whose first part is `scope`."""
    return crc32(scope + b"\0")


class Writer:
    """Writes a mapped file front to back; until `finish`, what is there opens as nothing."""

    def __init__(self, file: BinaryIO, kind: str) -> None:
        self._file = file
        self._kind = kind.encode()
        self.at = file.write(bytes(_HEADER.size))

    def raw(self, content: bytes | bytearray | memoryview) -> int:
        """Write bytes as they are, and return where they stand."""
        start = self.at
        self.at += self._file.write(content)
        return start

    def blob(self, content: bytes) -> int:
        """Write a framed blob and return its offset."""
        return self.raw(_FRAME.pack(len(content), crc32(content)) + content)

    def keyed(self, key: bytes, value: bytes) -> int:
        """Write a blob that holds its own key, and return its offset."""
        return self.blob(_KEYED.pack(len(key)) + key + value)

    def numbers(self, values: "array[int]") -> list[int]:
        """Write an array of numbers at an aligned offset; return what `Mapped.numbers` needs to find it."""
        self.raw(bytes(-self.at % 8))
        content = values.tobytes()
        return [self.raw(content), len(content), values.itemsize, crc32(content)]

    def table(self, tags: "array[int]", offsets: "array[int]") -> dict[str, Any]:
        """Write the hash table of keys with these tags, whose blobs are at these offsets; return where it is."""
        bits = max(4, (len(tags) * 2).bit_length())
        shift = 32 - bits
        slots = array("I", bytes(4 << bits))
        places = array("Q", bytes(8 << bits))
        last = -1
        for packed in sorted((tag << 32) | number for number, tag in enumerate(tags)):
            tag, number = packed >> 32, packed & 0xFFFFFFFF
            last = max(tag >> shift, last + 1)
            if last >= len(slots):
                slots.append(0)
                places.append(0)
            slots[last] = tag
            places[last] = offsets[number]
        slots.append(0)
        places.append(0)
        return {"shift": shift, "tags": self.numbers(slots), "offsets": self.numbers(places)}

    def so_far(self) -> "Mapped":
        """Return what was written until now, to read."""
        self._file.flush()
        return Mapped(mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ), {})

    def finish(self, contents: Mapping[str, Any]) -> None:
        """Write the table of contents and the header, and see both on the disk."""
        import orjson

        toc = orjson.dumps(contents)
        start = self.raw(toc)
        head = _HEADER.pack(_MAGIC, self._kind, self.at, start, len(toc), crc32(toc), 0)
        head = head[:-4] + struct.pack("=I", crc32(head[:-4]))
        self._file.seek(0)
        self._file.write(head)
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def writing(target: Path, kind: str) -> Iterator[Writer]:
    """Write a mapped file that stands under its name once it is whole, on the disk, and this has ended without error.

    A process that is killed leaves a `.part-` file, and whatever was under the name before. Raises: `OSError`.
    """
    import tempfile

    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=PART, delete=False) as file:
        unfinished = Path(file.name)
        try:
            yield Writer(cast("BinaryIO", file), kind)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)


class Mapped:
    """A mapped file, open for reading. Replacing the file on disk does not disturb it."""

    def __init__(self, content: "mmap.mmap", contents: Mapping[str, Any]) -> None:
        self._content = content
        self._views: list[memoryview[int]] = []
        self.contents = contents

    @classmethod
    def open(cls, path: Path, kind: str) -> Self:
        """Open a file that `Writer` finished as `kind`.

        Raises: `FileNotFoundError` where there is none; `DamagedError` for every other obstacle.
        """
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < _HEADER.size:
                    raise DamagedError(f"{path.name} is truncated")
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            raise
        except (OSError, ValueError) as error:
            raise DamagedError(f"{path.name} cannot be opened: {error}") from error
        try:
            return cls(content, _contents(content, kind))
        except DamagedError:
            content.close()
            raise

    def close(self) -> None:
        """Let go of the file; tables that were handed out are dead after this."""
        while self._views:
            self._views.pop().release()
        self._content.close()

    def blob(self, offset: int) -> bytes:
        """Return the framed blob at `offset`."""
        content = self._content
        start = offset + _FRAME.size
        if not 0 <= offset <= len(content) - _FRAME.size:
            raise DamagedError("an offset points outside the index")
        length, check = _FRAME.unpack_from(content, offset)
        blob = content[start : start + length]
        if len(blob) != length or crc32(blob) != check:
            raise DamagedError("a part of the index is not what was written")
        return blob

    def keyed(self, offset: int, key: bytes) -> bytes | None:
        """Return the value of the keyed blob at `offset`, or None where its key is another."""
        blob = self.blob(offset)
        end = _KEYED.size + len(key)
        if blob[: _KEYED.size] != _KEYED.pack(len(key)) or blob[_KEYED.size : end] != key:
            return None
        return blob[end:]

    def blobs(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Yield the framed blobs that stand one after the other from `start` to `end`, each with its offset."""
        while start < end:
            blob = self.blob(start)
            yield start, blob
            start += _FRAME.size + len(blob)

    def copy(self, start: int, end: int) -> bytes:
        """Return raw bytes."""
        if not 0 <= start <= end <= len(self._content):
            raise DamagedError("an offset points outside the index")
        return self._content[start:end]

    def numbers(self, where: Any, *, itemsize: int) -> "memoryview[int]":
        """Return an array of numbers (4 or 8 bytes each) as a view into the file, after checking its checksum."""
        view = memoryview(self._content)
        self._views.append(view)
        try:
            start, length, size, check = where
            if size != itemsize or length % itemsize or not 0 <= start <= start + length <= len(view):
                raise DamagedError("an offset points outside the index")
            part = view[start : start + length]
            self._views.append(part)
            if crc32(part) != check:
                raise DamagedError("a table of the index is not what was written")
            cast = part.cast("I" if itemsize == 4 else "Q")
        except (TypeError, ValueError) as error:
            raise DamagedError("the index describes a table wrongly") from error
        self._views.append(cast)
        return cast

    def table(self, where: Any) -> Table:
        """Return a hash table that `Writer.table` wrote."""
        try:
            tags = self.numbers(where["tags"], itemsize=4)
            offsets = self.numbers(where["offsets"], itemsize=8)
            shift = where["shift"]
            whole = len(tags) == len(offsets) > (1 << (32 - shift)) and tags[-1] == 0
        except (TypeError, KeyError, ValueError) as error:
            raise DamagedError("the index describes a table wrongly") from error
        if not whole:
            raise DamagedError("a table of the index is too short")
        return Table(tags, offsets, shift)

    def value(self, table: Table, key: bytes, tag: int) -> bytes | None:
        """Return the value under `key`, whose tag is `tag`, or None."""
        tags, offsets, shift = table
        slot = tag >> shift
        while found := tags[slot]:
            if found == tag:
                value = self.keyed(offsets[slot], key)
                if value is not None:
                    return value
            slot += 1
        return None


def _contents(content: "mmap.mmap", kind: str) -> dict[str, Any]:
    import orjson

    magic, said, size, start, length, check, head_check = _HEADER.unpack_from(content, 0)
    if magic != _MAGIC or said.rstrip(b"\0") != kind.encode():
        raise DamagedError("not an index of this version")
    if crc32(content[: _HEADER.size - 4]) != head_check or size != len(content) or start + length != size:
        raise DamagedError("the index is truncated or damaged")
    toc = content[start : start + length]
    if crc32(toc) != check:
        raise DamagedError("the index is damaged")
    contents = orjson.loads(toc)
    if not isinstance(contents, dict):
        raise DamagedError("the index has no contents")
    return contents


def split_key(blob: bytes) -> tuple[bytes, bytes]:
    """Return key and value of a keyed blob."""
    if len(blob) < _KEYED.size:
        raise DamagedError("a part of the index is not what was written")
    end = _KEYED.size + int.from_bytes(blob[: _KEYED.size], sys.byteorder)
    return blob[_KEYED.size : end], blob[end:]


def fits(key: bytes) -> bool:
    """Return whether a key is short enough to be stored."""
    return len(key) <= _MAX_KEY_BYTES


def write_table(writer: Writer, rows: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """Write the hash table of (tag, offset) rows; return where it is."""
    tags, offsets = array("I"), array("Q")
    for row_tag, offset in rows:
        tags.append(row_tag)
        offsets.append(offset)
    return writer.table(tags, offsets)
