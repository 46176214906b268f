"""The records of a source, one by one, as JSON values: from zips and loose files that strangers made.

Every archive is bounded in its directory, in what an entry declares and really holds, and in what the whole unpacks to;
nothing is ever extracted to a disk. What cannot be read is a `Problem` with its name and the reason, and the next
record follows: one bad file never hides another.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from wardline.check.dependencies.advisories.sources import Part, Problem
from wardline.kernel.text import printable

MAX_RECORD_BYTES: Final = 16 * 1024 * 1024
MAX_ENTRIES: Final = 2_000_000
MAX_DIRECTORY_BYTES: Final = 512 * 1024 * 1024
MAX_RATIO: Final = 200  # what a whole archive may unpack to, in times of its own size; real ones have 2 to 5
FREE_BYTES: Final = 64 * 1024 * 1024  # a small archive may hold one well-packed record
_READABLE: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_END: Final = b"PK\x05\x06"
_ARCHIVE_ERRORS: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, OverflowError)


def documents(part: Part) -> Iterator[tuple[str, Any] | Problem]:
    """Yield every record of a part as (entry name, JSON value), and a `Problem` for each that could not be read."""
    return _zipped(part.path) if part.kind == "zip" else _loose(part)


def document(path: Path, *, zipped: bool, entry: str) -> Any:
    """Return one record by the name under which `documents` gave it; None where it is gone or cannot be read now."""
    try:
        if not zipped:
            return orjson.loads(_bounded_file(path / entry))
        with archive(path) as opened:
            return orjson.loads(_bounded_entry(opened, opened.getinfo(entry)))
    except (KeyError, *_ARCHIVE_ERRORS):
        return None


def count(part: Part) -> int:
    """Return about how many records a part holds, for showing progress; 0 where it cannot be told."""
    if part.kind != "zip":
        return len(part.files)
    try:
        with part.path.open("rb") as file:
            return _directory(file)[0]
    except OSError:
        return 0


def _loose(part: Part) -> Iterator[tuple[str, Any] | Problem]:
    for name in part.files:
        if printable(name) != name:
            yield Problem(printable(name), "its name is not printable")
            continue
        try:
            yield name, orjson.loads(_bounded_file(part.path / name))
        except (OSError, ValueError) as error:
            yield Problem(printable(name), _reason(error))


def _zipped(path: Path) -> Iterator[tuple[str, Any] | Problem]:
    shown = printable(f"{path.parent.name}/{path.name}")
    try:
        opened = archive(path)
    except _ARCHIVE_ERRORS as error:
        yield Problem(shown, _reason(error))
        return
    with opened:
        left = max(FREE_BYTES, MAX_RATIO * path.stat().st_size)
        for entry in opened.infolist():
            name = entry.filename
            if entry.is_dir():
                continue  # holds nothing by itself
            refusal = _refusal(entry)
            if refusal:
                yield Problem(printable(name, max_chars=200), refusal)
                continue
            try:
                content = _bounded_entry(opened, entry)
                left -= len(content)
                if left < 0:
                    yield Problem(shown, f"unpacks to more than {MAX_RATIO} times its size; the rest was not read")
                    return
                yield name, orjson.loads(content)
            except _ARCHIVE_ERRORS as error:
                yield Problem(printable(name, max_chars=200), _reason(error))


def _refusal(entry: zipfile.ZipInfo) -> str:
    """Return why an entry is not even opened, or ""."""
    if entry.filename.startswith(("/", "\\")) or ".." in entry.filename or "\\" in entry.filename:
        return "its name leaves the archive"
    if not entry.filename.endswith(".json"):
        return "not a .json record"
    if entry.flag_bits & _ENCRYPTED:
        return "encrypted"
    if entry.compress_type not in _READABLE:
        return f"packed with method {entry.compress_type}"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link"
    if entry.file_size > MAX_RECORD_BYTES:
        return f"larger than {MAX_RECORD_BYTES // 2**20} MB"
    return ""


def archive(path: Path) -> zipfile.ZipFile:
    """Return an open archive, after looking at what its end record declares: a directory is read into memory whole."""
    with path.open("rb") as file:
        entries, directory_bytes = _directory(file)
    if entries > MAX_ENTRIES or directory_bytes > MAX_DIRECTORY_BYTES:
        raise ValueError(f"declares {entries:,} entries in a directory of {directory_bytes:,} bytes")
    return zipfile.ZipFile(path)


def _directory(file: Any) -> tuple[int, int]:
    """Return entries and bytes of the central directory as the end record has them (APPNOTE 6.3.10, 4.3.14-4.3.16).

    Where a field is too small for the truth (zip64), the size of everything before the record bounds the directory.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 22 - 0xFFFF))
    tail = file.read(22 + 0xFFFF)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return 0, 0  # not a zip: opening says so
    entries = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory_bytes = int.from_bytes(tail[at + 12 : at + 16], "little")
    if entries == 0xFFFF or directory_bytes == 0xFFFFFFFF:
        locator = tail.rfind(b"PK\x06\x06", 0, at)
        if locator < 0:
            return entries, min(directory_bytes, size)
        entries = int.from_bytes(tail[locator + 32 : locator + 40], "little")
        directory_bytes = int.from_bytes(tail[locator + 40 : locator + 48], "little")
    return entries, min(directory_bytes, size)


def _bounded_entry(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with opened.open(entry) as file:
        content = file.read(MAX_RECORD_BYTES + 1)
    if len(content) > MAX_RECORD_BYTES:
        raise ValueError(f"larger than {MAX_RECORD_BYTES // 2**20} MB")
    return content


def _bounded_file(path: Path) -> bytes:
    """Return a regular file's bytes; never waits for a FIFO that took its place since it was listed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a regular file")
        content = file.read(MAX_RECORD_BYTES + 1)
    if len(content) > MAX_RECORD_BYTES:
        raise ValueError(f"larger than {MAX_RECORD_BYTES // 2**20} MB")
    return content


def _reason(error: Exception) -> str:
    if isinstance(error, orjson.JSONDecodeError):
        return printable(f"not JSON: {error.msg}", max_chars=200)
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return printable(str(error) or type(error).__name__, max_chars=200)
