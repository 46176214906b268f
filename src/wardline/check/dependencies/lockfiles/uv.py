"""uv: `uv.lock` and `script.py.lock`, version 1, every revision.

The project, its workspace members and other local folders (`editable`, `virtual`, `directory`) are not third-party:
what they ask for is direct, under no group (`dependencies`), an extra's name (`optional-dependencies`) or a dependency
group's name (`dev-dependencies`); what an extra or a group alone brings has that group. A script's lockfile names its
direct packages in `manifest.requirements`. Packages from git, a URL or an archive file are reported at the version that
the lockfile gives; one without a version (a dynamic one, from git) is not examined and said so. A name may stand in
several versions, chosen by markers: all are examined. `upload-time` of the source
archive, else of the first wheel, becomes the date of publication (revision 2 on, where the registry tells).

Not known: whether an extra is ever installed, so what extras bring is examined like the rest.

Source: uv's documentation, "Project structure: the lockfile" and "Resolution: lockfile versioning"; uv's
`crates/uv-resolver/src/lock/mod.rs` for the fields.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering, spread
from wardline.check.dependencies.lockfiles._asked import refuse_crowds
from wardline.check.dependencies.lockfiles._toml_lines import Tables
from wardline.check.dependencies.model import Graph, Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_toml, mapping, sequence, text

ID = "uv"
TITLE = "uv.lock (uv)"
PATTERNS = ("uv.lock", "*.py.lock")
ECOSYSTEMS = ("PyPI",)
UPGRADE = "uv lock --upgrade-package {name}=={version}"
UPGRADE_DIRECT = "uv add '{name}>={version}'"

_LOCAL: Final = ("editable", "virtual", "directory")
_UNPINNED: Final = "pin it to a version in a registry"
_REMEDY: Final = "run `uv lock`, and commit uv.lock"

_URL_AND_HASH: Final = rb'\{ url = "[^"\\\n]*+", hash = "[^"\\\n]*+"(?:, size = [0-9]++)?'
_TIME: Final = rb'upload-time = "[^"\\\n]*+"'
_WHEELS: Final = rb"(?:    " + _URL_AND_HASH + rb"(?:, " + _TIME + rb")? \},\n)"
_FILES: Final = re.compile(  # a source archive and the wheels after it, or wheels alone
    rb"\nsdist = " + _URL_AND_HASH + rb"(?:, (" + _TIME + rb"))? \}(?:\nwheels = \[\n" + _WHEELS + rb"+\])?(?=\n)"
    rb"|\nwheels = \[\n    " + _URL_AND_HASH + rb"(?:, (" + _TIME + rb"))? \},\n" + _WHEELS + rb"*\](?=\n)"
)


class _Row(NamedTuple):
    """One `[[package]]`: its number among the packages, or -1 where it is local or unread."""

    number: int
    version: str
    source: dict[str, Any]
    entry: dict[str, Any]


class _Lock:
    """A uv.lock being read: rows, and a graph of packages (numbered first) and of packages with an extra."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self.rows: list[_Row] = []
        self.by_name: dict[str, list[int]] = {}
        self.edges: list[list[int]] = []
        self.extras: dict[tuple[int, str], int] = {}

    def found(self, reference: Any) -> Sequence[int]:
        """Return the rows that a dependency may mean: by name, and by version and source where it gives them."""
        if not isinstance(reference, dict):
            return ()
        name = reference.get("name")
        rows = self.by_name.get(name, ()) if isinstance(name, str) else ()
        if len(rows) > 1 and "version" in reference:
            rows = [row for row in rows if self.rows[row].version == reference["version"]]
        if len(rows) > 1 and "source" in reference:
            rows = [row for row in rows if self.rows[row].source == reference["source"]]
        return rows

    def need(self, needs: list[int], reference: Any) -> None:
        """Add what a dependency means to `needs`: packages, and packages with the extras that it names."""
        places = self.found(reference)
        if not places:
            name = text(mapping(reference).get("name"))
            self.gathering.skip(name, "is needed and not in the file", _REMEDY)
        for place in places:
            number = self.rows[place].number
            if number >= 0:
                needs.append(number)
                if "extra" in reference:
                    needs += [self.with_extra(number, extra) for extra in _names(reference["extra"])]

    def with_extra(self, number: int, extra: str) -> int:
        """Return the node of a package with an extra, which needs the package itself."""
        node = self.extras.setdefault((number, extra), len(self.edges))
        if node == len(self.edges):
            self.edges.append([number])
        return node

    def graph(self, roots: Sequence[int]) -> Graph:
        """Return the graph of packages alone: what an extra needs, its package needs."""
        count = len(self.gathering.packages)
        edges = [[need for need in dict.fromkeys(needs) if need < count] for needs in self.edges[:count]]
        for (number, _), node in self.extras.items():
            before = {number, *edges[number]}
            edges[number] += [need for need in dict.fromkeys(self.edges[node]) if need < count and need not in before]
        return Graph(roots, edges)


