"""Which file is a lockfile of which format: known from the formats' declarations, without importing any of them."""

import re
from collections.abc import Iterable
from fnmatch import translate
from typing import NamedTuple

from wardline.kernel.plugins import Plugin, catalogue


class Format(NamedTuple):
    """One lockfile format: its plug-in, and the command with which its own tool raises one package ("" if none)."""

    id: str
    title: str
    plugin: Plugin
    upgrade: str


class Formats:
    """All formats, asked by path."""

    def __init__(self, plugins: Iterable[Plugin]) -> None:
        """Sort the plug-ins' patterns: exact base names first, the rest as one expression each."""
        self._by_name: dict[str, Format] = {}
        self._by_pattern: list[tuple[re.Pattern[str], Format]] = []
        self.all: list[Format] = []
        for plugin in plugins:
            declared = plugin.declared
            known = Format(declared["ID"], declared["TITLE"], plugin, declared.get("UPGRADE", ""))
            self.all.append(known)
            for pattern in declared["PATTERNS"]:
                if re.search(r"[*?\[/]", pattern):
                    self._by_pattern.append((re.compile(_expression(pattern), re.DOTALL), known))
                else:
                    self._by_name[pattern] = known
        joined = "|".join(pattern.pattern for pattern, _ in self._by_pattern)
        self._any_pattern = re.compile(joined or r"(?!)", re.DOTALL)

    def of(self, path: str) -> Format | None:
        """Return the format of the file at `path` (`/`-separated), or None where it is no lockfile that we know."""
        known = self._by_name.get(path.rpartition("/")[2])
        if known is not None or not self._any_pattern.match(path):
            return known
        return next(found for pattern, found in self._by_pattern if pattern.match(path))


def load() -> Formats:
    """Return every format in `lockfiles/`."""
    return Formats(catalogue("wardline.check.dependencies.lockfiles"))


def _expression(pattern: str) -> str:
    """Return the regular expression of a declared pattern: about the base name, or with a "/" about the path's end."""
    parts = [
        translate(part).removeprefix("(?s:").removesuffix(")\\Z").replace(".*", "[^/]*") for part in pattern.split("/")
    ]
    return r"(?:.*/)?" + "/".join(parts) + r"\Z"
