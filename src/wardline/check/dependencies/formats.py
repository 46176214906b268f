"""Which file is a lockfile of which format: known from the formats' declarations, without importing any of them."""

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import cache
from typing import Final, NamedTuple

from wardline.kernel.plugins import Plugin, catalogue

_WILDCARDS: Final = r"[*?\[\]]"


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
        """Sort the plug-ins' patterns: exact base names, and the others with the literal text that they end in.

        Of those that end in a wildcard, what stands before their first one is to be found in a path.
        """
        self._by_name: dict[str, Format] = {}
        self._by_pattern: list[tuple[str, str, Format]] = []  # pattern, the text that it ends in
        self.all: list[Format] = []
        for plugin in plugins:
            declared = plugin.declared
            upgrade = declared.get("UPGRADE", "")
            direct = declared.get("UPGRADE_DIRECT", upgrade)
            known = Format(declared["ID"], declared["TITLE"], plugin, upgrade, direct)
            self.all.append(known)
            for pattern in declared["PATTERNS"]:
                if any(char in pattern for char in "*?[/"):
                    self._by_pattern.append((pattern, re.split(_WILDCARDS, pattern)[-1], known))
                else:
                    self._by_name[pattern] = known
        self._ends = tuple({end for _, end, _ in self._by_pattern} - {""})
        self._within = [re.split(_WILDCARDS, pattern)[0] for pattern, end, _ in self._by_pattern if not end]

    def of(self, path: str) -> Format | None:
        """Return the format of the file at `path` (`/`-separated), or None where it is no lockfile that we know."""
        known = self._by_name.get(path.rpartition("/")[2])
        if known is not None or not (path.endswith(self._ends) or any(map(path.__contains__, self._within))):
            return known  # of nearly every file, this is all that is asked
        for pattern, end, found in self._by_pattern:
            if path.endswith(end) and _expression(pattern).match(path):
                return found
        return None


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
