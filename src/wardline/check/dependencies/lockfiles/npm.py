"""npm: `package-lock.json`, `npm-shrinkwrap.json` and the hidden `node_modules/.package-lock.json`: versions 1 to 3.

Versions 2 and 3 are read from `packages`: every `node_modules/` folder is a package; the project, its workspaces and
`link`s are local. The file itself gives what is direct and its groups: `dev`, `optional`, and for `devOptional` both.
Version 1 is read from the nested `dependencies`; what is direct stands in the `package.json` beside it, and without
one only packages that no other needs are known to be direct. An alias (`npm:real@1.0`) counts as the real package.
Packages from git, URLs and archives are reported at the version that the lockfile gives; without one they are not
examined, and said so. What a package only asks of its host (`peerDependencies`) is an edge of the graph where it is
installed, as npm 7 installs it.

Not known: dates. One version of a package at several places is one package; its paths may go through any of them.

Source: npm's documentation, "package-lock.json".
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import Path, key_lines
from wardline.check.dependencies.lockfiles import _package_json
from wardline.check.dependencies.lockfiles._asked import unneeded
from wardline.check.dependencies.lockfiles._javascript import is_local
from wardline.check.dependencies.lockfiles._npm_nested import read_nested
from wardline.check.dependencies.model import Graph, Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_json, mapping, unmarked

ID = "npm"
TITLE = "package-lock.json (npm)"
PATTERNS = ("package-lock.json", "npm-shrinkwrap.json", "node_modules/.package-lock.json")
ECOSYSTEMS = ("npm",)
UPGRADE = "npm update {name}"
UPGRADE_DIRECT = "npm install {name}@{version}"

_REMEDY: Final = "run `npm install --package-lock-only`, and commit the lockfile"
_FOLDER: Final = "node_modules/"
_NEEDS: Final = ("dependencies", "optionalDependencies")
_MAX_LEVELS: Final = 100  # folders within folders; npm makes a handful


def read(source: Source) -> Lockfile:
    """Return the packages of one of npm's lockfiles. Raises: `LockfileError`."""
    document = load_json(source.data)
    if not isinstance(document, dict):
        raise LockfileError("not an object: no lockfile of npm's", hint=_REMEDY)
    version = document.get("lockfileVersion", 1)
    if version not in (1, 2, 3) or isinstance(version, bool):
        raise LockfileError(f"lockfileVersion {version!r:.20} is not one that is known", hint=_REMEDY)
    packages = document.get("packages")
    if isinstance(packages, dict):
        return _read_packages(source, packages)
    if packages is not None or version == 3:
        raise LockfileError("`packages` is missing or no object", hint=_REMEDY)
    return read_nested(source, document)


class _Tree(NamedTuple):
    """The folders of a lockfile: `numbers` has a package's number (-1: local or unread) by the folder's path."""

    entries: dict[str, Any]
    numbers: dict[str, int]


def _read_packages(source: Source, entries: dict[str, Any]) -> Lockfile:
    gathering = Gathering()
    numbers: dict[str, int] = {}
    known: dict[tuple[str, str], int] = {}
    packages: list[Package] = []
    places: list[str] = []  # of each package, its first folder
    for path, entry in entries.items():
        package = _package(gathering, path, entry)
        if package is None:
            numbers[path] = -1
            continue
        number = numbers[path] = known.setdefault(package[1:3], len(places))
        if number == len(places):
            packages.append(package)
            places.append(path)
        elif packages[number].groups != package.groups:
            both = {*packages[number].groups, *package.groups} if packages[number].groups and package.groups else ()
            packages[number] = package._replace(groups=tuple(sorted(both)))
    gathering.packages = packages
    tree = _Tree(entries, numbers)
    roots = _direct(source, tree)
    direct = None if roots is None else False
    for number in roots or ():
        packages[number] = packages[number]._replace(direct=True)
    if direct is None:
        packages[:] = [package._replace(direct=None) for package in packages]
    return gathering.lockfile(lambda: _lines(source, tree, places), lambda: _graph(tree, roots, len(packages)))


