"""bun: `bun.lock`, text lockfile versions 0 to 2. The binary `bun.lockb` is recognised and not read.

What workspaces ask for stands in `workspaces` and is direct; what only development or optional dependencies bring is
in the group "dev" or "optional". Workspaces, folders and links are local; an alias counts as the real package. A
package from git or a URL has no version in `bun.lock`: it is not examined, and said so, except where a tarball's file
name tells.

Not known: dates.

Source: bun's documentation, "Lockfile", and the type `BunLockFile` of its reference.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import Path, few_lines, key_lines
from wardline.check.dependencies.lockfiles import _package_json
from wardline.check.dependencies.lockfiles._asked import mark
from wardline.check.dependencies.lockfiles._javascript import (
    UNPINNED,
    is_local,
    is_version,
    split_name,
    version_in_file,
)
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source, Unread
from wardline.check.dependencies.reading import load_jsonc, mapping, sequence, text, unmarked

ID = "bun"
TITLE = "bun.lock (bun)"
PATTERNS = ("bun.lock", "bun.lockb")
ECOSYSTEMS = ("npm",)
UPGRADE = "bun update {name}"
UPGRADE_DIRECT = "bun add {name}@{version}"

_REMEDY: Final = "run `bun install --lockfile-only`, and commit bun.lock"
_MAX_LEVELS: Final = 100
_NEEDS: Final = ("dependencies", "optionalDependencies", "peerDependencies")


class _Packages(NamedTuple):
    """The entries of `packages` by key, and each key's number (-1: local or unread)."""

    entries: dict[str, Any]
    numbers: dict[str, int]


def read(source: Source) -> Lockfile:
    """Return the packages of a `bun.lock`. Raises: `LockfileError`."""
    if source.path.endswith(".lockb"):
        remedy = "run `bun install --save-text-lockfile`, and commit bun.lock"
        return Lockfile([], list, unread=[Unread("a binary lockfile is not read", remedy=remedy)])
    document = load_jsonc(source.data)
    version = mapping(document).get("lockfileVersion")
    if version not in (0, 1, 2) or isinstance(version, bool):
        raise LockfileError(f"bun.lock's version {version!r:.20} is not one that is known", hint=_REMEDY)
    entries = document.get("packages", {})
    if not isinstance(entries, dict):
        raise LockfileError("`packages` is no object", hint=_REMEDY)
    gathering = Gathering()
    line_of = few_lines(source.data)
    places: list[Path] = []
    numbers: dict[str, int] = {}
    for key, entry in entries.items():
        package = _package(gathering, key, entry, line_of)
        numbers[key] = -1 if package is None else gathering.add(package)
        if numbers[key] == len(places):
            places.append(("packages", key))
    packages = _Packages(entries, numbers)
    edges = _edges(packages, len(places))
    graph = mark(gathering.packages, edges, _roots(document, packages), complete=True)
    return gathering.lockfile(lambda: key_lines(unmarked(source.data), places), lambda: graph)


def _package(gathering: Gathering, key: str, entry: Any, line_of: Callable[[Path], int | None]) -> Package | None:
    """Return the package of an entry; None where it is local, or is skipped."""
    name, reference = split_name(text(entry[0])) if isinstance(entry, list) and entry else ("", "")
    if name and is_local(reference):
        return None
    version = reference if is_version(reference) else version_in_file(reference)
    if not name or not version:
        gathering.skip(
            key, "has no version in the lockfile", UNPINNED if reference else _REMEDY, line_of(("packages", key))
        )
        return None
    return Package("npm", name, version)


def _needs(info: Mapping[str, Any]) -> Iterator[str]:
    optional = set(map(text, sequence(info.get("optionalPeers"))))
    for section in _NEEDS:
        for name in mapping(info.get(section)):
            if section != "peerDependencies" or name not in optional:
                yield name


def _info(entry: Any) -> dict[str, Any]:
    return next((part for part in sequence(entry) if isinstance(part, dict)), {})


def _edges(packages: _Packages, count: int) -> list[list[int]]:
    edges: list[dict[int, None]] = [{} for _ in range(count)]
    for key, number in packages.numbers.items():
        if number >= 0:
            needs = _needs(_info(packages.entries[key]))
            edges[number].update(dict.fromkeys(_resolved(packages, key, name) for name in needs))
            edges[number].pop(-1, None)
    return [list(needs) for needs in edges]


def _resolved(packages: _Packages, key: str, name: str) -> int:
    """Return the package that `name` means within another: `outer/inner/name`, else further out; -1 for none."""
    for _ in range(_MAX_LEVELS):
        number = packages.numbers.get(f"{key}/{name}" if key else name)
        if number is not None:
            return number
        if not key:
            break
        outer, _, _ = key.rpartition("/")
        scope = outer.rpartition("/")
        key = scope[0] if scope[2].startswith("@") else outer
    return -1


def _roots(document: Mapping[str, Any], packages: _Packages) -> dict[int, set[str]]:
    roots: dict[int, set[str]] = {}
    for path, row in mapping(document.get("workspaces")).items():
        name = text(mapping(row).get("name")) if path else ""
        for group, names in _package_json.asked(mapping(row)).items():
            for asked in names:
                roots.setdefault(_resolved(packages, name, asked), set()).add(group)
    for key, number in packages.numbers.items():
        if number < 0:  # a local folder: the project's own, so what it needs is direct
            for wanted in _needs(_info(packages.entries[key])):
                roots.setdefault(_resolved(packages, key, wanted), set()).add("")
    roots.pop(-1, None)
    return roots
