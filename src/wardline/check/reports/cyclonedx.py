"""CycloneDX 1.6 JSON: what a tree is made of, who brings whom, and which known vulnerabilities affect it.

Components are the packages of all lockfiles, one for each purl, with every place as an occurrence. `dependencies` holds
the graph where the lockfiles tell it; a component whose needs are unknown stands in a composition with the aggregate
`unknown`, which is not the same as needing nothing. Findings with advisories are `vulnerabilities` with ratings and a
recommendation; suppressed ones carry an `analysis`. What was not examined makes the whole `incomplete` and is an
annotation each. The serial number derives from the contents: the same tree has the same one.

Source: CycloneDX v1.6 (ECMA-424), JSON.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from wardline.check.reports.model import Subject
from wardline.check.reports.parts import Part, PartKey, part_key, parts_of
from wardline.check.reports.writing import advisory_url, json_bytes, stable_uuid
from wardline.findings.report import Finding, Gap, Report, Suppression, most_urgent_first
from wardline.kernel.text import printable

FORMAT = "cyclonedx"
TITLE = "CycloneDX 1.6 JSON: SBOM with vulnerabilities"
MEDIA_TYPE = "application/vnd.cyclonedx+json; version=1.6"
SUFFIX = ".cdx.json"
COMPONENTS = True

_MAX_CHARS: Final = 4_000
_MAX_VERSION_CHARS: Final = 1_024  # the schema's limit
_NOT_RUNTIME: Final = frozenset({"dev", "develop", "development", "test"})
# OpenVEX's words (v0.2.0) in CycloneDX's.
_STATES: Final = {"not_affected": "not_affected", "fixed": "resolved", "under_investigation": "in_triage"}
_JUSTIFICATIONS: Final = {
    "component_not_present": "code_not_present",
    "vulnerable_code_not_present": "code_not_present",
    "vulnerable_code_not_in_execute_path": "code_not_reachable",
    "vulnerable_code_cannot_be_controlled_by_adversary": "protected_by_mitigating_control",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
}


def render(report: Report, subject: Subject) -> bytes:
    """Return the SBOM of `subject.inventory` with the report's known vulnerabilities."""
    known = [one for one in (*report.findings, *report.suppressed) if one.package and one.advisories]
    parts = parts_of(subject.inventory, known)
    gaps = list(dict.fromkeys((*report.gaps, *(subject.inventory.gaps if subject.inventory else ()))))
    gaps = [gap for gap in gaps if gap.practice == "dependencies"]
    root = "wardline:examined-tree"
    document: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{subject.serial_number or _serial_number(parts, subject)}",
        "version": 1,
        "metadata": _metadata(root, subject),
        "components": [_component(part) for part in parts],
        "dependencies": list(_dependencies(root, parts)),
        "compositions": _compositions(root, parts, gaps, subject),
    }
    vulnerabilities = _vulnerabilities(known, parts)
    if vulnerabilities:
        document["vulnerabilities"] = vulnerabilities
    if gaps:
        document["annotations"] = [_annotation(root, gap, subject) for gap in gaps]
    return json_bytes(document)


def _serial_number(parts: Sequence[Part], subject: Subject) -> str:
    return stable_uuid("cyclonedx", subject.name, subject.revision, *(part.ref for part in parts))


def _tool(subject: Subject) -> dict[str, str]:
    return {"type": "application", "name": "wardline", "version": subject.tool_version}


def _metadata(root: str, subject: Subject) -> dict[str, Any]:
    examined: dict[str, Any] = {"type": "application", "bom-ref": root, "name": _text(subject.name)}
    if subject.revision:
        examined["version"] = _text(subject.revision)
    return {
        "timestamp": f"{subject.at:%Y-%m-%dT%H:%M:%SZ}",
        "lifecycles": [{"phase": "pre-build"}],
        "tools": {"components": [_tool(subject)]},
        "component": examined,
    }


def _component(part: Part) -> dict[str, Any]:
    component: dict[str, Any] = {"type": "library", "bom-ref": part.ref, "name": _text(part.name)}
    if part.version:
        component["version"] = _text(part.version, _MAX_VERSION_CHARS)
    component["scope"] = _scope(part)
    if part.purl:
        component["purl"] = _text(part.purl)
    properties = [{"name": "wardline:ecosystem", "value": _text(part.ecosystem)}]
    properties += [{"name": "wardline:group", "value": _text(group)} for group in sorted(part.groups or ())]
    component["properties"] = properties
    if part.places:
        component["evidence"] = {"occurrences": [_occurrence(*place) for place in part.places]}
    return component


def _scope(part: Part) -> str:
    if part.required:
        return "required"
    return "excluded" if (part.groups or set()) <= _NOT_RUNTIME else "optional"


def _occurrence(file: str, line: int | None) -> dict[str, Any]:
    occurrence: dict[str, Any] = {"location": _text(file)}
    if line and line > 0:
        occurrence["line"] = line
    return occurrence


