"""The standard's lockfile: `pylock.toml` and `pylock.NAME.toml`, lock version 1.x (PEP 751).

Groups follow from each package's marker: `'dev' in dependency_groups` or `'docs' in extras` alone makes the package
that group's or extra's, except a group that `default-groups` installs anyway. `upload-time` becomes the date of
publication. What is direct stands in the `pyproject.toml` beside it. `directory` is local and not third-party; an
archive or a repository without a version is not examined, and said so, except where a file name tells.

Not known: who needs whom, where the tool that wrote the file left `packages.dependencies` out (it is optional).

Source: PEP 751 and the "pylock.toml specification" of the Python packaging user guide.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.lockfiles import _pyproject
from wardline.check.dependencies.lockfiles._asked import mark, refuse_crowds
from wardline.check.dependencies.lockfiles._requirement import named_in_file, normalised
from wardline.check.dependencies.lockfiles._toml_lines import Tables
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_toml, mapping, sequence, text

ID = "pylock"
TITLE = "pylock.toml (PEP 751)"
PATTERNS = ("pylock.toml", "pylock.*.toml")
ECOSYSTEMS = ("PyPI",)

_REMEDY: Final = "lock again with the tool that `created-by` names"
_IN: Final = r"""\s*(['"])(?P<{0}>[^'"]+)['"]\s+in\s+{1}\s*"""
_GROUP_ONLY: Final = re.compile(_IN.format("group", "dependency_groups") + "|" + _IN.format("extra", "extras"))


def read(source: Source) -> Lockfile:
    """Return the packages of a `pylock.toml`. Raises: `LockfileError`."""
    document = load_toml(source.data)
    version = document.get("lock-version")
    if not isinstance(version, str) or version.partition(".")[0] != "1":
        raise LockfileError(f"pylock.toml's version {version!r:.20} is not one that is known", hint=_REMEDY)
    tables = Tables(source.data, document, "packages", _REMEDY)
    rows = tables.rows
    gathering = Gathering()
    default = {group for group in sequence(document.get("default-groups")) if isinstance(group, str)}
    indexes = [_gathered(gathering, tables, place, default) for place in range(len(rows))]
    packages = gathering.packages
    known = any("dependencies" in mapping(row) for row in rows)
    edges = _edges(rows, indexes, len(packages))
    asked = _pyproject.asked(source)
    graph = None
    if known or asked is not None:
        roots = _pyproject.roots(asked, packages)
        graph = mark(packages, edges, roots, complete=asked is not None, grouped=False)
    return gathering.lockfile(lambda: tables.lines_of(indexes), lambda: graph if known else None)


def _gathered(gathering: Gathering, tables: Tables, place: int, default: set[str]) -> int:
    entry = mapping(tables.rows[place])
    name, version = text(entry.get("name")), text(entry.get("version"))
    if name and "directory" in entry:
        return -1
    if name and not version and "version" not in entry:
        version = _from_file(mapping(entry.get("archive")))
    if not name or not version:
        gathering.skip(name, "has no name or version that can be read", _remedy(entry), tables.lines[place])
        return -1
    return gathering.add(Package("PyPI", name, version, _groups(entry, default), date=_date(entry)))


def _remedy(entry: dict[str, Any]) -> str:
    return "pin it to a version in a registry" if "vcs" in entry or "archive" in entry else _REMEDY


def _from_file(archive: dict[str, Any]) -> str:
    place = text(archive.get("url")) or text(archive.get("path"))
    named = named_in_file(place.partition("#")[0].partition("?")[0].rpartition("/")[2])
    return named[1] if named else ""


def _groups(entry: dict[str, Any], default: set[str]) -> tuple[str, ...]:
    """Return the groups and extras without which the marker is false; () where it may be true without any."""
    found: set[str] = set()
    for part in re.split(r"\bor\b", text(entry.get("marker")).replace("(", " ").replace(")", " ")):
        clauses = (_GROUP_ONLY.fullmatch(clause) for clause in re.split(r"\band\b", part))
        names = {match["group"] or match["extra"] for match in clauses if match}
        if not names or names & default:
            return ()
        found |= names
    return tuple(sorted(found))


def _date(entry: dict[str, Any]) -> str | None:
    files = [entry.get("sdist"), entry.get("archive"), *sequence(entry.get("wheels"))]
    times = (mapping(file).get("upload-time") for file in files)
    return min((time.isoformat() if hasattr(time, "isoformat") else text(time) for time in times if time), default=None)


def _edges(rows: Sequence[Any], indexes: Sequence[int], count: int) -> list[list[int]]:
    by_name: dict[str, list[int]] = {}
    for place, index in enumerate(indexes):
        if index >= 0:
            by_name.setdefault(normalised(rows[place]["name"]), []).append(place)
    refuse_crowds(by_name)
    edges: list[list[int]] = [[] for _ in range(count)]
    for row, index in zip(rows, indexes, strict=True):
        for wanted in map(mapping, sequence(mapping(row).get("dependencies")) if index >= 0 else ()):
            found = by_name.get(normalised(text(wanted.get("name"))), [])
            for key in ("version", "vcs", "archive", "directory"):
                if key in wanted and len(found) > 1:
                    found = [place for place in found if rows[place].get(key) == wanted[key]]
            edges[index] += [indexes[place] for place in found]
    return edges
