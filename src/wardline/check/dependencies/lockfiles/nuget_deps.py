"""A .NET application's `*.deps.json`: what it is deployed with.

`project` and `reference` libraries are the application's own or the SDK's files; `runtimepack` is the runtime that a
self-contained application carries, reported under its package's name. What the projects need is direct.

Source: "Runtime configuration files" in dotnet/sdk's documentation, and `Microsoft.Extensions.DependencyModel`.
"""

from collections.abc import Mapping
from typing import Any, Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import Path, key_lines
from wardline.check.dependencies.model import Graph, Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_json, mapping, text, unmarked

ID = "nuget-deps"
TITLE = "deps.json (.NET)"
PATTERNS = ("*.deps.json",)
ECOSYSTEMS = ("NuGet",)
UPGRADE = "dotnet add package {name} --version {version}"

_REMEDY: Final = "run `dotnet publish` again"
_OWN: Final = frozenset({"project", "reference", "referenceassembly", "msbuildproject"})


def read(source: Source) -> Lockfile:
    """Return the packages of a `*.deps.json`. Raises: `LockfileError`."""
    document = mapping(load_json(source.data))
    libraries = document.get("libraries")
    if not isinstance(libraries, dict) or not isinstance(document.get("targets"), dict):
        raise LockfileError("no libraries and targets: not a .NET deps.json", hint=_REMEDY)
    gathering = Gathering()
    index: dict[str, int] = {}
    places: list[Path] = []
    own: set[str] = set()
    for key, row in libraries.items():
        name, _, version = key.rpartition("/")
        kind = text(mapping(row).get("type")).lower()
        if kind in _OWN:
            own.add(key)
            continue
        if not name or not version or not kind:
            gathering.skip(key, "has no name, version or type", _REMEDY)
            continue
        number = gathering.add(Package("NuGet", name.removeprefix("runtimepack."), version))
        index[key] = number
        if number == len(places):
            places.append(("libraries", key))
    edges, roots = _needs(document["targets"], index, own, len(places))
    if any(own & mapping(target).keys() for target in document["targets"].values()):
        direct = set(roots)
        rows = enumerate(gathering.packages)
        gathering.packages = [package._replace(direct=number in direct) for number, package in rows]
    return gathering.lockfile(lambda: key_lines(unmarked(source.data), places), lambda: Graph(roots, edges))


def _needs(
    targets: Mapping[str, Any], index: Mapping[str, int], own: set[str], count: int
) -> tuple[list[list[int]], list[int]]:
    edges: list[list[int]] = [[] for _ in range(count)]
    roots: dict[int, None] = {}
    for target in map(mapping, targets.values()):
        for key, row in target.items():
            wanted = (f"{name}/{version}" for name, version in mapping(mapping(row).get("dependencies")).items())
            needs = [index[name] for name in wanted if name in index]
            if key in index:
                edges[index[key]] += needs
            elif key in own:
                roots.update(dict.fromkeys(needs))
    return edges, list(roots)
