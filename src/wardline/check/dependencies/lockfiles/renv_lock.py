"""renv (R): `renv.lock`.

Packages from Bioconductor are of that ecosystem; all others, from CRAN, its mirrors or a repository on a forge, are
reported as CRAN's at the version that the lockfile gives. What is direct is not known.

Source: renv's documentation, "Lockfiles".
"""

from typing import Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import Path, key_lines
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_json, mapping, text, unmarked

ID = "renv-lock"
TITLE = "renv.lock (renv)"
PATTERNS = ("renv.lock",)
ECOSYSTEMS = ("CRAN", "Bioconductor")

_REMEDY: Final = "run `renv::snapshot()`, and commit renv.lock"


def read(source: Source) -> Lockfile:
    """Return the packages of an `renv.lock`. Raises: `LockfileError`."""
    document = mapping(load_json(source.data))
    rows = document.get("Packages")
    if not isinstance(rows, dict):
        raise LockfileError("no Packages: not an renv.lock", hint=_REMEDY)
    gathering = Gathering()
    places: list[Path] = []
    for key, value in rows.items():
        row = mapping(value)
        name, version, origin = text(row.get("Package")) or key, text(row.get("Version")), text(row.get("Source"))
        if not version or not name or not origin:
            gathering.skip(name, "has no name, version or source", _REMEDY)
        elif origin == "Local":
            continue
        else:
            ecosystem = "Bioconductor" if origin == "Bioconductor" else "CRAN"
            known = len(gathering.packages)
            if gathering.add(Package(ecosystem, name, version)) == known:
                places.append(("Packages", key))
    return gathering.lockfile(lambda: key_lines(unmarked(source.data), places))
