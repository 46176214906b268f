"""Mix (Elixir): `mix.lock`.

Packages from Hex are read from the Elixir map that Mix writes, one entry a line; nothing is evaluated. Those from git
have no version and are not examined, and are said so. What is direct or only for development stands in `mix.exs`, which
is a program, so neither is known.

Source: Mix's `Mix.Dep.Lock`, and the lock tuple of `Hex.SCM`.
"""

import re
from typing import Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import decoded

ID = "mix-lock"
TITLE = "mix.lock (Mix)"
PATTERNS = ("mix.lock",)
ECOSYSTEMS = ("Hex",)
UPGRADE = "mix deps.update {name}"

_REMEDY: Final = "run `mix deps.get`, and commit mix.lock"
_ENTRY: Final = re.compile(r'"([^"]+)": \{:(\w+), (.*)\},?')
_HEX: Final = re.compile(r':"?([\w.-]+)"?, "([^"]+)", .*')


def read(source: Source) -> Lockfile:
    """Return the packages of a `mix.lock`. Raises: `LockfileError`."""
    gathering = Gathering()
    lines = [(number, line.strip()) for number, line in enumerate(decoded(source.data).split("\n"), 1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not lines or lines[0][1] not in {"%{", "%{}"} or lines[-1][1] not in {"}", "%{}"}:
        raise LockfileError("not a whole Elixir map: no mix.lock, or one that is cut short", hint=_REMEDY)
    for number, line in lines[1:-1]:
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            raise LockfileError("an entry that cannot be read", line=number, hint=_REMEDY)
        found = _HEX.fullmatch(entry[3]) if entry[2] == "hex" else None
        if found is not None:
            gathering.add(Package("Hex", found[1], found[2]), number)
        elif entry[2] != "path":
            gathering.skip(entry[1], f"is from {entry[2]}, without a version", "use a release from Hex", number)
    return gathering.lockfile()