def _package(gathering: Gathering, path: str, entry: Any) -> Package | None:
    """Return the package in a folder; None where the folder is local, or is skipped."""
    if not isinstance(entry, dict):
        gathering.skip(path, "is no object", _REMEDY)
        return None
    _, folder, name = path.rpartition(_FOLDER)
    if not folder or "link" in entry:
        return None
    name = entry.get("name", name)
    version = entry.get("version")
    resolved = entry.get("resolved")
    if isinstance(resolved, str) and resolved.startswith("file:") and is_local(resolved):
        return None
    if not (isinstance(name, str) and isinstance(version, str) and name and version):
        gathering.skip(path, "has no name or version that can be read", _REMEDY)
        return None
    groups: tuple[str, ...] = ()
    if "dev" in entry:
        groups = ("dev",) if entry["dev"] is True else ()
    elif "devOptional" in entry:
        groups = ("dev", "optional") if entry["devOptional"] is True else ()
    elif "optional" in entry:
        groups = ("optional",) if entry["optional"] is True else ()
    return Package("npm", name, version, groups, False)  # noqa: FBT003 - by position: half the time of this loop


def _direct(source: Source, tree: _Tree) -> list[int] | None:
    """Return what the project and its workspaces ask for; None where the file does not say (a hidden lockfile)."""
    manifests = {path: entry for path, entry in tree.entries.items() if _FOLDER not in path and isinstance(entry, dict)}
    if "" not in manifests:
        beside = _package_json.beside(source, "../package.json")
        if beside is None:
            return None
        manifests[""] = beside
    found: dict[int, None] = {}
    for path, manifest in manifests.items():
        for names in _package_json.asked(manifest).values():
            found.update(dict.fromkeys(_resolved(tree, path, name) for name in names))
    found.pop(-1, None)
    return list(found)


def _resolved(tree: _Tree, path: str, name: str) -> int:
    """Return the package that `name` means within a folder, as Node.js looks it up; -1 where it is none of these."""
    numbers = tree.numbers
    for _ in range(_MAX_LEVELS):
        number = numbers.get(f"{path}/node_modules/{name}" if path else f"node_modules/{name}")
        if number is not None:
            return number
        if not path:
            break
        before, folder, _ = path.rpartition(_FOLDER)
        path = before.rstrip("/") if folder else path.rpartition("/")[0]
    return -1


def _graph(tree: _Tree, roots: list[int] | None, count: int) -> Graph:
    edges: list[dict[int, None]] = [{} for _ in range(count)]
    perhaps: list[tuple[int, int]] = []
    for path, number in tree.numbers.items():
        if number < 0:
            continue
        entry = tree.entries[path]
        needs = edges[number]
        for section in _NEEDS:
            if section in entry:
                for name in mapping(entry[section]):
                    needs[_resolved(tree, path, name)] = None
        if "peerDependencies" in entry:
            optional = mapping(entry.get("peerDependenciesMeta"))
            for name in mapping(entry["peerDependencies"]):
                peer = _resolved(tree, path, name)
                if mapping(optional.get(name)).get("optional") is True:
                    perhaps.append((number, peer))
                else:
                    needs[peer] = None
        needs.pop(-1, None)
    _add_unneeded(edges, roots, perhaps)
    listed = [list(needs) for needs in edges]
    return Graph(unneeded(listed) if roots is None else roots, listed)


def _add_unneeded(edges: list[dict[int, None]], roots: list[int] | None, perhaps: list[tuple[int, int]]) -> None:
    """Add the optional peers that nothing else brings: an optional peer alone installs nothing, and yet it is here."""
    needed = {need for needs in edges for need in needs} | set(roots or ()) | {-1}
    for number, peer in perhaps:
        if peer not in needed:
            edges[number][peer] = None


def _lines(source: Source, tree: _Tree, places: Sequence[str]) -> list[int]:
    paths: list[Path] = []
    for path in places:  # an alias has its real name on a line of its own
        alias = "name" in tree.entries[path] and not path.endswith(_FOLDER + tree.entries[path]["name"])
        paths.append(("packages", path, "name") if alias else ("packages", path))
    return key_lines(unmarked(source.data), paths)
