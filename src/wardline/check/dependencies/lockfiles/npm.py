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

from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from typing import Any, Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import Path, few_lines, key_lines
from wardline.check.dependencies.lockfiles import _package_json
from wardline.check.dependencies.lockfiles._asked import unneeded
from wardline.check.dependencies.lockfiles._javascript import is_local
from wardline.check.dependencies.model import Graph, Lockfile, LockfileError, Package, Source, Upward
from wardline.check.dependencies.reading import load_json, mapping, unmarked

ID = "npm"
TITLE = "package-lock.json (npm)"
PATTERNS = ("package-lock.json", "npm-shrinkwrap.json", "node_modules/.package-lock.json")
ECOSYSTEMS = ("npm",)
UPGRADE = "npm update {name}"
UPGRADE_DIRECT = "npm install {name}@{version}"

_REMEDY: Final = "run `npm install --package-lock-only`, and commit the lockfile"
_FOLDER: Final = "node_modules/"
_NEEDS: Final = ("dependencies", "optionalDependencies", "peerDependencies")
_DEV: Final = ("dev",)
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
    from wardline.check.dependencies.lockfiles._npm_nested import read_nested

    return read_nested(source, document)


class _Tree:
    """The folders of a lockfile: `numbers` has a package's number (-1: local or unread) by the folder's path.

    `places` has each package's first folder, `again` the further ones of those that have several.
    """

    def __init__(self, entries: dict[str, Any]) -> None:
        self.entries = entries
        self.numbers: dict[str, int] = {}
        self.places: list[str] = []
        self.again: dict[int, list[str]] = {}

    @cached_property
    def deep(self) -> dict[str, str]:
        """Return all folders but those at the top, each with the name that it goes by."""
        return {path: path.rpartition(_FOLDER)[2] for path in self.numbers if path.rfind(_FOLDER) != 0}

    @cached_property
    def _outer(self) -> set[str]:
        """Folders that have a `node_modules` of their own."""
        return {path.rpartition(_FOLDER)[0].rstrip("/") for path in self.deep}

    def flat(self, path: str) -> bool:
        """Return whether all names mean what stands at the top within a folder."""
        return path not in self.deep and path not in self._outer

    def found(self, path: str, names: Iterable[str]) -> list[int]:
        """Return the packages that these names mean within a folder, as Node.js looks them up.

        Names that are local, or not in the lockfile (an optional package, a peer that nobody installed), are left out.
        """
        if self.flat(path):
            top = self.numbers
            return [number for name in names if (number := top.get(_FOLDER + name, -1)) >= 0]
        return [number for name in names if (number := self.meant(path, name)) >= 0]

    def meant(self, path: str, name: str) -> int:
        """Return the package that a name means within a folder: the nearest, from the inside out; -1 where none is."""
        for _ in range(_MAX_LEVELS):
            number = self.numbers.get(f"{path}/{_FOLDER}{name}")
            if number is not None:
                return number
            before, folder, _ = path.rpartition(_FOLDER)
            path = before.rstrip("/") if folder else path.rpartition("/")[0]
            if not path:
                break
        return self.numbers.get(_FOLDER + name, -1)


def _read_packages(source: Source, entries: dict[str, Any]) -> Lockfile:
    gathering = Gathering()
    line_of = few_lines(source.data)
    tree = _Tree(entries)
    numbers, places = tree.numbers, tree.places
    first: dict[str, int] = {}  # of each name
    further: dict[tuple[str, str], int] = {}  # of names in several versions
    packages = gathering.packages
    new = tuple.__new__  # half the time of Package(...)
    for path, entry in entries.items():  # 10,000 times: what is usual goes straight through
        name = path.rpartition(_FOLDER)[2]
        if type(entry) is not dict or "integrity" not in entry or "name" in entry or "link" in entry or name == path:
            name = _unusual(gathering, path, entry, line_of)
        version = entry.get("version") if name else None
        if type(version) is not str or not version:
            numbers[path] = -1
            if name:
                gathering.skip(path, "has no version that can be read", _REMEDY, line_of(("packages", path)))
            continue
        dev = entry.get("dev")
        groups = _DEV if dev is True else _groups(entry) if dev is None else ()
        package = new(Package, ("npm", name, version, groups, False, None))
        count = len(places)
        number = first.setdefault(name, count)
        if number != count and packages[number][2] != version:
            number = further.setdefault((name, version), count)
        numbers[path] = number
        if number == count:
            packages.append(package)
            places.append(path)
        else:
            tree.again.setdefault(number, []).append(path)
            _merge(packages, number, package)
    roots = _direct(source, tree)
    for number in roots or ():
        packages[number] = packages[number]._replace(direct=True)
    if roots is None:
        packages[:] = [package._replace(direct=None) for package in packages]
    return gathering.lockfile(
        lambda: _lines(source, tree, places),
        lambda: _graph(tree, roots, len(packages)),
        lines_of=lambda asked: _lines(source, tree, [places[number] for number in asked]),
        upward=lambda: _upward(tree, roots) if roots is not None else None,
    )


