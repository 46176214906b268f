"""Cargo: `Cargo.lock`, versions 1 to 4, with the `Cargo.toml` files around it for what only tests need.

Crates without a source are the project's own: what they name is direct. `Cargo.lock` does not tell development
dependencies apart, so the manifests of the workspace are looked up: beside the lockfile, at the workspace's members
and path dependencies, and under `<member pattern>/<crate>`. Where one is not found, everything that its crate needs
counts as production. Crates from git and from other registries are reported at the version that the lockfile gives.

Sources: The Cargo Book, "Cargo.toml vs Cargo.lock", "Workspaces", "Specifying dependencies"; cargo's
`core/resolver/encode.rs` for the lockfile's versions.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering, spread
from wardline.check.dependencies.model import Graph, Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import decoded, load_toml, mapping, sequence, text

ID = "cargo-lock"
TITLE = "Cargo.lock (Cargo)"
PATTERNS = ("Cargo.lock",)
ECOSYSTEMS = ("crates.io",)
UPGRADE = "cargo update --package {name} --precise {version}"

_MAX_VERSION: Final = 4
_MAX_MANIFESTS: Final = 1_000
_REMEDY: Final = "run `cargo generate-lockfile`, and commit Cargo.lock"
_HEADER: Final = re.compile(r"^[ \t]*\[\[[ \t]*package[ \t]*\]\]", re.MULTILINE)
_DEPENDENCIES: Final = ("dependencies", "build-dependencies", "build_dependencies")
_DEV_DEPENDENCIES: Final = ("dev-dependencies", "dev_dependencies")


class Crate(NamedTuple):
    """One `[[package]]` and its place among them; `source` is empty for the project's own."""

    place: int
    name: str
    version: str
    source: str
    needs: Sequence[str]


class Manifest(NamedTuple):
    """What one `Cargo.toml` asks for, by crate name: for production and its build, and for development."""

    production: set[str]
    development: set[str]


def read(source: Source) -> Lockfile:
    """Return the crates of a `Cargo.lock`. Raises: `LockfileError`."""
    document = load_toml(source.data)
    gathering = Gathering()
    lines = _lazy_lines(source)
    crates = list(_crates(document, gathering, lines))
    known = _by_reference(crates)
    index = [
        gathering.add(Package("crates.io", crate.name, crate.version, (), direct=False)) if crate.source else -1
        for crate in crates
    ]
    edges: list[list[int]] = [[] for _ in gathering.packages]
    roots: dict[int, set[str]] = {}
    manifests = _manifests(source, {crate.name for crate in crates if not crate.source})
    for crate, own_index in zip(crates, index, strict=True):
        needs = []
        for reference in crate.needs:
            if (place := known.get(reference)) is None:
                gathering.skip(reference, "is needed and not in the file", _REMEDY, lines(crate.place))
            elif index[place] >= 0:
                needs.append(index[place])
        if own_index >= 0:
            edges[own_index] += needs
        else:
            _mark_direct(gathering.packages, needs, manifests.get(crate.name), roots)
    for number, groups in enumerate(spread(edges, roots)):
        if groups:
            gathering.packages[number] = gathering.packages[number]._replace(groups=groups)
    places: dict[int, int] = {}
    for crate, number in zip(crates, index, strict=True):
        places.setdefault(number, crate.place)
    return gathering.lockfile(
        lambda: [lines(places[number]) for number in range(len(edges))], lambda: Graph(list(roots), edges)
    )


def _crates(document: Mapping[str, Any], gathering: Gathering, lines: Callable[[int], int]) -> Iterator[Crate]:
    version = document.get("version", 1)
    if not isinstance(version, int) or not 1 <= version <= _MAX_VERSION:
        raise LockfileError(f"Cargo.lock's version {version!r:.20} is not one that is known", hint=_REMEDY)
    rows = document.get("package", [])
    if not isinstance(rows, list) or not (rows or "root" in document):
        raise LockfileError("no crates, not even the project's own: not a whole Cargo.lock", hint=_REMEDY)
    root = [document["root"]] if "root" in document else []
    for place, row in enumerate([*root, *rows], -len(root)):
        entry = mapping(row)
        name, version, source = text(entry.get("name")), text(entry.get("version")), text(entry.get("source"))
        needs = entry.get("dependencies", [])
        if not name or not version or ("source" in entry and not source):
            gathering.skip(name, "has no name, version or source that can be read", _REMEDY, lines(place))
        elif not isinstance(needs, list) or not all(isinstance(needed, str) for needed in needs):
            gathering.skip(name, "has dependencies that cannot be read", _REMEDY, lines(place))
            yield Crate(place, name, version, source, [needed for needed in sequence(needs) if text(needed)])
        else:
            yield Crate(place, name, version, source, needs)


