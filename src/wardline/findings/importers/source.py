"""A report as bytes that can be read from the start as often as an importer needs: plain or gzip, UTF-8 or UTF-16.

Results refer to rules and packages that may stand behind them, so most importers read twice. Nothing is kept between.
"""

import codecs
import io
from typing import Any, BinaryIO, Final, NamedTuple

from wardline.findings.importers.model import Bounds, DamagedReportError

_CHUNK_BYTES: Final = 256 * 1024
_GZIP: Final = b"\x1f\x8b"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Trouble(NamedTuple):
    """What was left out of a report for one reason: where it first stood, and how often."""

    place: str
    times: int


class Reading(io.RawIOBase):
    """One reading of a report: UTF-8 without a mark, never more than the bound."""

    def __init__(self, file: BinaryIO, bounds: Bounds) -> None:
        """Find out from the first bytes how the report is packed and encoded."""
        super().__init__()
        self._file: BinaryIO = file
        self._max_bytes = bounds.max_bytes
        self._passed = 0
        self._left = b""
        self._decode: Any = None
        head = self._raw(4)
        if head[:2] == _GZIP:
            import gzip

            file.seek(-len(head), io.SEEK_CUR)
            self._file = gzip.GzipFile(fileobj=file)  # type: ignore[assignment] # it reads as one
            head = self._raw(4)
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                head = head[len(mark) :]
                self._transcode(encoding)
                break
        else:
            if len(head) == 4 and 0 in head:
                self._transcode("utf-16-le" if head[1] == 0 else "utf-16-be")
        self._left = self._text(head) + self._text(self._raw(_CHUNK_BYTES))  # so that a peek sees more than a mark

    def _transcode(self, encoding: str) -> None:
        if encoding != "utf-8":
            self._decode = codecs.getincrementaldecoder(encoding)("replace").decode

    def _text(self, part: bytes, *, final: bool = False) -> bytes:
        if self._decode is None:
            return part
        return str(self._decode(part, final)).encode("utf-8", "replace")

    def _raw(self, count: int) -> bytes:
        import zlib

        try:
            part = self._file.read(count)
        except (EOFError, zlib.error, OSError) as error:  # gzip's own errors are of these
            raise DamagedReportError(
                f"the report cannot be read on after {self._passed:,} bytes: {type(error).__name__}",
                hint="have its tool write it again",
            ) from error
        self._passed += len(part)
        if self._passed > self._max_bytes:
            raise DamagedReportError(
                f"the report is larger than {self._max_bytes:,} bytes", hint="have its tool write it in parts"
            )
        return part

    def readable(self) -> bool:
        """Return True: it is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next; 0 is the end."""
        while not self._left:
            part = self._raw(_CHUNK_BYTES)
            self._left = self._text(part, final=not part)
            if not part and not self._left:
                return 0
        taken = self._left[: len(buffer)]
        self._left = self._left[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


class Source:
    """A report that can be read from its start again and again, and what had to be left out of it."""

    def __init__(self, stream: BinaryIO, bounds: Bounds | None = None, *, root: str = "") -> None:
        """Take a seekable stream; one reading ends where the next begins. `root` is the examined tree's path."""
        self._stream = stream
        self.bounds = bounds or Bounds()
        self.root = root
        self.troubles: dict[str, Trouble] = {}

    def open(self) -> io.BufferedReader:
        """Return the report from its start. Raises: `DamagedReportError`, here and while it is read."""
        self._stream.seek(0)
        return io.BufferedReader(Reading(self._stream, self.bounds), _CHUNK_BYTES)

    def trouble(self, reason: str, place: str) -> None:
        """Note that something was left out, why and where."""
        known = self.troubles.get(reason)
        self.troubles[reason] = Trouble(known.place, known.times + 1) if known else Trouble(place, 1)
