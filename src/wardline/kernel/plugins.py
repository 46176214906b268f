"""Plug-ins are files in a folder: what each declares is read from its source, and nothing is imported.

A plug-in module declares itself with module-level constants whose values are literals (`ID`, `TITLE`, `PATTERNS`, ...).
Importing a few hundred modules to ask them who they are costs 100 ms and more; reading their constants once and keeping
them in the user's cache costs a `stat` each. A module is imported when its turn comes.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple

import orjson

from wardline.kernel import cache

_FORMAT: Final = 1


class Plugin(NamedTuple):
    """One plug-in file: where it is imported from and the literal constants that it declares."""

    module: str
    declared: dict[str, Any]
    doc: str

    def load(self) -> ModuleType:
        """Import the module."""
        return import_module(self.module)


def catalogue(package: str) -> list[Plugin]:
    """Return the plug-ins of `package` (a dotted name), by module name, without importing any of them.

    Declarations are kept in the user's cache under the folder's file names, sizes and times, so a changed, added or
    removed file is seen at once. Without a cache they are read anew: slower, the same answer.
    """
    folder = _folder(package)
    files = sorted(
        (entry.name, entry.stat().st_size, entry.stat().st_mtime_ns)
        for entry in os.scandir(folder)
        if entry.name.endswith(".py") and not entry.name.startswith("_")
    )
    key = cache.key("plugins", _FORMAT, sys.version, str(folder), files)
    kept = _kept(key)
    if kept is not None:
        return kept
    plugins = [_declared(package, folder / name) for name, _, _ in files]
    try:
        content = orjson.dumps([tuple(plugin) for plugin in plugins])
    except TypeError:  # a literal that JSON does not have (bytes, a set): read anew each time
        return plugins
    cache.store(key, content)
    return _read(content)  # as it will be from the cache: tuples are lists


def _kept(key: str) -> list[Plugin] | None:
    """Return what the cache has, or None: whatever stands there that we did not write is read anew."""
    content = cache.load(key)
    if content is None:
        return None
    try:
        return _read(content)
    except (TypeError, ValueError):  # JSONDecodeError is a ValueError
        return None


def _read(content: bytes) -> list[Plugin]:
    return [Plugin(str(module), dict(declared), str(doc)) for module, declared, doc in orjson.loads(content)]


def _folder(package: str) -> Path:
    module = sys.modules.get(package) or import_module(package)
    return Path(next(iter(module.__path__)))


def _declared(package: str, path: Path) -> Plugin:
    from wardline.kernel.declarations import declared_in  # only where the cache does not know: a parser costs 2 ms

    return Plugin(f"{package}.{path.stem}", *declared_in(path))
