"""GitLab's security report, for the merge request widget and the vulnerability report.

A GitLab report file is of one type. Which one `gitlab` gives follows from what was in scope: `dependency_scanning`
where only dependencies were, `secret_detection` where only exposure was, else `sast`, which then holds every finding.
For one artifact per type, ask for `gitlab-dependencies`, `gitlab-sast`, `gitlab-secrets` and `gitlab-codequality`: each
has its own findings and says in its messages how many stand in the others.

What was not examined is a message of level `warn`; where a scan examined nothing, its status is `failure`. Suppressed
findings are left out, since GitLab keeps dismissals on its side, and counted in a message.

Source: gitlab-org/security-products/security-report-schemas 15.2.1.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

from wardline.check.reports.actions import place
from wardline.check.reports.model import Subject
from wardline.check.reports.wording import counted
from wardline.check.reports.writing import advisory_url, inline, json_bytes, stable_uuid
from wardline.findings.report import Finding, Practice, Report, most_urgent_first
from wardline.kernel.text import printable

FORMAT = "gitlab"
TITLE = "GitLab security report, of the type that fits the scope"
MEDIA_TYPE = "application/json"
SUFFIX = ".json"

ScanType = Literal["dependency_scanning", "sast", "secret_detection"]

SCHEMA_VERSION: Final = "15.2.1"
_SCHEMAS: Final = "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw"
_FILE: Final[dict[ScanType, str]] = {
    "dependency_scanning": "dependency-scanning-report-format.json",
    "sast": "sast-report-format.json",
    "secret_detection": "secret-detection-report-format.json",
}
_MAX_CHARS: Final = 4_000
_MAX_MESSAGES: Final = 1_000
_MAX_IDENTIFIERS: Final = 20  # GitLab's limit a vulnerability
_NO_COMMIT: Final = "0000000"  # what GitLab's own analyzers write where there is no commit


def render(report: Report, subject: Subject) -> bytes:
    """Return one GitLab security report with every finding, of the type that fits the scope."""
    scope = {
        *report.coverage,
        *(finding.practice for finding in report.findings),
        *(gap.practice for gap in report.gaps),
    }
    if scope == {"dependencies"} and all(_locked(finding) for finding in report.findings):
        return security_report("dependency_scanning", lambda _: True, report, subject)
    kind: ScanType = "secret_detection" if scope == {"exposure"} else "sast"
    return security_report(kind, lambda _: True, report, subject)


def security_report(kind: ScanType, belongs: Callable[[Practice], bool], report: Report, subject: Subject) -> bytes:
    """Return a GitLab security report of one type with the findings of the practices that belong to it."""
    found = [one for one in most_urgent_first(report.findings) if belongs(one.practice)]
    document = {
        "version": SCHEMA_VERSION,
        "schema": f"{_SCHEMAS}/v{SCHEMA_VERSION}/dist/{_FILE[kind]}",
        "scan": _scan(kind, belongs, report, subject),
        "vulnerabilities": _vulnerabilities(kind, found, subject),
    }
    return json_bytes(document)


def _locked(finding: Finding) -> bool:
    return finding.package is not None and finding.file is not None


def _scan(kind: ScanType, belongs: Callable[[Practice], bool], report: Report, subject: Subject) -> dict[str, Any]:
    tool = {"id": "wardline", "name": "Wardline", "version": subject.tool_version, "vendor": {"name": "Wardline"}}
    time = f"{subject.at:%Y-%m-%dT%H:%M:%S}"
    accounts = [part for practice, part in report.coverage.items() if belongs(practice)]
    gaps = [gap for gap in report.gaps if belongs(gap.practice)]
    messages = [
        _message("warn", f"{gap.practice}: {gap.scope} was not examined: {gap.reason}. Way out: {gap.remedy}")
        for gap in gaps[:_MAX_MESSAGES]
    ]
    if len(gaps) > _MAX_MESSAGES:
        messages.append(_message("warn", f"{counted(len(gaps) - _MAX_MESSAGES, 'more gap')}: see --format json."))
    if not accounts:
        messages.append(_message("warn", "Nothing was in scope, so nothing was examined."))
    if suppressed := sum(belongs(finding.practice) for finding in report.suppressed):
        messages.append(_message("info", f"{counted(suppressed, 'finding')} suppressed, not listed here."))
    if elsewhere := sum(not belongs(finding.practice) for finding in report.findings):
        messages.append(_message("info", f"{counted(elsewhere, 'finding')} of other practices, in their own reports."))
    nothing = not any(part.examined for part in accounts) and (bool(gaps) or not accounts)
    return {
        "analyzer": tool,
        "scanner": tool,
        "type": kind,
        "start_time": time,
        "end_time": time,
        "status": "failure" if nothing else "success",
        "messages": messages,
    }


def _message(level: str, text: str) -> dict[str, str]:
    return {"level": level, "value": _text(text)}


def _vulnerabilities(kind: ScanType, found: Sequence[Finding], subject: Subject) -> list[dict[str, Any]]:
    seen: dict[str, int] = {}
    rows = []
    for finding in found:
        key = stable_uuid(finding.fingerprint, place(finding))
        seen[key] = number = seen.get(key, 0) + 1
        rows.append(_vulnerability(kind, key if number == 1 else stable_uuid(key, number), finding, subject))
    return rows


def _vulnerability(kind: ScanType, identifier: str, finding: Finding, subject: Subject) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": identifier,
        "name": _text(finding.title, 255),
        "description": inline(finding.message, max_chars=_MAX_CHARS),  # GitLab reads Markdown here
        "severity": finding.severity.capitalize(),
        "identifiers": _identifiers(finding),
        "location": _LOCATION[kind](finding, subject),
    }
    if finding.fix:
        command = f" Run: {finding.fix.command}" if finding.fix.command else ""
        row["solution"] = _text(finding.fix.text + command)
    links = [{"url": url} for url in map(advisory_url, finding.advisories) if url]
    if links:
        row["links"] = links
    details = _details(finding)
    if details:
        row["details"] = details
    if finding.file is not None and kind != "dependency_scanning":
        signature = {"algorithm": "wardline", "value": finding.fingerprint}
        where = {"file": _text(finding.file), "start_line": _line(finding), "signatures": [signature]}
        row["tracking"] = {"type": "source", "items": [where]}
    return row


def _identifiers(finding: Finding) -> list[dict[str, str]]:
    rows = []
    for known in finding.advisories:
        kind = known.partition("-")[0].lower()
        row = {"type": _text(kind, 40), "name": _text(known, 200), "value": _text(known, 200)}
        url = advisory_url(known)
        rows.append({**row, "url": url} if url else row)
    rule = _text(finding.rule, 200)
    if not rows:
        rows.append({"type": "wardline", "name": rule, "value": rule})
    for weakness in finding.cwe:
        number = weakness.removeprefix("CWE-")
        if number.isascii() and number.isdigit():
            url = f"https://cwe.mitre.org/data/definitions/{number}.html"
            rows.append({"type": "cwe", "name": f"CWE-{number}", "value": number, "url": url})
    return rows[:_MAX_IDENTIFIERS]


def _details(finding: Finding) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if finding.package and finding.package.paths and len(finding.package.paths[0]) > 1:
        chain = " → ".join(finding.package.paths[0])
        details["path"] = {"name": "Brought by", "type": "value", "value": _text(chain)}
    if finding.exploited:
        since = f", since {finding.exploited.since}" if finding.exploited.since else ""
        details["exploited"] = {"name": "Known to be exploited", "type": "value", "value": _text(f"yes{since}")}
    if finding.exploit_probability is not None:
        value = round(finding.exploit_probability, 5)
        details["epss"] = {"name": "Probability of exploitation (EPSS)", "type": "value", "value": value}
    if finding.trace:
        steps = [_node(finding, number) for number in range(len(finding.trace))]
        details["code_flows"] = {"name": "Code flow", "type": "code-flows", "items": [steps]}
    return details


def _node(finding: Finding, number: int) -> dict[str, Any]:
    step = finding.trace[number]
    last = len(finding.trace) - 1
    where = {"type": "file-location", "file_name": _text(step.file), "line_start": max(step.line, 1)}
    kind = "sink" if number == last else "propagation" if number else "source"
    return {"type": "code-flow-node", "node_type": kind, "file_location": where}


def _line(finding: Finding) -> int:
    return max(finding.line or 1, 1)


def _in_lockfile(finding: Finding, subject: Subject) -> dict[str, Any]:
    del subject
    package = finding.package
    name, version = (package.name, package.version) if package else (finding.rule, "")
    dependency: dict[str, Any] = {"package": {"name": _text(name, 500)}, "version": _text(version, 500)}
    if package and package.paths:
        dependency["direct"] = len(package.paths[0]) == 1
    return {"file": _text(place(finding) if finding.file is None else finding.file), "dependency": dependency}


def _in_source(finding: Finding, subject: Subject) -> dict[str, Any]:
    del subject
    if finding.file is None:
        return {"class": _text(place(finding))}
    start = _line(finding)
    return {"file": _text(finding.file), "start_line": start, "end_line": max(finding.end_line or 0, start)}


def _in_commit(finding: Finding, subject: Subject) -> dict[str, Any]:
    return {**_in_source(finding, subject), "commit": {"sha": subject.revision or _NO_COMMIT}}


_LOCATION: Final[dict[ScanType, Callable[[Finding, Subject], dict[str, Any]]]] = {
    "dependency_scanning": _in_lockfile,
    "sast": _in_source,
    "secret_detection": _in_commit,
}


def _text(text: str, max_chars: int = _MAX_CHARS) -> str:
    return printable(text, max_chars=max_chars) or "(nothing said)"
