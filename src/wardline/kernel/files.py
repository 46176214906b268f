"""Files in a folder that somebody else may have prepared: read and written without following a symbolic link.

Every step from the root is opened without following links and held by its descriptor, so that nothing can be swapped
underneath. POSIX only.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class UnsafeFileError(AskedWronglyError):
    """A file that is not read or written: it is a link, a device or too large, or a folder on its way is a link."""

    code = "unsafe-file"


def read(root: Path, path: str, *, max_bytes: int) -> bytes | None:
    """Return the bytes of the regular file `root/path` (`/`-separated), or None where there is none.

    Raises: `UnsafeFileError`.
    """
    with _refusing(path):
        try:
            with _parent(root, path, make=False) as (folder, name):
                descriptor = os.open(name, _FILE, dir_fd=folder)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise UnsafeFileError(f"{printable(path)}: not a regular file")
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise UnsafeFileError(f"{printable(path)}: larger than {max_bytes // 1024} KB")
    return content


def names(root: Path, path: str = "") -> list[str]:
    """Return the names in the folder `root/path`, sorted; none where it is no folder or a link is on the way."""
    try:
        with _parent(root, f"{path}/." if path else ".", make=False) as (folder, _):
            return sorted(os.listdir(folder))  # noqa: PTH208 - a descriptor, which pathlib cannot list
    except OSError:
        return []


def create(root: Path, path: str, content: bytes) -> None:
    """Write the new file `root/path`, making the folders between; what is there already is never written to.

    Raises: `UnsafeFileError`.
    """
    with _refusing(path), _parent(root, path, make=True) as (folder, name):
        _write_new(folder, name, content, 0o644)


def replace(root: Path, path: str, content: bytes) -> None:
    """Write `root/path` whole or not at all, making the folders between; an existing file keeps its mode.

    Raises: `UnsafeFileError`.
    """
    with _refusing(path), _parent(root, path, make=True) as (folder, name):
        mode = 0o644
        try:
            there = os.lstat(name, dir_fd=folder)
        except FileNotFoundError:
            pass
        else:
            if not stat.S_ISREG(there.st_mode):
                raise UnsafeFileError(f"{printable(path)}: not a regular file, so it is not replaced")
            mode = stat.S_IMODE(there.st_mode)
        part = f".{name}.{secrets.token_hex(4)}"
        _write_new(folder, part, content, mode)
        try:
            os.rename(part, name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError:
            os.unlink(part, dir_fd=folder)
            raise


def _write_new(folder: int, name: str, content: bytes, mode: int) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode=mode, dir_fd=folder)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:  # a full disk: half a file is worse than none
        os.unlink(name, dir_fd=folder)
        raise


@contextmanager
def _refusing(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:  # ELOOP or ENOTDIR: a link on the way
        raise UnsafeFileError(
            f"{printable(path)}: {error.strerror}", hint="it and its folders must be real, and not links"
        ) from error


@contextmanager
def _parent(root: Path, path: str, *, make: bool) -> Iterator[tuple[int, str]]:
    """Give the descriptor of the folder that holds `path`, and the last name of `path`."""
    *folders, name = path.split("/")
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in folders:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=at)
            below = os.open(part, _FOLDER, dir_fd=at)
            os.close(at)
            at = below
        yield at, name
    finally:
        os.close(at)
