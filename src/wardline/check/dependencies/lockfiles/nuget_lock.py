"""NuGet: `packages.lock.json`, versions 1 and 2.

Packages stand under each target framework, with runtime identifiers below some; one that stands under several is one
package. `Direct` is direct, and so is what another project of the same build (`Project`) needs.

Source: NuGet's `PackagesLockFileFormat.cs` and "Lock files" in its documentation.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import Path, key_lines
from wardline.check.dependencies.model import Graph, Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_json, mapping, text, unmarked

ID = "nuget-lock"
TITLE = "packages.lock.json (NuGet)"
PATTERNS = ("packages.lock.json", "packages.*.lock.json")
ECOSYSTEMS = ("NuGet",)
UPGRADE = "dotnet add package {name} --version {version}"

_REMEDY: Final = "run `dotnet restore --use-lock-file --force-evaluate`, and commit packages.lock.json"
_KINDS: Final = {"direct": True, "transitive": False, "centraltransitive": False}


def read(source: Source) -> Lockfile:
    """Return the packages of a `packages.lock.json`. Raises: `LockfileError`."""
    document = mapping(load_json(source.data))
    frameworks = document.get("dependencies")
    version = document.get("version")
    if not isinstance(frameworks, dict) or version not in (1, 2):
        raise LockfileError("not a packages.lock.json of version 1 or 2", hint=_REMEDY)
    gathering = Gathering()
    paths: list[Path] = []
    places: list[int] = []  # which of the paths each package stands at first
    indexes: list[tuple[Mapping[str, Any], dict[str, int]]] = []
    for framework, rows in frameworks.items():
        if not isinstance(rows, dict):
            gathering.skip(framework, "is a target framework without a list of packages", _REMEDY)
            continue
        index: dict[str, int] = {}
        for name, row in rows.items():
            number = _add(gathering, name, mapping(row))
            if number is not None:
                index[name.lower()] = number
                if number == len(places):
                    places.append(len(paths))
            paths.append(("dependencies", framework, name))
        indexes.append((rows, index))

    def lines() -> Sequence[int]:
        found = key_lines(unmarked(source.data), paths)
        return [found[place] for place in places]

    graph = _graph(gathering.packages, indexes)
    for root in graph.roots:
        gathering.packages[root] = gathering.packages[root]._replace(direct=True)
    return gathering.lockfile(lines, lambda: graph)


def _add(gathering: Gathering, name: str, row: Mapping[str, Any]) -> int | None:
    kind = text(row.get("type")).lower()
    version = text(row.get("resolved"))
    if kind == "project":
        return None
    if kind not in _KINDS or not version or not name:
        gathering.skip(name, "has no resolved version, or a type that is not known", _REMEDY)
        return None
    return gathering.add(Package("NuGet", name, version, (), _KINDS[kind]))


def _graph(packages: list[Package], indexes: list[tuple[Mapping[str, Any], dict[str, int]]]) -> Graph:
    edges: list[list[int]] = [[] for _ in packages]
    roots = {number: None for number, package in enumerate(packages) if package.direct}
    for rows, index in indexes:
        for name, row in rows.items():
            needs = [
                index[needed.lower()] for needed in mapping(mapping(row).get("dependencies")) if needed.lower() in index
            ]
            number = index.get(name.lower())
            if number is not None:
                edges[number] += needs
            else:  # a project brings what it needs
                roots.update(dict.fromkeys(needs))
    return Graph(list(roots), edges)
