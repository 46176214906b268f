"""SPDX documents as input: JSON (2.2, 2.3, 3.0) and tag-value (2.1 to 2.3).

Every package with a purl of an ecosystem that OSV knows is a package; one without a purl or a version is not examined,
and is said so. The one package that the document describes is what it is about, and is left out; what it depends on is
direct. A package that others need only for development, tests or the build is in the group "dev", "test" or "build".
Files and snippets are no packages. RDF, spreadsheets and YAML are not read.

Source: the SPDX specifications 2.3 (clauses 7, 11; annex F for purls) and 3.0.1 (Core, Software).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import value_lines
from wardline.check.dependencies.lockfiles._spdx_tags import (
    NO_PACKAGES,
    VERSIONS,
    Document,
    described_by,
    related,
    tagged,
)
from wardline.check.dependencies.model import Lockfile, LockfileError, Source
from wardline.check.dependencies.reading import decoded, load_json, mapping, sequence, text, unmarked
from wardline.check.dependencies.sbom import Part, Relations, assembled, say_missing

ID = "spdx"
TITLE = "SBOM (SPDX)"
PATTERNS = ("*.spdx.json", "*.spdx")
ECOSYSTEMS: tuple[str, ...] = ()

_REMEDY: Final = "make the document anew, as SPDX 2.3 JSON"
# What the relation says of its first element ("OF") or of its second, and the group of the one that is needed.
_NEEDED_BY: Final = {
    "DEPENDENCY_OF": "",
    "RUNTIME_DEPENDENCY_OF": "",
    "PROVIDED_DEPENDENCY_OF": "provided",
    "OPTIONAL_DEPENDENCY_OF": "optional",
    "DEV_DEPENDENCY_OF": "dev",
    "DEV_TOOL_OF": "dev",
    "TEST_DEPENDENCY_OF": "test",
    "BUILD_DEPENDENCY_OF": "build",
    "BUILD_TOOL_OF": "build",
    "TEST_TOOL_OF": "test",
}
_NEEDS: Final = frozenset({"DEPENDS_ON", "dependsOn"})
_SCOPES: Final = {"development": "dev", "test": "test", "build": "build"}  # SPDX 3.0's LifecycleScopeType


def read(source: Source) -> Lockfile:
    """Return the packages of an SPDX document. Raises: `LockfileError`."""
    start = unmarked(source.data).lstrip()[:1]
    if start == b"{":
        return of_json(load_json(source.data), source.data)
    if start == b"<":
        raise LockfileError("SPDX as RDF is not read", hint=_REMEDY)
    gathering = Gathering()
    return _lockfile(tagged(decoded(source.data), gathering), gathering, source.data)


def of_json(document: Any, data: bytes) -> Lockfile:
    """Return the packages of an SPDX document that was read from `data`. Raises: `LockfileError`."""
    document = mapping(document)
    gathering = Gathering()
    if text(document.get("spdxVersion")) in VERSIONS:
        return _lockfile(_of_version_2(document, gathering), gathering, data)
    if "@graph" in document and "spdx.org/rdf/3" in text(document.get("@context")):
        return _lockfile(_of_version_3(document, gathering), gathering, data)
    raise LockfileError("not an SPDX document of version 2.1 to 2.3 or 3.0", hint=_REMEDY)


def _lockfile(document: Document, gathering: Gathering, data: bytes) -> Lockfile:
    needs: dict[str, list[str]] = {}
    groups: dict[str, set[str]] = {}
    for first, kind, second, scope in document.relations:
        if kind in _NEEDED_BY:
            needs.setdefault(second, []).append(first)
            groups.setdefault(first, set()).add(_NEEDED_BY[kind])
        elif kind in _NEEDS:
            needs.setdefault(first, []).append(second)
            groups.setdefault(second, set()).add(scope)
    described = set(document.described)
    subject = described if len(described) == 1 and len(document.parts) > 1 else set()
    parts = [
        part._replace(groups=tuple(sorted(said)) if "" not in (said := groups.get(part.ref, {""})) else ())
        for part in document.parts
        if part.ref not in subject
    ]
    keys = ("referenceLocator", "identifier", "software_packageUrl")
    relations = Relations(list(described), needs)
    return assembled(parts, relations, lambda: value_lines(unmarked(data), *keys), gathering)


def _of_version_2(document: Mapping[str, Any], gathering: Gathering) -> Document:
    rows = document.get("packages", [])
    if not isinstance(rows, list):
        raise LockfileError("`packages` is not a list", hint=_REMEDY)
    parts = []
    for row in rows:
        entry = mapping(row)
        ref, name = text(entry.get("SPDXID")), text(entry.get("name"))
        if not ref and not name:
            gathering.skip("a package", "has neither an SPDXID nor a name", _REMEDY)
            continue
        purl = _purl(sequence(entry.get("externalRefs")), "referenceType", "referenceLocator")
        if purl or text(entry.get("primaryPackagePurpose")) not in NO_PACKAGES:
            parts.append(Part(ref, purl, name, text(entry.get("versionInfo"))))
    relations = []
    described = list(map(text, sequence(document.get("documentDescribes"))))
    for row in map(mapping, sequence(document.get("relationships"))):
        first, second = text(row.get("spdxElementId")), text(row.get("relatedSpdxElement"))
        kind = text(row.get("relationshipType")).upper()
        relations.append((first, kind, second, ""))
        described += described_by(first, kind, second)
    elements = (row for key in ("packages", "files", "snippets") for row in sequence(document.get(key)))
    known = {text(mapping(row).get("SPDXID")) for row in elements} | {"SPDXRef-DOCUMENT", "NONE", "NOASSERTION"}
    say_missing(known, [*related(relations), *described], gathering, _REMEDY)
    return Document(parts, relations, list(filter(None, described)))


def _purl(rows: Iterable[Any], kind: str, value: str) -> str:
    """Return the purl among a package's external references or identifiers, "" where there is none."""
    found = (mapping(row) for row in rows)
    return next((text(row.get(value)) for row in found if text(row.get(kind)) in {"purl", "packageUrl"}), "")