def _dependencies(root: str, parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    yield {"ref": root, "dependsOn": [part.ref for part in parts if part.direct]}
    for part in parts:
        if part.needs is not None:
            yield {"ref": part.ref, "dependsOn": sorted({parts[one].ref for one in part.needs})}


def _compositions(root: str, parts: Sequence[Part], gaps: Sequence[Gap], subject: Subject) -> list[dict[str, Any]]:
    whole = "incomplete" if gaps or subject.inventory is None else "unknown"
    compositions: list[dict[str, Any]] = [{"aggregate": whole, "assemblies": [root], "dependencies": [root]}]
    for aggregate, known in (("complete", True), ("unknown", False)):
        refs = [part.ref for part in parts if (part.needs is not None) == known]
        if refs:
            compositions.append({"aggregate": aggregate, "dependencies": refs})
    return compositions


def _annotation(root: str, gap: Gap, subject: Subject) -> dict[str, Any]:
    text = f"{gap.scope} was not examined: {gap.reason}. Way out: {gap.remedy}"
    return {
        "subjects": [root],
        "annotator": {"component": _tool(subject)},
        "timestamp": f"{subject.at:%Y-%m-%dT%H:%M:%SZ}",
        "text": _text(text),
    }


def _vulnerabilities(known: Sequence[Finding], parts: Sequence[Part]) -> list[dict[str, Any]]:
    refs = {part.key: part.ref for part in parts}
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in most_urgent_first(known):
        groups.setdefault((finding.advisories[0], finding.suppression), []).append(finding)
    return [_vulnerability(number, group, refs) for number, group in enumerate(groups.values(), start=1)]


def _vulnerability(number: int, group: Sequence[Finding], refs: dict[PartKey, str]) -> dict[str, Any]:
    worst = group[0]
    canonical, *aliases = worst.advisories
    row: dict[str, Any] = {"bom-ref": f"wardline:vulnerability:{number}", "id": _text(canonical)}
    row["source"] = _source(canonical)
    if aliases:
        row["references"] = [{"id": _text(one), "source": _source(one)} for one in aliases]
    row["ratings"] = [{"source": {"name": "Wardline"}, "severity": worst.severity, "method": "other"}]
    if cwes := list(filter(None, map(_cwe, worst.cwe))):
        row["cwes"] = cwes
    row["description"] = _text(worst.title)
    row["detail"] = _text(worst.message)
    if worst.fix:
        row["recommendation"] = _text(worst.fix.text)
    if worst.suppression:
        row["analysis"] = _analysis(worst.suppression)
    cleared = row.get("analysis", {}).get("state") in {"not_affected", "resolved"}
    status = "unaffected" if cleared else "affected"
    affected = {refs[part_key(one.package)]: one.package.version for one in group if one.package}
    row["affects"] = [{"ref": ref, "versions": [_version(one, status)]} for ref, one in affected.items()]
    row["properties"] = _facts(worst)
    return row


def _version(version: str, status: str) -> dict[str, str]:
    return {"version": _text(version, _MAX_VERSION_CHARS), "status": status}


def _source(identifier: str) -> dict[str, str]:
    url = advisory_url(identifier)
    return {"name": "OSV", "url": url} if url else {"name": "OSV"}


def _cwe(weakness: str) -> int | None:
    number = weakness.removeprefix("CWE-")
    plain = number.isascii() and number.isdigit() and len(number) < 7
    return int(number) or None if plain else None


def _analysis(suppression: Suppression) -> dict[str, Any]:
    """Return what is said about a suppressed vulnerability; a VEX status stands first in its reason."""
    until = f" Until {suppression.until}." if suppression.until else ""
    analysis: dict[str, Any] = {"state": "in_triage"}
    status, _, rest = suppression.reason.partition(":")
    if suppression.until is None and status.strip() in _STATES:
        analysis["state"] = _STATES[status.strip()]
        justification = _JUSTIFICATIONS.get(rest.strip().partition(" ")[0].rstrip(".;,"))
        if justification:
            analysis["justification"] = justification
    analysis["detail"] = _text(f"{suppression.reason} ({suppression.source}).{until}")
    return analysis


def _facts(finding: Finding) -> list[dict[str, str]]:
    facts = {"rule": finding.rule, "confidence": finding.confidence, "fingerprint": finding.fingerprint}
    if finding.blocks:
        facts["malware"] = "true"
    if finding.exploited:
        facts["exploited"] = finding.exploited.since or "true"
    if finding.exploit_probability is not None:
        facts["epss"] = f"{finding.exploit_probability:.5f}"
    if finding.fix and finding.fix.version:
        facts["fixed-in"] = finding.fix.version
    return [{"name": f"wardline:{name}", "value": _text(value)} for name, value in facts.items()]


def _text(text: str, max_chars: int = _MAX_CHARS) -> str:
    return printable(text, max_chars=max_chars)
