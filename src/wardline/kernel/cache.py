"""The user's cache: a folder of their own (mode 0700), never inside an examined tree, and never with pickle in it.

Everything here may be deleted at any time; it is made again. A cache that cannot be written is no error: the work is
done again each time.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from wardline.kernel.digests import sha256
from wardline.kernel.errors import AskedWronglyError


def folder() -> Path:
    """Return the cache folder: `$WARDLINE_CACHE`, else `$XDG_CACHE_HOME/wardline`, else `~/.cache/wardline`.

    Where there is no home either, a folder that does not exist. Source: XDG Base Directory Specification 0.8 (a
    relative `XDG_CACHE_HOME` is to be ignored).
    """
    named = os.environ.get("WARDLINE_CACHE")
    if named:
        return Path(named).absolute()
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    if xdg.startswith("/"):
        return Path(xdg) / "wardline"
    return _home() / ".cache/wardline"


def _home() -> Path:
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.expanduser raises where nobody has a home
    return Path(home if home.startswith("/") else "/nonexistent")


def refuse_inside(tree: Path) -> None:
    """Refuse a cache inside the examined tree, whose author could fill it.

    A tree that holds the whole home folder is the user's own, and may hold the cache. Raises: `AskedWronglyError`.
    """
    root = tree.resolve()
    if folder().resolve().is_relative_to(root) and not _home().resolve().is_relative_to(root):
        raise AskedWronglyError(
            "the cache folder lies inside the examined tree, whose author could put anything there",
            hint="set WARDLINE_CACHE to a folder elsewhere",
        )


def own_folder(*names: str) -> Path | None:
    """Return a subfolder of the cache, made if needed; None where it cannot be made, or others could have filled it.

    The cache folder may itself be reached through a symbolic link, nothing below it may. What others may read becomes
    private; what others may write is used only while it is empty.
    """
    try:
        path = folder()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = path.resolve(strict=True)
        above = path.parent.stat()
        if above.st_mode & stat.S_IWOTH and not above.st_mode & stat.S_ISVTX:
            return None  # anybody could put another folder in its place
        if not _made_private(path):
            return None
        for name in names:
            path /= name
            path.mkdir(mode=0o700, exist_ok=True)
            if not _made_private(path):
                return None
    except (OSError, RuntimeError):  # RuntimeError: links in a circle, before Python 3.13
        return None
    return path


def _made_private(path: Path) -> bool:
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        return False
    if facts.st_mode & 0o022 and any(path.iterdir()):
        return False
    if facts.st_mode & 0o077:
        path.chmod(0o700)
    return True


def key(kind: str, *parts: object) -> str:
    """Return a file name for what depends on `parts` (values with a stable `repr`)."""
    return f"{kind}-{sha256(repr(parts).encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def load(name: str) -> bytes | None:
    """Return what was stored under `name`, or None."""
    into = own_folder()
    if into is None:
        return None
    try:
        descriptor = os.open(into / _plain(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            facts = os.fstat(descriptor)
            ours = stat.S_ISREG(facts.st_mode) and facts.st_uid == os.geteuid() and not facts.st_mode & 0o022
            return file.read() if ours else None
    except OSError:
        return None


def store(name: str, content: bytes) -> bool:
    """Keep `content` under `name`, whole or not at all; return whether it was kept."""
    into = own_folder()
    if into is None:
        return False
    part = into / f".part-{os.urandom(12).hex()}"
    try:
        # Not the tempfile module, which takes 10 ms to import.
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(content)
        part.replace(into / _plain(name))
    except OSError:
        with suppress(OSError):
            part.unlink()
        return False
    return True


def _plain(name: str) -> str:
    if not name or name.startswith(".") or "/" in name or "\0" in name:
        raise ValueError("a cached thing has a plain name")
    return name