def _of_version_3(document: Mapping[str, Any], gathering: Gathering) -> Document:
    rows = document["@graph"]
    if not isinstance(rows, list):
        raise LockfileError("`@graph` is not a list", hint=_REMEDY)
    parts: list[Part] = []
    relations: list[tuple[str, str, str, str]] = []
    roots: dict[str, list[str]] = {}
    for row in rows:
        entry = mapping(row)
        kind = text(entry.get("type")) or text(entry.get("@type"))
        ref = text(entry.get("spdxId")) or text(entry.get("@id"))
        if not kind:
            gathering.skip(ref or "an element", "has no type", _REMEDY)
        elif kind.endswith("Relationship"):
            group = _SCOPES.get(text(entry.get("scope")), "")
            first, verb = text(entry.get("from")), text(entry.get("relationshipType"))
            relations += ((first, verb, text(second), group) for second in _listed(entry.get("to")))
        elif kind == "software_Package":
            parts += _package_3(entry, ref)
        elif kind in {"SpdxDocument", "software_Sbom", "Bom"}:
            roots[ref] = list(map(text, _listed(entry.get("rootElement"))))
    known = {text(mapping(row).get(key)) for row in rows for key in ("spdxId", "@id")}
    imports = (part for row in rows for part in sequence(mapping(row).get("import")))
    known |= {text(mapping(part).get("externalSpdxId")) for part in imports}
    named = (ref for ref in related(relations) if "spdx.org/rdf" not in ref and not ref.endswith("Element"))
    say_missing(known, named, gathering, _REMEDY)
    described = [root for those in roots.values() for root in those if root and root not in roots]
    return Document(parts, relations, described)


def _package_3(entry: Mapping[str, Any], ref: str) -> Iterator[Part]:
    purl = text(entry.get("software_packageUrl")) or _purl(
        sequence(entry.get("externalIdentifier")), "externalIdentifierType", "identifier"
    )
    if purl or text(entry.get("software_primaryPurpose")) not in NO_PACKAGES:
        yield Part(ref, purl, text(entry.get("name")), text(entry.get("software_packageVersion")))


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
