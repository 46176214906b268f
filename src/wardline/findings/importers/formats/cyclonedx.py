"""CycloneDX with vulnerabilities, JSON and XML, 1.0 to 1.7: a scanner's BOM, a VDR or a VEX.

Each vulnerability and each component that it affects is one finding, under the canonical id of its id and references.
Severity is the worst of its ratings: the word, else the CVSS score or vector. The analysis decides what counts (VEX):
`resolved`, `resolved_with_pedigree`, `false_positive` and `not_affected` are suppressed with their justification and
detail; `exploitable`, `in_triage` and no analysis are findings. The vulnerability extension of the XML before 1.4 is
read as well.

A BOM without `vulnerabilities` is a list of parts: it says nothing about what is wrong with them, and that is a gap.

Source: CycloneDX 1.4 to 1.7, "vulnerabilities"; the vulnerability extension 1.0 for 1.2 and before.
"""

from collections.abc import Iterator
from typing import Any, Final

from wardline.findings import severity as severities
from wardline.findings.importers import building, words, xml_stream
from wardline.findings.importers.building import Package, Place, Said
from wardline.findings.importers.json_stream import elements, known
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.importers.xml_stream import Node
from wardline.findings.report import Finding, Gap, Suppression
from wardline.findings.severity import Rating

NAME = "cyclonedx"
TITLE = "CycloneDX with vulnerabilities, JSON or XML"
KIND = "json"
PRACTICE = "dependencies"
SIGNS = [["bomFormat", "specVersion"], ["<bom>"]]

_SETTLED: Final = frozenset({"resolved", "resolved_with_pedigree", "false_positive", "not_affected"})
_MAX_NESTED: Final = 6
_METHODS: Final = {"cvssv2": "", "cvssv3": "CVSS:3.0/", "cvssv31": "CVSS:3.1/", "cvssv4": "CVSS:4.0/"}
_NOTHING: Final = "the BOM lists components, and says nothing about what is wrong with them"
_EXAMINE: Final = "have a scanner add vulnerabilities, or put it into a tree that check examines"
_XML_WANTED: Final = frozenset({"component", "vulnerability"})


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each vulnerability of each component."""
    found = False
    rows = _xml(source) if xml_stream.is_xml(source) else _json(source)
    for vulnerability, affected in rows:
        found = True
        yield from _findings(source, vulnerability, affected)
    if not found and not _said(source):
        yield Gap("dependencies", "", _NOTHING, _EXAMINE)


def _said(source: Source) -> bool:
    """Return whether the BOM has a list of vulnerabilities, though an empty one."""
    if xml_stream.is_xml(source):
        return any(True for _ in xml_stream.elements(source, {"vulnerabilities"}))
    return any(True for _ in known(source, ("vulnerabilities",)))


def _json(source: Source) -> Iterator[tuple[Any, list[Package]]]:
    components: dict[str, Package] = {}
    for _, value in known(source, ("components", "[]"), ("metadata", "component")):
        _learn(components, value)
    for _, vulnerability in elements(source, ("vulnerabilities", "[]")):
        refs = [words.text(one.get("ref"), 1000) for one in words.objects(vulnerability, "affects")[:10_000]]
        yield vulnerability, list(filter(None, (_package(components, ref) for ref in refs)))


def _learn(components: dict[str, Package], value: Any, depth: int = 0) -> None:
    group, name = (words.text(words.at(value, part)) for part in ("group", "name"))
    full = f"{group}/{name}" if group else name
    about = building.package("unknown", full, words.at(value, "version"), words.at(value, "purl"))
    ref = words.first(words.at(value, "bom-ref"), words.at(value, "purl"), max_chars=1000)
    if about is not None and ref:
        components[ref] = about
    if depth < _MAX_NESTED:
        for inner in words.objects(value, "components"):
            _learn(components, inner, depth + 1)


def _package(components: dict[str, Package], ref: str) -> Package | None:
    """Return the component that a reference names, in this BOM or by a link into another (`urn:cdx:…#ref`)."""
    last = ref.rpartition("#")[2]
    return components.get(ref) or components.get(last) or building.package("unknown", last, "", last)


def _findings(source: Source, value: Any, affected: list[Package]) -> Iterator[Told]:
    references = [words.at(one, "id") for one in words.objects(value, "references")]
    ids = words.identifiers(words.at(value, "id"), references)
    if not ids:
        source.trouble("a vulnerability without an id", "vulnerabilities")
        return
    if not affected:
        scope = words.text(words.at(value, "id"))
        yield Gap("dependencies", scope, "it does not say which component it affects", "have its tool write `affects`")
    for about in affected:
        yield _finding(source, value, about, ids)


def _finding(source: Source, value: Any, about: Package, ids: tuple[str, ...]) -> Finding:
    rating = severities.highest(_rating(one) for one in words.objects(value, "ratings")[:100])
    advice = words.text(words.at(value, "recommendation"), 600)
    said = Said(
        tool=words.text(words.at(value, "source", "name"), 60) or NAME,
        rule=ids[0],
        title=words.first(words.at(value, "description"), words.at(value, "detail"), max_chars=words.MAX_TITLE),
        message=advice,
        severity=rating.severity,
        vector=rating.vector[:200],
        cwe=words.cwes(words.at(value, "cwes")),
        suppression=_suppression(words.at(value, "analysis")),
    )
    return building.dependency(said, about, ids, Place(words.place(None, source.root, about.purl)))


def _rating(value: dict[str, Any]) -> Rating:
    """Return a rating: its word, else its CVSS score or vector, which other methods' scores are not."""
    vector = words.text(value.get("vector"), 300)
    prefix = _METHODS.get(words.text(value.get("method")).lower())
    full = vector if vector.startswith("CVSS:") else f"{prefix}{vector}" if vector and prefix is not None else ""
    word = words.severity(value.get("severity"))
    if word == "unknown" and prefix is not None:
        word = words.scored(value.get("score"))
    return Rating(severities.of_vector(full) if word == "unknown" and full else word, full)


