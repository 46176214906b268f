"""PDM: `pdm.lock`, lock versions 2 to 4.x.

Groups stand in the lockfile (`groups`, before 4.4 `sections`); "default" is production. Where they do not, they follow
from the `pyproject.toml` beside it along the graph, as does what is direct; without one, only packages that no other
needs are known to be direct. A package with extras stands a second time; it is one package. Local folders (`path`) are
not third-party; archives, git and URLs are reported at the version that the lockfile gives.

Not known: dates.

Source: PDM's documentation, "Lock file"; PDM's `src/pdm/project/lockfile/` for the fields.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.lockfiles import _pyproject
from wardline.check.dependencies.lockfiles._asked import by_python_name, mark
from wardline.check.dependencies.lockfiles._requirement import named_in_file, normalised, parsed
from wardline.check.dependencies.lockfiles._toml_lines import Tables
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_toml, mapping, sequence, text

ID = "pdm"
TITLE = "pdm.lock (PDM)"
PATTERNS = ("pdm.lock", "pdm.*.lock")
ECOSYSTEMS = ("PyPI",)
UPGRADE = "pdm update {name}"
UPGRADE_DIRECT = "pdm add {name}=={version}"

_REMEDY: Final = "run `pdm lock`, and commit pdm.lock"
_KNOWN: Final = ("2", "3", "4")


class _Row(NamedTuple):
    """One `[[package]]`, and its number among the packages (-1: local or unread)."""

    number: int
    entry: dict[str, Any]


def read(source: Source) -> Lockfile:
    """Return the packages of a `pdm.lock`. Raises: `LockfileError`."""
    document = load_toml(source.data)
    version = mapping(document.get("metadata")).get("lock_version")
    if not isinstance(version, str) or version.partition(".")[0] not in _KNOWN:
        raise LockfileError(f"pdm.lock's version {version!r:.20} is not one that is known", hint=_REMEDY)
    gathering = Gathering()
    tables = Tables(source.data, document, "package", _REMEDY)
    rows = [_gathered(gathering, tables, place) for place in range(len(tables.rows))]
    packages = gathering.packages
    edges = _edges(rows, packages)
    asked = _pyproject.asked(source)
    own = any(_given(row.entry) is not None for row in rows)
    roots = _pyproject.roots(asked, packages)
    graph = mark(packages, edges, roots, complete=asked is not None, grouped=not own)
    return gathering.lockfile(lambda: tables.lines_of([row.number for row in rows]), lambda: graph)


def _gathered(gathering: Gathering, tables: Tables, place: int) -> _Row:
    entry = mapping(tables.rows[place])
    name, version = text(entry.get("name")), text(entry.get("version"))
    path = entry.get("path")
    if isinstance(path, str) and named_in_file(path.rpartition("/")[2]) is None:
        return _Row(-1, entry)
    if not name or not version:
        gathering.skip(name, "has no name or version that can be read", _REMEDY, tables.lines[place])
        return _Row(-1, entry)
    return _Row(gathering.add(Package("PyPI", name, version, _groups(entry))), entry)


def _given(entry: dict[str, Any]) -> Any:
    return entry.get("groups", entry.get("sections"))


def _groups(entry: dict[str, Any]) -> tuple[str, ...]:
    groups = {group for group in sequence(_given(entry)) if isinstance(group, str) and group}
    return () if "default" in groups else tuple(sorted(groups))


def _edges(rows: Sequence[_Row], packages: Sequence[Package]) -> list[list[int]]:
    by_name = by_python_name(packages)
    edges: list[dict[int, None]] = [{} for _ in packages]
    for row in rows:
        needs = sequence(row.entry.get("dependencies")) if row.number >= 0 else ()
        for requirement in filter(None, map(parsed, map(text, needs))):
            found = by_name.get(normalised(requirement.name), ())
            exact = [number for number in found if packages[number].version == requirement.exact]
            edges[row.number].update(dict.fromkeys(needed for needed in exact or found if needed != row.number))
    return [list(needs) for needs in edges]
