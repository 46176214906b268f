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
from wardline.check.dependencies.lockfiles._asked import mark
from wardline.check.dependencies.lockfiles._requirement import named_in_file, normalised, parsed
from wardline.check.dependencies.lockfiles._toml_lines import name_lines
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
    """One `[[package]]`, its place in the file, and its number among the packages (-1: local or unread)."""

    place: int
    number: int
    entry: dict[str, Any]


def read(source: Source) -> Lockfile:
    """Return the packages of a `pdm.lock`. Raises: `LockfileError`."""
    document = load_toml(source.data)
    version = mapping(document.get("metadata")).get("lock_version")
    if not isinstance(version, str) or version.partition(".")[0] not in _KNOWN:
        raise LockfileError(f"pdm.lock's version {version!r:.20} is not one that is known", hint=_REMEDY)
    if not isinstance(document.get("package", []), list):
        raise LockfileError("`package` is not a list of tables", hint=_REMEDY)
    gathering = Gathering()
    rows = [_gathered(gathering, place, row) for place, row in enumerate(document.get("package", []))]
    packages = gathering.packages
    edges = _edges(rows, packages)
    asked = _pyproject.asked(source)
    own = any(_given(row.entry) is not None for row in rows)
    roots = _pyproject.roots(asked, packages)
    graph = mark(packages, edges, roots, complete=asked is not None, grouped=not own)

    def lines() -> list[int]:
        names = [text(mapping(row).get("name")) for row in sequence(document.get("package"))]
        by_place = name_lines(source.data, "package", names)
        places = {row.number: row.place for row in reversed(rows)}
        return [by_place[places[index]] for index in range(len(packages))]

    return gathering.lockfile(lines, lambda: graph)


def _gathered(gathering: Gathering, place: int, row: Any) -> _Row:
    entry = mapping(row)
    name, version = text(entry.get("name")), text(entry.get("version"))
    path = entry.get("path")
    if isinstance(path, str) and named_in_file(path.rpartition("/")[2]) is None:
        return _Row(place, -1, entry)
    if not name or not version:
        gathering.skip(name, "has no name or version that can be read", _REMEDY)
        return _Row(place, -1, entry)
    return _Row(place, gathering.add(Package("PyPI", name, version, _groups(entry))), entry)


def _given(entry: dict[str, Any]) -> Any:
    return entry.get("groups", entry.get("sections"))


def _groups(entry: dict[str, Any]) -> tuple[str, ...]:
    groups = {group for group in sequence(_given(entry)) if isinstance(group, str) and group}
    return () if "default" in groups else tuple(sorted(groups))


def _edges(rows: Sequence[_Row], packages: Sequence[Package]) -> list[list[int]]:
    by_name: dict[str, list[int]] = {}
    for number, package in enumerate(packages):
        by_name.setdefault(normalised(package.name), []).append(number)
    edges: list[dict[int, None]] = [{} for _ in packages]
    for row in rows:
        needs = sequence(row.entry.get("dependencies")) if row.number >= 0 else ()
        for requirement in filter(None, map(parsed, map(text, needs))):
            found = by_name.get(normalised(requirement.name), ())
            exact = [number for number in found if packages[number].version == requirement.exact]
            edges[row.number].update(dict.fromkeys(needed for needed in exact or found if needed != row.number))
    return [list(needs) for needs in edges]
