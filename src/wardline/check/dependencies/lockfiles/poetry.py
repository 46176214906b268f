"""poetry: `poetry.lock`, lock versions 1.0 to 2.x.

What is direct stands in the `pyproject.toml` beside it; without one, only packages that no other needs are known to
be direct. Groups come from the lockfile's own `groups` (2.1 on) or `category` (before 1.5); for the versions between,
from `pyproject.toml` along the graph, and everything counts as production without it. A package that only extras
bring is in these extras' groups. Local folders (`source.type = "directory"`) are not third-party; packages from git, a
URL or a file are reported at the version that the lockfile gives.

Not known: dates. A dependency that another package needs only for an extra is on a path only where nothing else brings
it.

Source: poetry's documentation, "Basic usage: installing with poetry.lock" and "Managing dependencies"; poetry's
`src/poetry/packages/locker.py` for the fields.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering, spread
from wardline.check.dependencies.lockfiles import _pyproject
from wardline.check.dependencies.lockfiles._asked import by_python_name, mark
from wardline.check.dependencies.lockfiles._requirement import normalised
from wardline.check.dependencies.lockfiles._toml_lines import Tables
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_toml, mapping, sequence, text

ID = "poetry"
TITLE = "poetry.lock (poetry)"
PATTERNS = ("poetry.lock",)
ECOSYSTEMS = ("PyPI",)
UPGRADE = "poetry update {name}"
UPGRADE_DIRECT = "poetry add {name}@{version}"

_REMEDY: Final = "run `poetry lock`, and commit poetry.lock"
_KNOWN: Final = ("1", "2")


class _Row(NamedTuple):
    """One `[[package]]`, and its number among the packages (-1: local or unread)."""

    number: int
    entry: dict[str, Any]


def read(source: Source) -> Lockfile:
    """Return the packages of a `poetry.lock`. Raises: `LockfileError`."""
    document = load_toml(source.data)
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):  # poetry writes it last
        raise LockfileError("no [metadata]: not a whole poetry.lock", hint=_REMEDY)
    version = metadata.get("lock-version", "1.0")
    if not isinstance(version, str) or version.partition(".")[0] not in _KNOWN:
        raise LockfileError(f"poetry.lock's version {version!r:.20} is not one that is known", hint=_REMEDY)
    gathering = Gathering()
    tables = Tables(source.data, document, "package", _REMEDY)
    rows = [_gathered(gathering, tables, place) for place in range(len(tables.rows))]
    packages = gathering.packages
    edges = _edges(rows, packages)
    _add_extras(document, rows, packages, edges)
    asked = _pyproject.asked(source)
    roots = _pyproject.roots(asked, packages)
    for number in _needed_by_local(rows, packages):
        roots.setdefault(number, set()).add("")
    own = any("groups" in row.entry or "category" in row.entry for row in rows)
    graph = mark(packages, edges, roots, complete=asked is not None, grouped=not own)
    return gathering.lockfile(lambda: tables.lines_of([row.number for row in rows]), lambda: graph)


def _gathered(gathering: Gathering, tables: Tables, place: int) -> _Row:
    entry = mapping(tables.rows[place])
    name, version = text(entry.get("name")), text(entry.get("version"))
    origin = entry.get("source", {})
    if not name or not version or not isinstance(origin, dict):
        gathering.skip(name, "has no name, version or source that can be read", _REMEDY, tables.lines[place])
    elif origin.get("type") != "directory":
        return _Row(gathering.add(Package("PyPI", name, version, _groups(entry))), entry)
    return _Row(-1, entry)


def _groups(entry: dict[str, Any]) -> tuple[str, ...]:
    """Return the groups that the lockfile itself gives; "optional" stands for extras that are not known yet."""
    given = entry.get("groups", [entry["category"]] if "category" in entry else None)
    groups = {group for group in sequence(given) if isinstance(group, str) and group}
    if groups and "main" not in groups:
        return tuple(sorted(groups))
    return tuple(sorted(groups - {"main"} | {"optional"})) if entry.get("optional") is True else ()


def _edges(rows: Sequence[_Row], packages: Sequence[Package]) -> list[list[int]]:
    by_name = by_python_name(packages)
    edges: list[list[int]] = [[] for _ in packages]
    perhaps: list[tuple[int, int]] = []
    for row in rows:
        if row.number < 0:
            continue
        for name, wanted in mapping(row.entry.get("dependencies")).items():
            for needed in by_name.get(normalised(name), ()):
                if _optional(wanted):
                    perhaps.append((row.number, needed))
                else:
                    edges[row.number].append(needed)
    needed_anyway = {needed for needs in edges for needed in needs}
    for number, needed in perhaps:  # somebody asks for the extra, or it would not be locked
        if needed not in needed_anyway:
            edges[number].append(needed)
    return edges


def _optional(wanted: Any) -> bool:
    alternatives = wanted if isinstance(wanted, list) else [wanted]
    return all(mapping(alternative).get("optional") is True for alternative in alternatives)


def _needed_by_local(rows: Sequence[_Row], packages: Sequence[Package]) -> list[int]:
    """Return what local folders ask for: they are the project's own, so this is direct."""
    names = {normalised(name) for row in rows if row.number < 0 for name in mapping(row.entry.get("dependencies"))}
    return [number for number, package in enumerate(packages) if normalised(package.name) in names]


def _add_extras(
    document: dict[str, Any], rows: Sequence[_Row], packages: list[Package], edges: Sequence[Sequence[int]]
) -> None:
    """Name the extras that bring an optional package; where none is found, its group stays "optional"."""
    optional = [number for number, package in enumerate(packages) if "optional" in package.groups]
    if not optional or not rows:
        return
    extras: dict[str, list[str]] = {}
    for extra, names in mapping(document.get("extras")).items():
        for name in map(text, sequence(names)):
            extras.setdefault(normalised(name), []).append(extra)
    roots = {
        number: found for number, package in enumerate(packages) if (found := extras.get(normalised(package.name)))
    }
    reached = spread(edges, roots)
    for number in optional:
        package = packages[number]
        if reached[number]:
            groups = {*package.groups, *(reached[number] or ())} - {"optional"}
            packages[number] = package._replace(groups=tuple(sorted(groups)))
