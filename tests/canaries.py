"""Looks for a value wherever it could have been left: in plain and in the spellings that programs give it."""

import base64
import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

_ZLIB_HEADS = (b"\x78\x01", b"\x78\x9c", b"\x78\xda")
_GZIP_HEAD = b"\x1f\x8b\x08"
_MOST_INFLATED = 64 * 1024 * 1024


class Hit(NamedTuple):
    """A value that was found: which, in what spelling, where."""

    value: str
    spelling: str
    place: str


def spellings(value: str) -> dict[str, bytes]:
    """Return every form that a value is looked for in, by name.

    Base64 has three, for what stands before the value in the text that was encoded; the characters at its ends, which
    depend on what stands beside it, are left out.
    """
    raw = value.encode()
    found = {
        "plain": raw,
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "UTF-16 little": value.encode("utf-16-le"),
        "UTF-16 big": value.encode("utf-16-be"),
        "URL": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "reversed": raw[::-1],
    }
    if quote(value, safe="") != value:
        found["URL, as usual"] = quote(value, safe="").encode()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw + b"\0" * (-(before + len(raw)) % 3))
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        found[f"base64 {before}"] = encoded[first:last]
        found[f"base64url {before}"] = encoded[first:last].translate(bytes.maketrans(b"+/", b"-_"))
    return found


def hits(content: bytes, values: Iterable[str], place: str) -> list[Hit]:
    """Return where any of the values stands in some bytes, or in what they hold compressed."""
    wanted = [(value, spelling, form) for value in values for spelling, form in spellings(value).items()]
    found = []
    for where, part in [(place, content), *((f"{place}, inflated", one) for one in inflated(content))]:
        found += [Hit(value, spelling, where) for value, spelling, form in wanted if form in part]
    return found


def inflated(content: bytes) -> Iterator[bytes]:
    """Give every stream of zlib, gzip, bzip2 or xz in some bytes, as far as it can be read."""
    for head, bits in (*((one, 15) for one in _ZLIB_HEADS), (_GZIP_HEAD, 31)):
        at = content.find(head)
        while at >= 0:
            with suppress(zlib.error):
                made = zlib.decompressobj(bits).decompress(content[at:], _MOST_INFLATED)
                if len(made) > 16:
                    yield made
            at = content.find(head, at + 1)
    for whole in (bz2.decompress, lzma.decompress):
        with suppress(OSError, ValueError, lzma.LZMAError, EOFError):
            yield whole(content)


def in_folder(folder: Path, values: Iterable[str], skip: tuple[str, ...] = ()) -> list[Hit]:
    """Return where any of the values stands in the files below a folder, or in their names."""
    wanted, found = list(values), []
    for path in sorted(folder.rglob("*")):
        if any(part in path.parts for part in skip):
            continue
        found += hits(str(path.relative_to(folder)).encode(), wanted, f"the name of {path}")
        if path.is_file() and not path.is_symlink():
            with suppress(FileNotFoundError):  # a database takes files away while one looks
                found += hits(path.read_bytes(), wanted, str(path))
    return found


def in_memory(process: int, values: Iterable[str]) -> tuple[list[Hit], int]:
    """Return where any of the values stands in a process's memory, and how many bytes were looked through.

    It is what a core dump of it holds (proc_pid_mem(5)): root on the machine reads it.
    """
    wanted = [(value, name, form) for value in values for name, form in spellings(value).items()]
    found, size = [], 0
    with Path(f"/proc/{process}/maps").open() as maps, Path(f"/proc/{process}/mem").open("rb", 0) as memory:
        for line in maps.read().splitlines():
            span, rights, *_ = line.split()
            if "r" not in rights or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            first, last = (int(part, 16) for part in span.split("-"))
            with suppress(OSError, ValueError):
                memory.seek(first)
                content = memory.read(last - first)
                size += len(content)
                found += [Hit(value, name, f"memory {span}") for value, name, form in wanted if form in content]
    return found, size


def packed(content: bytes) -> dict[str, bytes]:
    """Return some bytes as backups hold them, by name."""
    return {
        "gzip": gzip.compress(content),
        "zlib": zlib.compress(content),
        "bzip2": bz2.compress(content),
        "xz": lzma.compress(content),
    }
