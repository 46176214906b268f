"""pnpm: `pnpm-lock.yaml` and its per-branch files, lockfile versions 5.0 to 5.4, 6, 7 and 9.

Importers (workspace projects) ask for what is direct; what only `devDependencies` bring is in the group "dev", what
only optional ones bring is in "optional". The same version of a package with other peers is one package. Folders and
`link:`s are local, an alias counts as the real package. Packages from git, URLs and archives are reported at the
version that the lockfile gives; without one they are not examined, and said so. `time`, where pnpm writes it, is the
date of publication. The first document of a file with two (pnpm 10 and later) locks the package manager itself and
configuration dependencies: groups "package-manager" and "config".

Not known: advisories for runtimes that pnpm installs (`node@runtime:22`): they are no packages of the registry.

Source: pnpm's documentation, "pnpm-lock.yaml", and pnpm's `lockfile/types` and `deps/path` for the fields.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.lockfiles._asked import mark
from wardline.check.dependencies.lockfiles._javascript import UNPINNED, is_version, split_name, version_in_file
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import YamlLines, load_yaml_documents, mapping, text

ID = "pnpm"
TITLE = "pnpm-lock.yaml (pnpm)"
PATTERNS = ("pnpm-lock.yaml", "pnpm-lock.*.yaml")
ECOSYSTEMS = ("npm",)
UPGRADE = "pnpm update -r {name}"
UPGRADE_DIRECT = "pnpm update -r {name}@{version}"

_REMEDY: Final = "run `pnpm install --lockfile-only`, and commit pnpm-lock.yaml"
_VERSION: Final = re.compile(r"([5679])(?:\.\d+)?(?:-inlineSpecifiers)?\Z")
_GROUPS: Final = {
    "dependencies": "",
    "devDependencies": "dev",
    "optionalDependencies": "optional",
    "configDependencies": "config",
    "packageManagerDependencies": "package-manager",
}
_NEEDS: Final = ("dependencies", "optionalDependencies")


class _Document(NamedTuple):
    """One YAML document of the file, and the number of each key in `packages` and `snapshots` (-1: local, unread)."""

    value: dict[str, Any]
    line_of: YamlLines
    numbers: dict[str, int]

    def found(self, gathering: Gathering, name: str, reference: str) -> int:
        """Return what `name: reference` means, -1 where it is local, or is nowhere and noted.

        pnpm's `refToRelative` writes it in four ways over the versions.
        """
        for key in (f"{name}@{reference}", reference, f"/{name}@{reference}", f"/{name}/{reference}"):
            number = self.numbers.get(key)
            if number is not None:
                return number
        if not reference.startswith("link:"):
            gathering.skip(name, "is needed and not in the file", _REMEDY)
        return -1


def read(source: Source) -> Lockfile:
    """Return the packages of a `pnpm-lock.yaml`. Raises: `LockfileError`."""
    gathering = Gathering()
    places: list[Callable[[], int]] = []
    documents = [_gathered(gathering, places, value, line_of) for value, line_of in load_yaml_documents(source.data)]
    if not documents:
        raise LockfileError("an empty file", hint=_REMEDY)
    edges: list[dict[int, None]] = [{} for _ in gathering.packages]
    roots: dict[int, set[str]] = {}
    optional: set[int] = set()
    firm: set[int] = set()  # needed by more than optional dependencies
    for document in documents:
        _join(gathering, document, edges)
        _sort(document, optional, firm)
        _ask(gathering, document, roots)
    packages = gathering.packages
    graph = mark(packages, [list(needs) for needs in edges], roots, complete=True)
    for number in optional - firm:
        if not packages[number].groups:
            packages[number] = packages[number]._replace(groups=("optional",))
    return gathering.lockfile(lambda: [place() for place in places], lambda: graph)


def _gathered(gathering: Gathering, places: list[Callable[[], int]], value: Any, line_of: YamlLines) -> _Document:
    document = mapping(value)
    version = document.get("lockfileVersion")
    known = _VERSION.match(text(version))
    if known is None:
        raise LockfileError(f"pnpm-lock.yaml's version {version!r:.20} is not one that is known", hint=_REMEDY)
    times = mapping(document.get("time"))
    entries = mapping(document.get("packages"))
    snapshots = mapping(document.get("snapshots"))
    if (not entries and document.get("packages")) or (not snapshots and document.get("snapshots")):
        raise LockfileError("`packages` or `snapshots` is no mapping", hint=_REMEDY)
    numbers: dict[str, int] = {}
    for table, rows in (("packages", entries), ("snapshots", snapshots)):
        for key in rows:
            if key in numbers:
                continue
            plain = key.partition("(")[0]
            if plain in numbers:
                numbers[key] = numbers[plain]
                continue
            package = _package(gathering, key, rows[key], line_of((table, key)), old=known[1] == "5")
            if package is None:
                numbers[key] = -1
                continue
            number = numbers[key] = gathering.add(package._replace(date=text(times.get(plain)) or None))
            if number == len(places):
                places.append(_place(line_of, (table, key)))
    return _Document(document, line_of, numbers)


def _place(line_of: YamlLines, path: tuple[str, str]) -> Callable[[], int]:
    return lambda: line_of(path) or 1


def _package(gathering: Gathering, key: str, row: Any, line: int | None, *, old: bool) -> Package | None:
    """Return the package of a key; None where it is local, or is skipped."""
    entry = mapping(row)
    resolution = mapping(entry.get("resolution"))
    if resolution.get("type") == "directory" or key.startswith("link:"):
        return None
    name, version = _old_key(key) if old else _key(key)
    name, version = text(entry.get("name")) or name, text(entry.get("version")) or version
    if version.startswith("runtime:"):
        remedy = "follow the runtime's own security announcements, and exclude it in .wardline/policy.toml"
        gathering.skip(f"{name} {version.removeprefix('runtime:')}", "is a runtime, no package", remedy, line)
        return None
    if not is_version(version):
        version = version_in_file(text(resolution.get("tarball")) or version)
    if not name or not version or not isinstance(row, dict):
        gathering.skip(key, "has no version in the lockfile", UNPINNED if resolution else _REMEDY, line)
        return None
    return Package("npm", name, version)


def _key(key: str) -> tuple[str, str]:
    """Return name and version of `name@1.0.0(peer@2.0.0)` (7, 9), `/name@1.0.0(…)` or `host/name@1.0.0` (6)."""
    plain = key.partition("(")[0].removeprefix("/")
    return split_name(plain)


def _old_key(key: str) -> tuple[str, str]:
    """Return name and version of `/name/1.0.0_peer@2.0.0`, `/@scope/name/1.0.0` or `host/name/1.0.0` (5)."""
    parts = key.split("/", 4)[1:]
    name = "/".join(parts[:2]) if parts and parts[0].startswith("@") else "".join(parts[:1])
    rest = parts[name.count("/") + 1 :]
    return name, rest[0].partition("_")[0] if rest else ""


def _join(gathering: Gathering, document: _Document, edges: list[dict[int, None]]) -> None:
    for table in ("packages", "snapshots"):
        for key, row in mapping(document.value.get(table)).items():
            number = document.numbers[key]
            if number >= 0:
                for name, reference in _references(mapping(row), _NEEDS):
                    edges[number][document.found(gathering, name, reference)] = None
                edges[number].pop(-1, None)


def _sort(document: _Document, optional: set[int], firm: set[int]) -> None:
    """Note which packages an entry calls optional, and which another one of them does not."""
    rows = document.value.get("snapshots", document.value.get("packages"))
    for key, row in mapping(rows).items():
        (optional if mapping(row).get("optional") == "true" else firm).add(document.numbers[key])
    optional.discard(-1)


def _references(entry: Mapping[str, Any], sections: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for section in sections:
        for name, wanted in mapping(entry.get(section)).items():
            yield text(name), text(wanted) or text(mapping(wanted).get("version"))


def _ask(gathering: Gathering, document: _Document, roots: dict[int, set[str]]) -> None:
    """Note what every importer asks for. A local folder's needs count as production's: it is the project's own."""
    importers = document.value.get("importers")
    projects = list(mapping(importers).values()) if importers is not None else [document.value]
    for project in projects:
        for section, group in _GROUPS.items():
            for name, reference in _references(mapping(project), (section,)):
                number = document.found(gathering, name, reference)
                if number >= 0:
                    roots.setdefault(number, set()).add(group)
    for table in ("packages", "snapshots"):
        for key, row in mapping(document.value.get(table)).items():
            if document.numbers[key] < 0:
                for name, reference in _references(mapping(row), _NEEDS):
                    number = document.found(gathering, name, reference)
                    if number >= 0:
                        roots.setdefault(number, set()).add("")