def _groups(entry: dict[str, Any]) -> tuple[str, ...]:
    if "dev" in entry:
        return _DEV if entry["dev"] is True else ()
    if "devOptional" in entry:
        return ("dev", "optional") if entry["devOptional"] is True else ()
    return ("optional",) if "optional" in entry and entry["optional"] is True else ()


def _merge(packages: list[Package], number: int, package: Package) -> None:
    """Put the same version at another place into its package: production wins over groups."""
    before = packages[number].groups
    if before != package.groups:
        groups = tuple(sorted({*before, *package.groups})) if before and package.groups else ()
        packages[number] = package._replace(groups=groups)


def _unusual(gathering: Gathering, path: str, entry: Any, line_of: Callable[[Path], int | None]) -> str:
    """Return the name of a package that is an alias or has no checksum; "" for what is local, or is skipped."""
    if not isinstance(entry, dict):
        gathering.skip(path, "is no object", _REMEDY, line_of(("packages", path)))
        return ""
    _, folder, name = path.rpartition(_FOLDER)
    resolved = entry.get("resolved")
    if not folder or "link" in entry:
        return ""
    if isinstance(resolved, str) and resolved.startswith("file:") and is_local(resolved):
        return ""
    name = entry.get("name", name)
    if not isinstance(name, str) or not name:
        gathering.skip(path, "has no name that can be read", _REMEDY, line_of(("packages", path)))
        return ""
    return name


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
            at_top = (tree.numbers.get(_FOLDER + name, -1) for name in names)
            found.update(dict.fromkeys(tree.found(path, names) if path else at_top))
    found.pop(-1, None)
    return list(found)


def _graph(tree: _Tree, roots: list[int] | None, count: int) -> Graph:
    edges: list[list[int]] = [[] for _ in range(count)]
    perhaps: list[tuple[int, int]] = []
    for path, number in tree.numbers.items():
        if number < 0:
            continue
        entry = tree.entries[path]
        names = entry.get("dependencies", ())
        if "optionalDependencies" in entry or "peerDependencies" in entry or type(names) is not dict:
            names = _needed(entry)
            if "peerDependenciesMeta" in entry:
                perhaps += [(number, peer) for peer in tree.found(path, _perhaps_needed(entry))]
        found = tree.found(path, names) if names else []
        if edges[number]:  # the same version at another place
            found = list(dict.fromkeys([*edges[number], *found]))
        edges[number] = found
    _add_unneeded(edges, roots, perhaps)
    return Graph(unneeded(edges) if roots is None else roots, edges)


def _upward(tree: _Tree, roots: list[int]) -> Upward:
    """Return the graph as `_graph` makes it, seen from below: only what is asked about is looked up."""
    asked = _Asked(tree)
    direct = frozenset(roots)
    known = asked.simple

    @cache
    def looked_up(number: int) -> list[int]:
        found = known[number]
        if found is None:
            found = known[number] = asked.askers(number)
        return found if found or number in direct else asked.perhaps_askers(number)

    return Upward(direct, lambda number: known[number] or looked_up(number))


