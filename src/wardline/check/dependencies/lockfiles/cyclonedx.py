"""CycloneDX SBOMs as input: JSON (1.2 to 1.7) and XML (1.0 to 1.7).

Every component with a purl of an ecosystem that OSV knows is a package, however deeply it is nested; one without a
purl or a version is not examined, and is said so. `metadata.component` is what the SBOM is about: what it depends on is
direct. Files, data and cryptographic assets are no packages. A `scope` of "optional" or "excluded" is a group, and so
is "dev" where npm's or Composer's generator says it in a property. Where the SBOM itself says that it is incomplete,
that is a gap.

Source: the CycloneDX specification 1.7, "components", "dependencies", "compositions".
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import value_lines
from wardline.check.dependencies.model import Lockfile, LockfileError, Source
from wardline.check.dependencies.reading import Element, load_json, load_xml, mapping, sequence, text, unmarked
from wardline.check.dependencies.sbom import Part, Relations, assembled, say_missing

ID = "cyclonedx"
TITLE = "SBOM (CycloneDX)"
PATTERNS = ("*.cdx.json", "*.cdx.xml", "bom.json", "bom.xml")
ECOSYSTEMS: tuple[str, ...] = ()

_REMEDY: Final = "make the SBOM anew, as CycloneDX 1.2 to 1.7"
_VERSIONS: Final = frozenset({"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"})
_NO_PACKAGES: Final = frozenset({"file", "data", "cryptographic-asset"})
_DEVELOPMENT: Final = frozenset({"cdx:npm:package:development", "cdx:composer:package:isDevRequirement"})
_SCOPES: Final = frozenset({"optional", "excluded"})


def read(source: Source) -> Lockfile:
    """Return the packages of a CycloneDX SBOM. Raises: `LockfileError`."""
    if unmarked(source.data).lstrip()[:1] == b"<":
        return _of_xml(load_xml(source.data))
    return of_json(load_json(source.data), source.data)


def of_json(document: Any, data: bytes) -> Lockfile:
    """Return the packages of a CycloneDX document that was read from `data`. Raises: `LockfileError`."""
    document = mapping(document)
    if document.get("bomFormat") != "CycloneDX" or text(document.get("specVersion")) not in _VERSIONS:
        raise LockfileError("not a CycloneDX document of version 1.2 to 1.7", hint=_REMEDY)
    gathering = Gathering()
    subject = mapping(mapping(document.get("metadata")).get("component"))
    known: set[str] = set()
    owners = (document, subject)
    parts = [part for owner in owners for part in _parts(owner.get("components", []), known, gathering)]
    needs: dict[str, list[str]] = {}
    for row in map(mapping, sequence(document.get("dependencies"))):
        needs.setdefault(text(row.get("ref")), []).extend(filter(None, map(text, sequence(row.get("dependsOn")))))
    for row in map(mapping, sequence(document.get("compositions"))):
        _say_incomplete(gathering, text(row.get("aggregate")))
    relations = Relations([text(subject.get("bom-ref"))], needs)
    services = {text(row.get("bom-ref")) for row in map(mapping, sequence(document.get("services")))}
    _say_missing(known | services, relations, gathering)
    return assembled(parts, relations, lambda: value_lines(unmarked(data), "purl"), gathering)


def _say_missing(known: AbstractSet[str], relations: Relations, gathering: Gathering) -> None:
    named = (ref for needs in relations.needs.values() for ref in needs)
    say_missing(known | set(relations.roots), named, gathering, _REMEDY)


def _parts(rows: Any, known: set[str], gathering: Gathering) -> Iterator[Part]:
    if not isinstance(rows, list):
        gathering.skip("components", "are not a list", _REMEDY)
    stack = [sequence(rows)]
    while stack:
        for row in stack.pop():
            if not isinstance(row, dict):
                gathering.skip("a component", "is not an object", _REMEDY)
                continue
            known.add(text(row.get("bom-ref")))
            below = row.get("components", [])
            if isinstance(below, list):
                stack.append(below)
            else:
                gathering.skip(text(row.get("name")), "has components that are not a list", _REMEDY)
            if text(row.get("purl")) or text(row.get("type")) not in _NO_PACKAGES | {"operating-system"}:
                yield _part(row)


def _part(row: Mapping[str, Any]) -> Part:
    group, name = text(row.get("group")), text(row.get("name"))
    scope = text(row.get("scope"))
    properties = map(mapping, sequence(row["properties"])) if "properties" in row else ()
    development = properties and any(
        text(prop.get("name")) in _DEVELOPMENT and prop.get("value") == "true" for prop in properties
    )
    groups = ("dev",) if development else (scope,) if scope in _SCOPES else ()
    whole = f"{group}/{name}" if group else name
    return Part(text(row.get("bom-ref")), text(row.get("purl")), whole, text(row.get("version")), groups)


def _say_incomplete(gathering: Gathering, aggregate: str) -> None:
    if aggregate.startswith("incomplete"):
        reason = f"a composition is {aggregate!r:.60}, the SBOM says itself"
        gathering.skip("this SBOM", reason, "make an SBOM of everything, or examine the lockfiles too")


def _of_xml(root: Element) -> Lockfile:
    if root.name != "bom" or not any(root.child(name) for name in ("components", "metadata")):
        raise LockfileError("not a CycloneDX document", hint=_REMEDY)
    gathering = Gathering()
    metadata = root.child("metadata")
    subject = metadata.child("component") if metadata is not None else None
    parts: list[Part] = []
    known: set[str] = set()
    for owner in (root, subject):
        parts += _xml_parts(owner, known)
    needs: dict[str, list[str]] = {}
    for row in _children(root, "dependencies"):
        below = [child.attributes.get("ref", "") for child in row.children]
        needs.setdefault(row.attributes.get("ref", ""), []).extend(below)
    for row in _children(root, "compositions"):
        _say_incomplete(gathering, row.value("aggregate") or "")
    known |= {row.attributes.get("bom-ref", "") for row in _children(root, "services")}
    roots = [subject.attributes.get("bom-ref", "")] if subject is not None else []
    relations = Relations(roots, needs)
    _say_missing(known, relations, gathering)
    return assembled(parts, relations, dict, gathering)


def _xml_parts(owner: Element | None, known: set[str]) -> Iterator[Part]:
    stack = [owner] if owner is not None else []
    while stack:
        for row in _children(stack.pop(), "components"):
            if row.name != "component":
                continue
            stack.append(row)
            known.add(row.attributes.get("bom-ref", ""))
            said = {child.name: "".join(child.text).strip() for child in reversed(row.children)}
            if said.get("purl") or row.attributes.get("type") not in _NO_PACKAGES | {"operating-system"}:
                yield _xml_part(row, said)


def _xml_part(row: Element, said: Mapping[str, str]) -> Part:
    group, name, scope = said.get("group"), said.get("name", ""), said.get("scope", "")
    development = "properties" in said and any(
        prop.attributes.get("name") in _DEVELOPMENT and "".join(prop.text).strip() == "true"
        for prop in _children(row, "properties")
    )
    groups = ("dev",) if development else (scope,) if scope in _SCOPES else ()
    whole = f"{group}/{name}" if group else name
    ref, purl = row.attributes.get("bom-ref", ""), said.get("purl", "")
    return Part(ref, purl, whole, said.get("version", ""), groups, row.line)


def _children(owner: Element, name: str) -> Sequence[Element]:
    child = owner.child(name)
    return child.children if child is not None else ()
