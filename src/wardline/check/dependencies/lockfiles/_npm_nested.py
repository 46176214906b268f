"""Version 1 of npm's lockfiles: packages nested in `dependencies` as in `node_modules`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import Path, few_lines, key_lines
from wardline.check.dependencies.lockfiles import _package_json
from wardline.check.dependencies.lockfiles._asked import unneeded
from wardline.check.dependencies.lockfiles._javascript import UNPINNED, is_local, is_version, version_in_file
from wardline.check.dependencies.model import Graph, Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import mapping, text, unmarked

_REMEDY: Final = "run `npm install --package-lock-only`, and commit the lockfile"


@dataclass(slots=True, eq=False)
class _Node:
    """One place in the nest: where it stands, what it says, what is nested in it, and the package's number, or -1."""

    path: Path
    entry: dict[str, Any]
    parent: "_Node | None" = None
    children: dict[str, "_Node"] = field(default_factory=dict)
    number: int = -1


def read_nested(source: Source, document: dict[str, Any]) -> Lockfile:
    """Return the packages of a lockfile of version 1. Raises: `LockfileError`."""
    if not isinstance(document.get("dependencies", {}), dict):
        raise LockfileError("`dependencies` is no object", hint=_REMEDY)
    gathering = Gathering()
    line_of = few_lines(source.data)
    places: list[Path] = []
    nodes = list(_nodes(gathering, document, places, line_of))
    packages = gathering.packages
    told = any("requires" in node.entry for node in nodes[1:])  # npm before 5.1 did not write who needs whom
    roots = _direct(source, nodes)
    if roots is None:
        roots = unneeded(_edges(nodes, len(packages))) if told else []
    else:
        packages[:] = [package._replace(direct=False) for package in packages]
    for number in roots:
        packages[number] = packages[number]._replace(direct=True)
    return gathering.lockfile(
        lambda: key_lines(unmarked(source.data), places),
        lambda: Graph(roots, _edges(nodes, len(packages))) if told else None,
    )


def _nodes(
    gathering: Gathering, document: dict[str, Any], places: list[Path], line_of: Callable[[Path], int | None]
) -> Iterator[_Node]:
    """Yield the root and every nested package, each before what is nested in it, in the document's order."""
    stack = [_Node((), document)]
    while stack:
        node = stack.pop()
        if node.path:
            package = _package(gathering, node, line_of)
            if package is not None:
                node.number = gathering.add(package)
                if node.number == len(places):
                    places.append(node.path)
        yield node
        for name, row in mapping(node.entry.get("dependencies")).items():
            if isinstance(row, dict):
                node.children[name] = _Node((*node.path, "dependencies", name), row, node)
            else:
                gathering.skip(name, "is no object", _REMEDY, line_of((*node.path, "dependencies", name)))
        stack += reversed(node.children.values())


def _package(gathering: Gathering, node: _Node, line_of: Callable[[Path], int | None]) -> Package | None:
    """Return the package that an entry names; None where it is local, or is skipped."""
    name, entry = str(node.path[-1]), node.entry
    version = text(entry.get("version"))
    if version.startswith("npm:"):
        name, _, version = version.removeprefix("npm:").rpartition("@")
    elif not is_version(version):
        if is_local(version):
            return None
        version = version_in_file(version)
    if not name or not version:
        gathering.skip(name, "has no exact version in the lockfile", UNPINNED, line_of(node.path))
        return None
    if entry.get("dev") is True:
        return Package("npm", name, version, ("dev",))
    return Package("npm", name, version, ("optional",) if entry.get("optional") is True else ())


def _direct(source: Source, nodes: Sequence[_Node]) -> list[int] | None:
    """Return what the project and its local folders ask for, or None where there is no `package.json` to tell."""
    manifest = _package_json.beside(source)
    if manifest is None:
        return None
    names = [name for group in _package_json.asked(manifest).values() for name in group]
    found = dict.fromkeys(_resolved(nodes[0], name) for name in names)
    for node in nodes[1:]:
        if node.number < 0:
            found.update(dict.fromkeys(_resolved(node, name) for name in mapping(node.entry.get("requires"))))
    found.pop(-1, None)
    return list(found)


def _edges(nodes: Sequence[_Node], count: int) -> list[list[int]]:
    edges: list[dict[int, None]] = [{} for _ in range(count)]
    for node in nodes:
        if node.number >= 0:
            needs = edges[node.number]
            for name in (*mapping(node.entry.get("requires")), *node.children):
                needs[_resolved(node, name)] = None
            needs.pop(-1, None)
    return [list(needs) for needs in edges]


def _resolved(node: _Node, name: str) -> int:
    """Return the package that `name` means at a place, as Node.js looks it up; -1 where it is none of these."""
    at: _Node | None = node
    while at is not None:
        if name in at.children:
            return at.children[name].number
        at = at.parent
    return -1