class _Asked:
    """Who asks for what.

    Nearly every name stands for one package, at the top, and whoever asks for it means that one. Where there are
    several, most askers still see no other than that at the top. What else a name may mean is looked up when it
    matters. Askers are given in the order of the file.
    """

    def __init__(self, tree: _Tree) -> None:
        self._tree = tree
        self._paths = list(tree.numbers)
        self._numbers = list(tree.numbers.values())
        self.simple: list[list[int] | None] = [None] * len(tree.places)  # who asks for it, where that is plain
        self._top: dict[str, list[int]] = {}  # a name -> the places of those who mean by it what stands at the top
        self._other: dict[str, list[int]] = {}  # a name -> the places of those who may mean something else
        self._perhaps: dict[str, list[int]] = {}  # the name of an optional peer -> the places of those who have it
        self._listen(self._alone())

    def _alone(self) -> dict[str, list[int]]:
        """Return an empty list of askers for each name that only one package has; it is that package's in `simple`."""
        start, deep, again = len(_FOLDER), self._tree.deep, self._tree.again
        several = set(deep.values())
        alone = {}
        for number, path in enumerate(self._tree.places):
            name = path[start:]
            if path not in deep and name not in several and number not in again:
                alone[name] = self.simple[number] = []
        return alone

    def _listen(self, alone: dict[str, list[int]]) -> None:
        tree, entries = self._tree, self._tree.entries
        for place, (path, number) in enumerate(tree.numbers.items()):
            if number < 0:
                continue
            entry = entries[path]
            names = entry.get("dependencies", ())
            if "peerDependencies" in entry or "optionalDependencies" in entry or type(names) is not dict:
                names = _needed(entry)
                for name in _perhaps_needed(entry) if "peerDependenciesMeta" in entry else ():
                    self._perhaps.setdefault(name, []).append(place)
            for name in names:
                askers = alone.get(name)
                if askers is not None:
                    askers.append(number)
                else:
                    (self._top if tree.flat(path) else self._other).setdefault(name, []).append(place)

    def askers(self, number: int) -> list[int]:
        """Return the packages that ask for a package."""
        found: list[int] = []
        for name in self._names(number):
            places = self._top.get(name, []) if self._tree.numbers.get(_FOLDER + name) == number else []
            if name in self._other:
                places = sorted([*places, *self._meaning(number, name, self._other[name])])
            found += [self._numbers[place] for place in places]
        return list(dict.fromkeys(found))

    def perhaps_askers(self, number: int) -> list[int]:
        """Return the packages whose optional peer a package is."""
        names = [name for name in self._names(number) if name in self._perhaps]
        places = [place for name in names for place in self._meaning(number, name, self._perhaps[name])]
        return list(dict.fromkeys(self._numbers[place] for place in places))

    def _names(self, number: int) -> list[str]:
        folders = (self._tree.places[number], *self._tree.again.get(number, ()))
        return sorted({path.rpartition(_FOLDER)[2] for path in folders})

    def _meaning(self, number: int, name: str, asking: list[int]) -> list[int]:
        """Return the places of those among these askers who mean this package by the name."""
        return [place for place in asking if self._tree.meant(self._paths[place], name) == number]


def _needed(entry: dict[str, Any]) -> dict[str, Any]:
    """Return, as keys, the names that a package needs: with peers, since npm 7 installs them, but for optional ones."""
    names: dict[str, Any] = {}
    for section in _NEEDS:
        if section in entry:
            names |= mapping(entry[section])
    if "peerDependenciesMeta" in entry:
        for name in _perhaps_needed(entry):
            del names[name]
    return names


def _perhaps_needed(entry: dict[str, Any]) -> list[str]:
    """Return the optional peers."""
    optional = mapping(entry.get("peerDependenciesMeta"))
    others = {*mapping(entry.get("dependencies")), *mapping(entry.get("optionalDependencies"))} if optional else ()
    peers = [name for name in mapping(entry.get("peerDependencies")) if name in optional and name not in others]
    return [name for name in peers if mapping(optional[name]).get("optional") is True]


def _add_unneeded(edges: list[list[int]], roots: list[int] | None, perhaps: list[tuple[int, int]]) -> None:
    """Add the optional peers that nothing else brings: an optional peer alone installs nothing, and yet it is here."""
    needed = {need for needs in edges for need in needs} | set(roots or ()) | {-1} if perhaps else set()
    for number, peer in perhaps:
        if peer not in needed:
            edges[number].append(peer)


def _lines(source: Source, tree: _Tree, places: Sequence[str]) -> list[int]:
    paths: list[Path] = []
    for path in places:  # an alias has its real name on a line of its own
        alias = "name" in tree.entries[path] and not path.endswith(_FOLDER + tree.entries[path]["name"])
        paths.append(("packages", path, "name") if alias else ("packages", path))
    return key_lines(unmarked(source.data), paths)