def _suppression(analysis: Any) -> Suppression | None:
    state = words.text(words.at(analysis, "state"))
    if state not in _SETTLED:
        return None
    said = [words.text(words.at(analysis, part), 500) for part in ("justification", "detail")]
    return building.suppression("CycloneDX analysis", ": ".join([state, *filter(None, said)]))


def _xml(source: Source) -> Iterator[tuple[Any, list[Package]]]:
    components: dict[str, Package] = {}
    for node, _ in xml_stream.elements(source, {"component"}):
        _learn_xml(components, node)
        if len(components) > source.bounds.max_known:
            break
    source.troubles.clear()  # the second reading says it again
    for node, outer in xml_stream.elements(source, _XML_WANTED):
        if node.name == "vulnerability":
            holder = next((one for one in reversed(outer) if one.name == "component"), None)
            yield _of_node(components, node, holder)
        else:
            for inner, holder in _inner(node):
                yield _of_node(components, inner, holder)


def _inner(component: Node, depth: int = 0) -> Iterator[tuple[Node, Node]]:
    """Yield the vulnerabilities that stand in a component, and the component: the extension's way."""
    for one in component.all("vulnerabilities", "vulnerability"):
        yield one, component
    if depth < _MAX_NESTED:
        for below in component.all("components", "component"):
            yield from _inner(below, depth + 1)


def _component(node: Node) -> dict[str, Any]:
    fields = {name: node.text(name) for name in ("group", "name", "version", "purl")}
    return {**fields, "bom-ref": node.attributes.get("bom-ref", "")}


def _learn_xml(components: dict[str, Package], node: Node, depth: int = 0) -> None:
    _learn(components, _component(node))
    if depth < _MAX_NESTED:
        for below in node.all("components", "component"):
            _learn_xml(components, below, depth + 1)


def _of_node(components: dict[str, Package], node: Node, holder: Node | None) -> tuple[Any, list[Package]]:
    """Return a vulnerability as JSON has it, and what it affects."""
    ratings = [
        {
            "score": one.text("score") or one.text("score", "base"),
            "severity": one.text("severity"),
            "method": one.text("method"),
            "vector": one.text("vector"),
        }
        for one in node.all("ratings", "rating")
    ]
    analysis = {name: node.text("analysis", name) for name in ("state", "justification", "detail")}
    value = {
        "id": node.text("id"),
        "source": {"name": node.text("source", "name")},
        "references": [{"id": one.text("id")} for one in node.all("references", "reference")],
        "ratings": ratings,
        "cwes": ["".join(one.texts) for one in node.all("cwes", "cwe")],
        "description": node.text("description"),
        "recommendation": node.text("recommendation") or node.text("recommendations", "recommendation"),
        "analysis": analysis,
    }
    refs = [one.text("ref") for one in node.all("affects", "target")] or [node.attributes.get("ref", "")]
    affected = list(filter(None, (_package(components, words.text(ref, 1000)) for ref in refs if ref)))
    if not affected and holder is not None:
        held: dict[str, Package] = {}
        _learn(held, {**_component(holder), "bom-ref": "it"})
        affected = list(held.values())
    return value, affected
