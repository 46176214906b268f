"""Conan (C, C++): `conan.lock` of Conan 1 (a graph) and 2 (lists of references).

Packages that only build others (`build_requires`, `python_requires`) are the group "build". A reference with a user and
channel, or from another remote, is reported as ConanCenter's package of that name and version.

Source: Conan's documentation, "Lockfiles", and `conan/internal/model/lockfile.py`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import lines_of
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_json, mapping, sequence, text, unmarked

ID = "conan-lock"
TITLE = "conan.lock (Conan)"
PATTERNS = ("conan.lock", "*.conan.lock")
ECOSYSTEMS = ("ConanCenter",)

_REMEDY: Final = "run `conan lock create .`, and commit conan.lock"
_REFERENCE: Final = re.compile(r"([A-Za-z0-9_][\w.+-]*)/([^@#%:\s\[\]]+)(?:[@#%:].*)?")
_SECTIONS: Final = {
    "requires": (),
    "build_requires": ("build",),
    "python_requires": ("build",),
    "config_requires": ("build",),
}


def read(source: Source) -> Lockfile:
    """Return the packages of a `conan.lock`. Raises: `LockfileError`."""
    document = mapping(load_json(source.data))
    gathering = Gathering()
    references: list[str] = []
    for reference, groups in _references(document, gathering):
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            gathering.skip(reference, "is not a reference to a name and a version", _REMEDY)
            continue
        known = len(gathering.packages)
        if gathering.add(Package("ConanCenter", match[1], match[2], groups)) == known:
            references.append(reference)

    def lines() -> list[int]:
        if "graph_lock" in document:
            return lines_of(references, unmarked(source.data), "ref")
        found = _listed_lines(unmarked(source.data), references)
        return [found.get(reference, 1) for reference in references]

    return gathering.lockfile(lines)


def _references(document: Mapping[str, Any], gathering: Gathering) -> Iterator[tuple[str, tuple[str, ...]]]:
    if "graph_lock" in document:
        yield from _nodes(document, gathering)
        return
    if not isinstance(document.get("requires"), list):
        raise LockfileError("no requires: not a conan.lock", hint=_REMEDY)
    for section, groups in _SECTIONS.items():
        rows = document.get(section, [])
        if not isinstance(rows, list):
            gathering.skip(section, "is not a list", _REMEDY)
        for row in sequence(rows):
            if text(row):
                yield row, groups
            else:
                gathering.skip(section, "holds what is no reference", _REMEDY)


def _nodes(document: Mapping[str, Any], gathering: Gathering) -> Iterator[tuple[str, tuple[str, ...]]]:
    nodes = mapping(document["graph_lock"]).get("nodes")
    if not isinstance(nodes, dict):
        raise LockfileError("a graph without nodes: not a conan.lock", hint=_REMEDY)
    for key, node in nodes.items():
        reference = text(mapping(node).get("ref"))
        if reference:
            yield reference, ("build",) if mapping(node).get("context") == "build" else ()
        elif not text(mapping(node).get("path")):
            gathering.skip(f"node {key}", "has no reference", _REMEDY)


def _listed_lines(data: bytes, references: list[str]) -> dict[str, int]:
    wanted = set(references)
    lines = (line.strip().rstrip(b",").strip(b'"') for line in data.split(b"\n"))
    found: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if (reference := line.decode("utf-8", "replace")) in wanted:
            found.setdefault(reference, number)
    return found
