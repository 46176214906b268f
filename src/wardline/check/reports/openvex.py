"""OpenVEX 0.2.0: which known vulnerabilities of the examined tree's packages affect it, and what is done about each.

The product is the examined tree, the packages are its subcomponents. A finding is `affected`, and its action statement
is the repair. A finding that a VEX document took out of the count keeps that document's status (`not_affected` with the
justification or impact statement given there, or `fixed`). One that the repository's own suppressions took out is still
`affected`, with the reason and the expiry as a note: an accepted risk is not an absent one. Findings without a package
and an advisory have no vulnerability to state, and gaps have no place in this format: read them in another one. Where
there is nothing to state there are no statements (the schema wants one at least; a made-up one would be worse).

Source: OpenVEX specification 0.2.0 (https://github.com/openvex/spec).
"""

from typing import Any, Final

from wardline.check.reports.model import Subject
from wardline.check.reports.writing import advisory_url, json_bytes, stable_uuid
from wardline.findings.report import Finding, Report, most_urgent_first
from wardline.kernel.text import printable

FORMAT = "openvex"
TITLE = "OpenVEX 0.2.0 JSON"
MEDIA_TYPE = "application/vnd.openvex+json"
SUFFIX = ".openvex.json"

_MAX_CHARS: Final = 4_000
_JUSTIFICATIONS: Final = frozenset(
    {
        "component_not_present",
        "vulnerable_code_not_present",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "inline_mitigations_already_exist",
    }
)
_NO_REPAIR: Final = "No repaired version is known: remove or replace the package, or shield what uses it."


def render(report: Report, subject: Subject) -> bytes:
    """Return the statements about all known vulnerabilities, suppressed ones included."""
    known = [one for one in (*report.findings, *report.suppressed) if one.package and one.advisories]
    statements = _statements(most_urgent_first(known), subject)
    return json_bytes(
        {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": f"urn:uuid:{stable_uuid('openvex', _product(subject), subject.at.isoformat(), statements)}",
            "author": f"Wardline {subject.tool_version}, automatically",
            "timestamp": _time(subject),
            "version": 1,
            "tooling": f"wardline/{subject.tool_version}",
            "statements": statements,
        }
    )


def _statements(findings: tuple[Finding, ...], subject: Subject) -> list[dict[str, Any]]:
    """Return a statement per vulnerability and status; packages of which the same is said share one."""
    merged: dict[str, dict[str, Any]] = {}
    for finding in findings:
        said = _status(finding)
        key = repr((finding.advisories[0], sorted(said.items())))
        if key not in merged:
            product = {"@id": _product(subject), "subcomponents": []}
            merged[key] = {
                "vulnerability": _vulnerability(finding),
                "timestamp": _time(subject),
                "products": [product],
                **said,
            }
        part = {"@id": printable(finding.package.purl if finding.package else "")}
        parts = merged[key]["products"][0]["subcomponents"]
        if part not in parts:
            parts.append(part)
    return list(merged.values())


def _vulnerability(finding: Finding) -> dict[str, Any]:
    name, *aliases = dict.fromkeys(map(printable, finding.advisories))
    page = advisory_url(name)
    return {
        **({"@id": page} if page else {}),
        "name": name,
        "description": _text(finding.title),
        **({"aliases": aliases} if aliases else {}),
    }


def _status(finding: Finding) -> dict[str, str]:
    """Return the status of a finding, with what the specification wants beside it."""
    suppression = finding.suppression
    if suppression is None:
        return {"status": "affected", "action_statement": _action(finding)}
    status, _, reason = suppression.reason.partition(":")
    reason = reason.strip()
    if suppression.until is None and status == "fixed":
        return {"status": "fixed", "status_notes": _text(f"{reason or 'said to be fixed'} ({suppression.source})")}
    if suppression.until is None and status == "not_affected" and reason:
        return {"status": "not_affected", **_grounds(reason), "status_notes": _text(f"as {suppression.source} says")}
    until = f" until {suppression.until}" if suppression.until else ""
    note = f"Accepted{until} in {suppression.source}: {suppression.reason}"
    return {"status": "affected", "action_statement": _action(finding), "status_notes": _text(note)}


def _grounds(reason: str) -> dict[str, str]:
    justification, _, statement = reason.partition(";")
    if justification.strip() not in _JUSTIFICATIONS:
        return {"impact_statement": _text(reason)}
    grounds = {"justification": justification.strip()}
    return {**grounds, "impact_statement": _text(statement.strip())} if statement.strip() else grounds


def _action(finding: Finding) -> str:
    if finding.fix is None:
        return _NO_REPAIR
    command = f" ({finding.fix.command})" if finding.fix.command else ""
    return _text(f"{finding.fix.text}{command}")


def _product(subject: Subject) -> str:
    from urllib.parse import quote

    name = quote(subject.name.encode("utf-8", "backslashreplace"), safe="") or "examined-tree"
    return f"pkg:generic/{name}" + (f"@{quote(subject.revision, safe='')}" if subject.revision else "")


def _time(subject: Subject) -> str:
    return subject.at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _text(text: str) -> str:
    return printable(text, max_chars=_MAX_CHARS)