def read(source: Source) -> Lockfile:
    """Return the packages of a `uv.lock`. Raises: `LockfileError`."""
    document = _document(source.data)
    version = document.get("version")
    if version != 1 or isinstance(version, bool):
        raise LockfileError(f"uv.lock's version {version!r:.20} is not one that is known", hint=_REMEDY)
    tables = Tables(source.data, document, "package", _REMEDY)
    lock = _Lock()
    _gather(lock, tables)
    _connect(lock)
    roots = _roots(lock, document)
    packages = lock.gathering.packages
    count = len(packages)
    direct = [root for root in roots if root < count]
    for root in direct:
        packages[root] = packages[root]._replace(direct=True)
    for number, groups in enumerate(spread(lock.edges, roots)[:count]):
        if groups:
            packages[number] = packages[number]._replace(groups=groups)
    return lock.gathering.lockfile(
        lambda: tables.lines_of([row.number for row in lock.rows]), lambda: lock.graph(direct)
    )


def _document(data: bytes) -> dict[str, Any]:
    """Return the document, with files reduced to what is used of them where they stand as uv writes them.

    They are three quarters of a lockfile, and reading them as TOML takes longer than all the rest.
    """
    if b'"""' in data or b"'''" in data:  # what looks like a file might be within a text
        return load_toml(data)
    try:
        return load_toml(_FILES.sub(rb"\nsdist = {\1\2}", data))
    except LockfileError:
        return load_toml(data)  # for the right line


def _gather(lock: _Lock, tables: Tables) -> None:
    gathering = lock.gathering
    for place, row in enumerate(tables.rows):
        entry = mapping(row)
        name, version, origin = entry.get("name"), entry.get("version"), entry.get("source")
        number = -1
        if not (isinstance(name, str) and name and isinstance(origin, dict)):
            gathering.skip(text(name), "has no name or source that can be read", _REMEDY, tables.lines[place])
        elif isinstance(version, str) and version and origin.keys().isdisjoint(_LOCAL):
            number = gathering.add(Package("PyPI", name, version, (), False, _date(entry)))  # noqa: FBT003 - speed
        elif origin.keys().isdisjoint(_LOCAL):
            gathering.skip(name, "has no version in the lockfile", _UNPINNED, tables.lines[place])
        if isinstance(name, str):
            lock.by_name.setdefault(name, []).append(place)
        lock.rows.append(_Row(number, text(version), mapping(origin), entry))
    refuse_crowds(lock.by_name)


def _date(entry: dict[str, Any]) -> str | None:
    """Return when the source archive was published, or without one, the first wheel."""
    for file in (entry.get("sdist"), *sequence(entry.get("wheels"))):
        time = file.get("upload-time") if isinstance(file, dict) else None
        if isinstance(time, str):
            return time
    return None


def _connect(lock: _Lock) -> None:
    lock.edges = [[] for _ in lock.gathering.packages]
    for row in lock.rows:
        if row.number >= 0:
            for reference in sequence(row.entry.get("dependencies")):
                lock.need(lock.edges[row.number], reference)
            if "optional-dependencies" in row.entry:
                for extra, references in mapping(row.entry["optional-dependencies"]).items():
                    needs = lock.edges[lock.with_extra(row.number, extra)]
                    for reference in sequence(references):
                        lock.need(needs, reference)


def _roots(lock: _Lock, document: dict[str, Any]) -> dict[int, set[str]]:
    """Return the nodes that local packages and the manifest ask for, with the groups that do."""
    asked = _Asked(lock)
    manifest = mapping(document.get("manifest"))
    asked.ask(manifest.get("requirements"), "")
    for references in mapping(manifest.get("dependency-groups")).values():
        asked.ask(references, "")
    for row in lock.rows:
        if not row.source.keys().isdisjoint(_LOCAL):
            asked.ask(row.entry.get("dependencies"), "")
            for table in ("optional-dependencies", "dev-dependencies"):
                for group, references in mapping(row.entry.get(table)).items():
                    asked.ask(references, group)
    for place, extra, group in asked.of_local:  # grows meanwhile: extras of local packages may name one another
        optional = mapping(lock.rows[place].entry.get("optional-dependencies"))
        asked.ask(optional.get(extra), group)
    return asked.roots


class _Asked:
    """What the project asks for: nodes with groups, and extras of its own packages, each once."""

    def __init__(self, lock: _Lock) -> None:
        self._lock = lock
        self._seen: set[tuple[int, str, str]] = set()
        self.roots: dict[int, set[str]] = {}
        self.of_local: list[tuple[int, str, str]] = []  # (row, extra, group)

    def ask(self, references: Any, group: str) -> None:
        """Note what a list of dependencies asks for, for a group."""
        for reference in sequence(references):
            needs: list[int] = []
            self._lock.need(needs, reference)
            for node in needs:
                self.roots.setdefault(node, set()).add(group)
            for place in self._lock.found(reference) if not needs else ():
                new = {(place, extra, group) for extra in _names(reference.get("extra"))} - self._seen
                self._seen |= new
                self.of_local += sorted(new)


def _names(value: Any) -> list[str]:
    return [name for name in sequence(value) if isinstance(name, str)]
