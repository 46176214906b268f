"""Which file is a lockfile of which format: known from the formats' declarations, without importing any of them."""

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import cache
from typing import NamedTuple

from wardline.kernel.plugins import Plugin, catalogue


class Format(NamedTuple):
    """One lockfile format: its plug-in, and the commands with which its own tool raises one package ("" if none).

    `upgrade_direct` is for what the project itself asks for; `upgrade` moves a package within what its parents allow.
    """

    id: str
    title: str
    plugin: Plugin
    upgrade: str
    upgrade_direct: str


class Formats:
    """All formats, asked by path."""

    def __init__(self, plugins: Iterable[Plugin]) -> None:
        """Sort the plug-ins' patterns: exact base names, and the others with the literal text that they end in."""
        self._by_name: dict[str, Format] = {}
        self._by_pattern: list[tuple[str, Format]] = []
        self.all: list[Format] = []
        for plugin in plugins:
            declared = plugin.declared
            upgrade = declared.get("UPGRADE", "")
            direct = declared.get("UPGRADE_DIRECT", upgrade)
            known = Format(declared["ID"], declared["TITLE"], plugin, upgrade, direct)
            self.all.append(known)
            for pattern in declared["PATTERNS"]:
                if any(char in pattern for char in "*?[/"):
                    self._by_pattern.append((pattern, known))
                else:
                    self._by_name[pattern] = known
        self._ends = tuple({re.split(r"[*?\]]", pattern)[-1] for pattern, _ in self._by_pattern})

    def of(self, path: str) -> Format | None:
        """Return the format of the file at `path` (`/`-separated), or None where it is no lockfile that we know."""
        known = self._by_name.get(path.rpartition("/")[2])
        if known is not None or not path.endswith(self._ends):  # of nearly every file, all that is asked
            return known
        return next((found for pattern, found in self._by_pattern if _expression(pattern).match(path)), None)


def load() -> Formats:
    """Return every format in `lockfiles/`."""
    return Formats(catalogue("wardline.check.dependencies.lockfiles"))


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a declared pattern: about the base name, or with a "/" about the path's end."""
    parts = [
        translate(part).removeprefix("(?s:").removesuffix(")\\Z").replace(".*", "[^/]*") for part in pattern.split("/")
    ]
    return re.compile(r"(?:.*/)?" + "/".join(parts) + r"\Z", re.DOTALL)
