"""uv: `uv.lock` and `script.py.lock`, version 1, every revision.

The project, its workspace members and other local folders (`editable`, `virtual`, `directory`) are not third-party:
what they ask for is direct, under no group (`dependencies`), an extra's name (`optional-dependencies`) or a dependency
group's name (`dev-dependencies`); what an extra or a group alone brings has that group. A script's lockfile names its
direct packages in `manifest.requirements`. Packages from git, a URL or an archive file are reported at the version that
the lockfile gives; one without a version (a dynamic one, from git) is not examined and said so. A name may stand in
several versions, chosen by markers: all are examined. `upload-time` (revision 2 on, or a registry that tells) becomes
the date of publication.

Not known: whether an extra is ever installed, so what extras bring is examined like the rest.

Source: uv's documentation, "Project structure: the lockfile" and "Resolution: lockfile versioning"; uv's
`crates/uv-resolver/src/lock/mod.rs` for the fields.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering, spread
from wardline.check.dependencies.lockfiles._toml_lines import name_lines
from wardline.check.dependencies.model import Graph, Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_toml, mapping, sequence, text

ID = "uv"
TITLE = "uv.lock (uv)"
PATTERNS = ("uv.lock", "*.py.lock")
ECOSYSTEMS = ("PyPI",)
UPGRADE = "uv lock --upgrade-package {name}=={version}"

_LOCAL: Final = ("editable", "virtual", "directory")
_REMEDY: Final = "run `uv lock`, and commit uv.lock"


class _Row(NamedTuple):
    """One `[[package]]`: its number among the packages, or -1 where it is local or unread."""

    number: int
    version: str
    source: dict[str, Any]
    entry: dict[str, Any]


class _Lock:
    """A uv.lock being read."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.gathering = Gathering()
        self.rows: list[_Row] = []
        self.by_name: dict[str, list[int]] = {}
        self.places: list[int] = []  # of each package, the place of its row

    def names(self) -> list[str]:
        """Return the name of every row, "" where it has none."""
        return [text(mapping(row).get("name")) for row in sequence(self.document.get("package"))]

    def found(self, reference: Any) -> Sequence[int]:
        """Return the rows that a dependency may mean: by name, and by version and source where it gives them."""
        wanted = mapping(reference)
        rows = self.by_name.get(text(wanted.get("name")), ())
        if len(rows) > 1 and "version" in wanted:
            rows = [row for row in rows if self.rows[row].version == wanted["version"]]
        if len(rows) > 1 and "source" in wanted:
            rows = [row for row in rows if self.rows[row].source == wanted["source"]]
        return rows


def read(source: Source) -> Lockfile:
    """Return the packages of a `uv.lock`. Raises: `LockfileError`."""
    document = load_toml(source.data)
    version = document.get("version")
    if version != 1:
        raise LockfileError(f"uv.lock's version {version!r:.20} is not one that is known", hint=_REMEDY)
    if "package" in document and not isinstance(document["package"], list):
        raise LockfileError("`package` is not a list of tables", hint=_REMEDY)
    lock = _Lock(document)
    _gather(lock)
    edges = _edges(lock)
    roots = _roots(lock)
    packages = lock.gathering.packages
    for root in roots:
        packages[root] = packages[root]._replace(direct=True)
    for number, groups in enumerate(spread(edges, roots)):
        if groups:
            packages[number] = packages[number]._replace(groups=groups)
    return _lockfile(source, lock, Graph(list(roots), edges))


def _lockfile(source: Source, lock: _Lock, graph: Graph) -> Lockfile:
    def lines() -> list[int]:
        by_row = name_lines(source.data, "package", lock.names())
        return [by_row[place] for place in lock.places]

    return lock.gathering.lockfile(lines, lambda: graph)


def _gather(lock: _Lock) -> None:
    gathering = lock.gathering
    for place, row in enumerate(sequence(lock.document.get("package"))):
        entry = mapping(row)
        name, version, origin = entry.get("name"), entry.get("version"), entry.get("source")
        index = -1
        if isinstance(name, str) and name and isinstance(origin, dict):
            if not any(kind in origin for kind in _LOCAL):
                if isinstance(version, str) and version:
                    index = gathering.add(Package("PyPI", name, version, (), direct=False, date=_date(entry)))
                    if index == len(lock.places):
                        lock.places.append(place)
                else:
                    gathering.skip(name, "has no version in the lockfile", "pin it to a version in a registry")
            lock.by_name.setdefault(name, []).append(place)
        else:
            gathering.skip(text(name), "has no name or source that can be read", _REMEDY)
        lock.rows.append(_Row(index, text(version), mapping(origin), entry))


def _date(entry: dict[str, Any]) -> str | None:
    """Return when the first of a version's files was published."""
    files = [entry.get("sdist"), *sequence(entry.get("wheels"))]
    dates = [time for file in files if isinstance(file, dict) and isinstance(time := file.get("upload-time"), str)]
    return min(dates, default=None)


def _edges(lock: _Lock) -> list[list[int]]:
    edges: list[list[int]] = [[] for _ in lock.gathering.packages]
    for row in lock.rows:
        if row.number < 0:
            continue
        needs = edges[row.number]
        for reference in _needs(row.entry):
            needs += [lock.rows[place].number for place in lock.found(reference)]
        if -1 in needs:
            edges[row.number] = [needed for needed in needs if needed >= 0]
    return edges


def _needs(entry: dict[str, Any]) -> Iterator[Any]:
    yield from sequence(entry.get("dependencies"))
    for extra in mapping(entry.get("optional-dependencies")).values():  # only extras that somebody asks for are here
        yield from sequence(extra)


def _roots(lock: _Lock) -> dict[int, set[str]]:
    """Return what local packages and the manifest ask for, with the groups that do."""
    roots: dict[int, set[str]] = {}
    extras: list[tuple[int, str, str]] = []  # (local row, extra, group): asked for by another local package
    for reference in _script(lock.document):
        _ask(lock, reference, "", roots, extras)
    for row in lock.rows:
        if any(kind in row.source for kind in _LOCAL):
            for reference in sequence(row.entry.get("dependencies")):
                _ask(lock, reference, "", roots, extras)
            for table in ("optional-dependencies", "dev-dependencies"):
                for group, references in mapping(row.entry.get(table)).items():
                    for reference in sequence(references):
                        _ask(lock, reference, group, roots, extras)
    seen = set(extras)
    for place, extra, group in extras:
        optional = mapping(lock.rows[place].entry.get("optional-dependencies"))
        further: list[tuple[int, str, str]] = []
        for reference in sequence(optional.get(extra)):
            _ask(lock, reference, group, roots, further)
        extras += [new for new in dict.fromkeys(further) if new not in seen]
        seen.update(further)
    return roots


def _script(document: dict[str, Any]) -> Iterator[Any]:
    manifest = mapping(document.get("manifest"))
    yield from sequence(manifest.get("requirements"))
    for references in mapping(manifest.get("dependency-groups")).values():
        yield from sequence(references)


def _ask(
    lock: _Lock, reference: Any, group: str, roots: dict[int, set[str]], extras: list[tuple[int, str, str]]
) -> None:
    for place in lock.found(reference):
        index = lock.rows[place].number
        if index >= 0:
            roots.setdefault(index, set()).add(group)
        else:
            extras += [(place, extra, group) for extra in map(text, sequence(mapping(reference).get("extra"))) if extra]
