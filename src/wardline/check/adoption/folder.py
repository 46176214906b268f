"""A repository's folder, read and written without ever following a symbolic link or leaving it.

Every step down is an `openat` of one name with `O_NOFOLLOW`, so a link put in its place between the look and the write
is refused as well.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from wardline.kernel.errors import AskedWronglyError

MAX_BYTES: Final = 1024 * 1024
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class RefusedError(AskedWronglyError):
    """A file that is not read or written: a link, a device, a file where a folder should be, no permission."""

    code = "refused"


class Folder:
    """The folder that is written into; `path` itself may be a link, since the user named it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None where there is none.

        Raises: `RefusedError` for anything but a readable regular file of at most 1 MB, reached without links.
        """
        try:
            with self._parent(path) as (parent, name):
                return _regular(parent, name, path)
        except FileNotFoundError:
            return None

    def names(self, path: str = "") -> list[str]:
        """Return the names in a folder, sorted; none where there is no such folder, or a link in its place."""
        try:
            with self._parent(f"{path}/." if path else ".") as (parent, _):
                return sorted(os.listdir(parent))  # noqa: PTH208 - a descriptor, which pathlib cannot list
        except (FileNotFoundError, RefusedError):
            return []

    def create(self, path: str, content: bytes) -> None:
        """Write a new file and the folders that it needs.

        Raises: `RefusedError` where something is there already, a link is on the way, or writing is not permitted.
        """
        with self._parent(path, make=True) as (parent, name), _explained(path):
            _write_new(parent, name, content)

    def replace(self, path: str, before: bytes, content: bytes) -> None:
        """Replace a file's bytes, whole or not at all, keeping its mode.

        Raises: `RefusedError` where it no longer holds `before`, is a link, or writing is not permitted.
        """
        with self._parent(path) as (parent, name), _explained(path):
            if _regular(parent, name, path) != before:
                raise RefusedError(f"{path} changed meanwhile", hint="run the command again")
            mode = stat.S_IMODE(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
            part = f".{name}.wardline-{os.getpid()}"
            _write_new(parent, part, content)
            try:
                os.chmod(part, mode, dir_fd=parent)
                os.rename(part, name, src_dir_fd=parent, dst_dir_fd=parent)
            except OSError:
                os.unlink(part, dir_fd=parent)
                raise

    @contextmanager
    def _parent(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        *folders, name = path.split("/")
        with _explained(path):
            at = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in folders:
                with _explained(path):
                    if make:
                        _make(at, part)
                    below = os.open(part, _FOLDER, dir_fd=at)
                os.close(at)
                at = below
            yield at, name
        finally:
            os.close(at)


def _make(parent: int, name: str) -> None:
    try:
        os.mkdir(name, dir_fd=parent)
    except FileExistsError:
        return


def _regular(parent: int, name: str, path: str) -> bytes:
    with _explained(path):
        # O_NONBLOCK: opening a FIFO must not wait for its writer.
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise RefusedError(f"{path} is no regular file", hint="move it away, and run the command again")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise RefusedError(f"{path} is larger than 1 MB", hint="add what is wanted by hand")
    return content


def _write_new(parent: int, name: str, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, 0o666, dir_fd=parent), "wb") as file:
        try:
            file.write(content)
            file.flush()
        except OSError:  # a full disk: half a file is worse than none
            os.unlink(name, dir_fd=parent)
            raise


@contextmanager
def _explained(path: str) -> Iterator[None]:
    """Turn what the system says into words; a file that is not there stays `FileNotFoundError`."""
    try:
        yield
    except FileNotFoundError:
        raise
    except FileExistsError as error:
        raise RefusedError(f"{path} is there already", hint="run the command again") from error
    except PermissionError as error:
        raise RefusedError(f"{path}: no permission", hint="run it as somebody who may write there") from error
    except (NotADirectoryError, IsADirectoryError) as error:
        raise RefusedError(f"{path}: a link, a file or a folder is where it does not belong") from error
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise RefusedError(f"{path}: {error.strerror}") from error
        hint = "nothing is written through a link: put a file there, or add what is wanted by hand"
        raise RefusedError(f"{path} is a symbolic link", hint=hint) from error
