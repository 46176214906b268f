"""Files that only this user may look into, written whole or not at all, and still there after the power went."""

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from wardline.kernel.errors import AskedWronglyError

_FOLDER: Final = 0o700
_LONGEST_SOCKET: Final = 100  # sun_path has 108 bytes


def folder(path: Path) -> Path:
    """Return a folder that its owner alone may enter, made where it was not there.

    Raises: `AskedWronglyError` where it cannot be made, is no folder, or is open to others.
    """
    try:
        path.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        found = path.stat()
    except OSError as error:
        raise AskedWronglyError(f"{path}: {error.strerror}", hint="name another folder with --state") from error
    if found.st_uid != os.geteuid():
        raise AskedWronglyError(f"{path} belongs to somebody else", hint="name another folder with --state")
    if found.st_mode & 0o077:
        raise AskedWronglyError(f"{path} is open to others", hint=f"chmod 700 {path}")
    return path


def private(path: Path, longest: int) -> bytes | None:
    """Return the content of a file of ours, or None where there is none.

    Raises: `AskedWronglyError` for one that is not ours alone, no plain file, or longer than `longest`.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AskedWronglyError(f"{path}: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise AskedWronglyError(f"{path} is not a file of this user alone", hint=f"chmod 600 {path}")
        content = file.read(longest + 1)
    if len(content) > longest:
        raise AskedWronglyError(f"{path} is longer than {longest} bytes")
    return content


def replace(path: Path, content: bytes, mode: int = 0o600, *, durable: bool = True) -> None:
    """Write a file in the place of the one that is there: readers see the old one or the new one, whole.

    Raises: `OSError` (a full disk): then the old one stands.
    """
    waiting = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if durable:
                os.fsync(file.fileno())
        waiting.rename(path)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    if durable:
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


@contextmanager
def socket_name(path: Path) -> Iterator[str]:
    """Give the name by which a Unix socket at a path is bound or asked, however long the path is (on Linux).

    Raises: `OSError` where its folder cannot be entered.
    """
    if len(os.fsencode(path)) <= _LONGEST_SOCKET or sys.platform != "linux":
        yield str(path)
        return
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)
