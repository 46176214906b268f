"""A node's folder: who may look in, who holds it now, and what it remembers from one start to the next."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from wardline.kernel.errors import AskedWronglyError, ConflictError

_LOCK: Final = "up.lock"
_MEMORY: Final = "up.json"


def prepared(folder: Path) -> Path:
    """Return the folder, made where it was not there, readable by its owner alone.

    Raises: `AskedWronglyError` where it cannot be made, is no folder, or belongs to somebody else.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise AskedWronglyError(f"{folder} belongs to somebody else", hint="name another with --state")
        folder.chmod(0o700)
    except OSError as error:
        raise AskedWronglyError(f"{folder}: {error.strerror}", hint="name another folder with --state") from error
    return folder


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder for the time of the block: one `wardline up` at a time, and none is left held by a crash.

    Raises: `ConflictError` where another process holds it.
    """
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            known = remembered(folder)
            raise ConflictError(
                f"Wardline already runs from {folder}" + (f" at {known['url']}" if known.get("url") else ""),
                hint="`wardline down` ends it; --state names another folder",
            ) from None
        yield
    finally:
        os.close(descriptor)


def holder(folder: Path) -> int | None:
    """Return the process id of the `wardline up` that holds the folder now, or None where none does."""
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        found = remembered(folder).get("process")
        return found if isinstance(found, int) else None
    finally:
        os.close(descriptor)
    return None


def remembered(folder: Path) -> dict[str, Any]:
    """Return what was remembered (`port`, `url`, `process`), or nothing where there is nothing readable."""
    try:
        found = json.loads((folder / _MEMORY).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def remember(folder: Path, **values: Any) -> None:
    """Keep these values for the next start, over those of the same name; all of them or none."""
    waiting = folder / f"{_MEMORY}.new"
    waiting.write_text(json.dumps(remembered(folder) | values))
    waiting.replace(folder / _MEMORY)