def _by_reference(crates: Sequence[Crate]) -> dict[str, int]:
    """Return how `dependencies` may name each crate: as `name`, `name version` or `name version (source)`."""
    known: dict[str, int] = {}
    for number, (_, name, version, source, _) in enumerate(crates):
        known.setdefault(name, number)
        known.setdefault(f"{name} {version}", number)
        if source:
            known[f"{name} {version} ({source})"] = number
            if "#" in source:  # from version 2 on, the commit is left out
                known[f"{name} {version} ({source.partition('#')[0]})"] = number
    return known


def _mark_direct(
    packages: list[Package], needs: Sequence[int], manifest: Manifest | None, roots: dict[int, set[str]]
) -> None:
    for number in needs:
        package = packages[number]
        packages[number] = package._replace(direct=True)
        name = _plain(package.name)
        dev = manifest is not None and name in manifest.development and name not in manifest.production
        roots.setdefault(number, set()).add("dev" if dev else "")


def _lazy_lines(source: Source) -> Callable[[int], int]:
    """Return a function from a crate's place to the line of its name: one below its header. `[root]` is line 1."""
    found: list[int] = []

    def line(place: int) -> int:
        if not found:
            content = decoded(source.data)
            at, count = 0, 1
            for match in _HEADER.finditer(content):
                count += content.count("\n", at, match.start())
                at = match.start()
                found.append(count + 1)
            found.append(1)
        return found[place] if 0 <= place < len(found) else 1

    return line


def _manifests(source: Source, own: set[str]) -> dict[str, Manifest]:
    """Return the manifests of the project's own crates that can be found from the one beside the lockfile."""
    found: dict[str, Manifest] = {}
    queue, seen = ["."], {"."}
    workspace: dict[str, Any] = {}
    for folder in queue:
        document = _manifest(source, folder)
        if folder == ".":
            workspace = mapping(document.get("workspace"))
            further = _members(workspace, own)
        else:
            further = []
        shared = mapping(workspace.get("dependencies"))
        name = text(mapping(document.get("package")).get("name"))
        manifest = Manifest(set(), set())
        for section, row in _sections(document):
            for key, value in row.items():
                asked = mapping(value)
                asked = mapping(shared.get(key)) if asked.get("workspace") is True else asked
                (manifest.development if section in _DEV_DEPENDENCIES else manifest.production).add(
                    _plain(text(asked.get("package")) or key)
                )
                if text(mapping(value).get("path")):
                    further.append(mapping(value)["path"])
        if name in own:
            found.setdefault(name, manifest)
        for path in further:
            place = posixpath.normpath(posixpath.join(folder, path))
            if place not in seen and len(seen) < _MAX_MANIFESTS:
                seen.add(place)
                queue.append(place)
    return found


def _manifest(source: Source, folder: str) -> dict[str, Any]:
    try:
        data = source.near(posixpath.normpath(f"{folder}/Cargo.toml"))
        return load_toml(data) if data is not None else {}
    except LockfileError:  # its crates count as production
        return {}


def _members(workspace: Mapping[str, Any], own: set[str]) -> list[str]:
    """Return the folders in which members may be; for a pattern, those named like a crate of the lockfile."""
    folders = [text(row.get("path")) for row in map(mapping, mapping(workspace.get("dependencies")).values())]
    for member in map(text, sequence(workspace.get("members"))):
        before, star, after = member.partition("*")
        if not star:
            folders.append(member)
        elif "*" not in after:
            folders += [before + name + after for name in sorted(own)]
    return [folder for folder in folders if folder]


def _sections(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    tables = [document, *map(mapping, mapping(document.get("target")).values())]
    for table in tables:
        for section in (*_DEPENDENCIES, *_DEV_DEPENDENCIES):
            yield section, mapping(table.get(section))


def _plain(name: str) -> str:
    return name.replace("_", "-")
