"""The user's cache: a folder of their own (mode 0700), never inside an examined tree, and never with pickle in it.

Everything here may be deleted at any time; it is made again. A cache that cannot be written is no error: the work is
done again each time.
"""

import os
import tempfile
from hashlib import sha256
from pathlib import Path


def folder() -> Path:
    """Return the cache folder: `$WARDLINE_CACHE`, else `$XDG_CACHE_HOME/wardline`, else `~/.cache/wardline`.

    Source: XDG Base Directory Specification 0.8 (a relative `XDG_CACHE_HOME` is to be ignored).
    """
    named = os.environ.get("WARDLINE_CACHE")
    if named:
        return Path(named).absolute()
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(xdg) if xdg.startswith("/") else Path("~/.cache").expanduser()) / "wardline"


def own_folder(*names: str) -> Path | None:
    """Return a subfolder of the cache, made if needed, or None where it cannot be made or is another user's."""
    path = folder()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = path.lstat()
        if facts.st_uid != os.geteuid():
            return None
        if facts.st_mode & 0o077:
            path.chmod(0o700)
        path = path.joinpath(*names)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return path


def key(kind: str, *parts: object) -> str:
    """Return a file name for what depends on `parts` (values with a stable `repr`)."""
    return f"{kind}-{sha256(repr(parts).encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def load(name: str) -> bytes | None:
    """Return what was stored under `name`, or None."""
    path = folder() / name
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_uid != os.geteuid():
                return None
            return file.read()
    except OSError:
        return None


def store(name: str, content: bytes) -> bool:
    """Keep `content` under `name`, whole or not at all; return whether it was kept."""
    into = own_folder()
    if into is None:
        return False
    try:
        with tempfile.NamedTemporaryFile(dir=into, prefix=".part-", delete=False) as file:
            file.write(content)
        Path(file.name).replace(into / name)
    except OSError:
        return False
    return True
