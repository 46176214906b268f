"""Reports on their way in: written to a file of this node as they arrive, and gone once they are received."""

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from starlette.requests import ClientDisconnect, Request

from wardline.api.bodies import length_within, too_large
from wardline.api.hop import Hop
from wardline.api.problems import NoSpaceError, UnsupportedMediaError
from wardline.kernel.errors import AskedWronglyError

if TYPE_CHECKING:
    from hashlib import _Hash

_FOLDER: Final = "spool"
_PIECE: Final = 1024 * 1024
_LEFT_OVER_SECONDS: Final = 6 * 3600
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_ENCODINGS: Final = frozenset({"", "identity", "gzip"})  # gzip is unpacked where it is read, within bounds


class Spooled(NamedTuple):
    """A body in a file of its own folder, and its SHA-256."""

    path: Path
    digest: bytes

    @property
    def beside(self) -> Path:
        """Where what is read from it goes."""
        return self.path.with_name("read")


@contextmanager
def no_space_said() -> Iterator[None]:
    """Turn a full disk into words.

    Raises: `NoSpaceError`.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise NoSpaceError(
                "the server has no room for this report at the moment",
                hint="send it again later, under the same idempotency key; whoever runs Wardline makes room",
            ) from error
        raise


class Spool:
    """The folder of reports that arrive at this node. What a node that died left there is swept away by the next."""

    def __init__(self, state: Path) -> None:
        """Name the folder; it is made when the first report comes."""
        self._folder = state / _FOLDER

    async def take(self, request: Request, hop: Hop, max_bytes: int) -> Spooled:
        """Return a request's body as a file, which is the caller's to `drop`.

        Raises: `TooLargeError`; `NoSpaceError`; `AskedWronglyError` where nothing came, or not the whole;
        `UnsupportedMediaError` for an encoding that is not read.
        """
        length_within(request, max_bytes)
        if request.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
            raise UnsupportedMediaError("only gzip is unpacked", hint="send it as it is, or with gzip")
        path, file = await hop(self._opened)
        try:
            return Spooled(path, await self._filled(request, hop, file, max_bytes))
        except BaseException:
            file.close()
            drop(path)
            raise

    async def _filled(self, request: Request, hop: Hop, file: BinaryIO, max_bytes: int) -> bytes:
        digest = sha256()
        count = 0
        piece = bytearray()
        try:
            async for part in request.stream():
                count += len(part)
                if count > max_bytes:
                    raise too_large(max_bytes)
                piece += part
                if len(piece) >= _PIECE:
                    await hop(_write, file, digest, bytes(piece))
                    piece.clear()
        except ClientDisconnect:
            raise AskedWronglyError("the report did not arrive whole", hint="send it again") from None
        if not count:
            raise AskedWronglyError("no report was sent", hint="send it as the request's body")
        await hop(_write, file, digest, bytes(piece), True)  # noqa: FBT003 - the last piece
        return digest.digest()

    def _opened(self) -> tuple[Path, BinaryIO]:
        with no_space_said():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._swept()
            path = self._folder / secrets.token_hex(16) / "report"
            path.parent.mkdir(mode=0o700)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        return path, os.fdopen(descriptor, "wb", buffering=0)

    def _swept(self) -> None:
        before = time.time() - _LEFT_OVER_SECONDS
        for old in self._folder.iterdir():
            with suppress(FileNotFoundError):
                if old.lstat().st_mtime < before:
                    drop(old / "report")


def drop(path: Path) -> None:
    """Delete a report and whatever was read from it."""
    shutil.rmtree(path.parent, ignore_errors=True)


def _write(file: BinaryIO, digest: "_Hash", piece: bytes, last: bool = False) -> None:  # noqa: FBT001, FBT002 - see above
    digest.update(piece)
    with no_space_said():
        view = memoryview(piece)
        while view:
            view = view[file.write(view) :]
        if last:
            file.close()
