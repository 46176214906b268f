"""The members of an archive or of a compressed file, within bounds whatever its author wrote there.

Recognised by their first bytes: zip (and all that is one: jar, whl, docx), tar, gzip, bzip2, xz.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from wardline.kernel.text import printable

if TYPE_CHECKING:
    from tarfile import TarFile

MAX_MEMBERS: Final = 10_000
MAX_MEMBER_BYTES: Final = 32 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 256 * 1024 * 1024
MAX_DEPTH: Final = 2
_XZ_MEMORY_BYTES: Final = 256 * 1024 * 1024

_ZIP: Final = b"PK\x03\x04"
_COMPRESSED: Final = {b"\x1f\x8b\x08": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
_TAR_MAGIC_AT: Final = 257  # POSIX.1-2017 pax, "ustar Interchange Format"


class UnreadArchiveError(Exception):
    """Something in an archive that was not looked into: why, in words for a report, without any content."""


def archive(content: bytes) -> bool:
    """Return whether the bytes are an archive or a compressed file that `members` reads."""
    return content.startswith((_ZIP, *_COMPRESSED)) or _tar(content)


def members(content: bytes) -> Iterator[tuple[str, bytes | UnreadArchiveError]]:
    """Yield each member: its printable path, and its bytes or why they were not read. Never raises, always ends."""
    try:
        if content.startswith(_ZIP):
            yield from _of_zip(content)
        elif _tar(content):
            yield from _of_tar(content)
        else:
            yield from _of_compressed(content)
    except UnreadArchiveError as error:
        yield "", error
    except Exception as error:  # noqa: BLE001 - the standard library's readers raise whatever a stranger's bytes lead to
        yield "", UnreadArchiveError(f"the archive cannot be read ({type(error).__name__})")


def _tar(content: bytes) -> bool:
    return content[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar"


def _of_zip(content: bytes) -> Iterator[tuple[str, bytes | UnreadArchiveError]]:
    from zipfile import ZipFile

    left = MAX_TOTAL_BYTES
    with ZipFile(BytesIO(content)) as opened:
        listed = opened.infolist()
        for info in listed[:MAX_MEMBERS]:
            if info.is_dir():
                continue
            name = printable(info.filename)
            if info.flag_bits & 1:  # APPNOTE 4.4.4: bit 0, encrypted
                yield name, UnreadArchiveError("a member is encrypted")
                continue
            try:
                with opened.open(info) as file:
                    part = file.read(min(MAX_MEMBER_BYTES, left) + 1)
            except Exception as error:  # noqa: BLE001 - as in `members`: one bad member is not the end of the others
                yield name, UnreadArchiveError(f"a member cannot be read ({type(error).__name__})")
                continue
            left = _bounded(part, left)
            yield name, part if len(part) <= MAX_MEMBER_BYTES else UnreadArchiveError(_too_large())
    if len(listed) > MAX_MEMBERS:
        yield "", UnreadArchiveError(f"it has more than {MAX_MEMBERS:,} members")


def _of_tar(content: bytes) -> Iterator[tuple[str, bytes | UnreadArchiveError]]:
    import tarfile

    left = MAX_TOTAL_BYTES
    with tarfile.open(fileobj=BytesIO(content), mode="r:", errors="surrogateescape") as opened:
        for number, info in enumerate(_infos(opened)):
            if number >= MAX_MEMBERS:
                raise UnreadArchiveError(f"it has more than {MAX_MEMBERS:,} members")
            file = opened.extractfile(info) if info.isreg() else None
            if file is None:
                continue
            part = file.read(min(MAX_MEMBER_BYTES, left) + 1)
            left = _bounded(part, left)
            whole = len(part) <= MAX_MEMBER_BYTES
            yield printable(info.name), part if whole else UnreadArchiveError(_too_large())


def _infos(opened: "TarFile") -> Iterator[Any]:
    while (info := opened.next()) is not None:
        opened.members.clear()  # type: ignore[attr-defined] # it keeps every header that it has read
        yield info


def _of_compressed(content: bytes) -> Iterator[tuple[str, bytes | UnreadArchiveError]]:
    kind = next(name for magic, name in _COMPRESSED.items() if content.startswith(magic))
    plain, whole = _decompressed(content, kind)
    if _tar(plain):
        yield from _of_tar(plain)
    else:
        yield f"({kind})", plain
    if not whole:
        raise UnreadArchiveError("it ends before its end")


def _decompressed(content: bytes, kind: str) -> tuple[bytes, bool]:
    """Return what the streams hold, one after the other, and whether the last one is whole."""
    parts = []
    left = MAX_TOTAL_BYTES
    for _ in range(MAX_MEMBERS):
        stream = _stream(kind)
        part = stream.decompress(content, left + 1)
        left = _bounded(part, left)
        parts.append(part)
        content = stream.unused_data
        if not stream.eof or not content.startswith(tuple(_COMPRESSED)):
            return b"".join(parts), stream.eof
    return b"".join(parts), False


def _stream(kind: str) -> Any:
    if kind == "gzip":
        from zlib import decompressobj

        return decompressobj(wbits=31)
    if kind == "bzip2":
        from bz2 import BZ2Decompressor

        return BZ2Decompressor()
    from lzma import FORMAT_XZ, LZMADecompressor

    return LZMADecompressor(format=FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)


def _bounded(part: bytes, left: int) -> int:
    left -= len(part)
    if left < 0:
        raise UnreadArchiveError(f"it unpacks to more than {MAX_TOTAL_BYTES // 1024 // 1024} MB")
    return left


def _too_large() -> str:
    return f"a member is larger than {MAX_MEMBER_BYTES // 1024 // 1024} MB"
