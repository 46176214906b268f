"""OSV-Scanner's JSON (`osv-scanner scan --format json`), versions 1 and 2.

Each group of a package's vulnerabilities (OSV-Scanner groups records that are aliases of each other) is one finding
under its canonical id. Severity is the group's highest CVSS score, else what the record says. A vulnerability that the
tool's configuration or call analysis sets aside is still reported here: it says which, and not why.

Source: OSV-Scanner, "Output formats"; OSV schema 1.7.
"""

from collections.abc import Iterator
from typing import Any, Final

from wardline.findings import severity as severities
from wardline.findings.importers import building, words
from wardline.findings.importers.building import Package, Place, Said
from wardline.findings.importers.json_stream import elements, headers
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source

NAME = "osv-scanner"
TITLE = "OSV-Scanner's JSON"
KIND = "json"
PRACTICE = "dependencies"
SIGNS = [
    ["results", "results[].packages"],
    ["results", "results[].source", "results[].packages[].package"],
    ["results", "experimental_config"],
    ["results", "experimental_generic_findings"],
]

_BASE: Final = ("results", "[]")
_PACKAGE: Final = (*_BASE, "packages", "[]")


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each group of vulnerabilities."""
    files = headers(source, [_BASE], ["source"])
    packages = headers(source, [_PACKAGE], ["package", "groups"])
    said: set[tuple[Any, ...]] = set()
    for path, record in elements(source, (*_PACKAGE, "vulnerabilities", "[]")):
        header = packages.get(path[:4], {})
        about = _package(header.get("package"))
        identifier = words.text(words.at(record, "id"))
        if about is None or not identifier:
            source.trouble("a vulnerability without an id or a package", ".".join(map(str, path)))
            continue
        group = _group(header.get("groups"), identifier)
        mark = (*path[:4], words.text(words.at(group, "ids", 0)) or identifier)
        if mark in said:
            continue
        said.add(mark)
        where = words.at(files.get(path[:2]), "source", "path")
        place = Place(words.place(where, source.root, about.purl))
        ids = words.identifiers(identifier, words.at(record, "aliases"), *(words.at(group, one) for one in _IDS))
        yield building.dependency(_said(record, group, about), about, ids, place)


_IDS: Final = ("ids", "aliases")


def _package(value: Any) -> Package | None:
    """Return a package; a checked-out repository has no name, and is known by its commit."""
    name = words.first(words.at(value, "name"), words.at(value, "commit"))
    return building.package(words.text(words.at(value, "ecosystem")), name, words.at(value, "version"))


def _group(groups: Any, identifier: str) -> Any:
    for group in words.objects(groups):
        ids = group.get("ids")
        if isinstance(ids, list) and identifier in ids:
            return group
    return None


def _said(record: dict[str, Any], group: Any, about: Package) -> Said:
    severity = words.scored(words.at(group, "max_severity") or None)
    rating = severities.of_record(record)
    details = words.text(record.get("details"), words.MAX_MESSAGE)
    return Said(
        tool=NAME,
        rule=words.text(record.get("id")),
        title=words.text(record.get("summary"), words.MAX_TITLE) or details[: words.MAX_TITLE],
        message="",
        severity=severity if severity != "unknown" else rating.severity,
        vector=rating.vector,
        cwe=words.cwes(words.at(record, "database_specific", "cwe_ids"), words.at(record, "database_specific", "cwes")),
        fix=building.upgrade(about, *_fixed(record, about)),
    )


def _fixed(record: dict[str, Any], about: Package) -> Iterator[str]:
    """Yield the versions that the record calls fixed, of the package in question."""
    for affected in words.objects(record, "affected"):
        if words.at(affected, "package", "name") == about.name:
            for ranged in words.objects(affected, "ranges"):
                if ranged.get("type") != "GIT":
                    yield from (words.text(event.get("fixed"), 100) for event in words.objects(ranged, "events"))
