"""SARIF 2.1.0, for code scanning in GitHub, Azure DevOps, editors and any other tool that reads it.

One run. Each finding is a result with `partialFingerprints` made of its content, so that it stays the same alert when
lines move; each rule carries its documentation as Markdown. Known vulnerabilities have one rule per advisory, so that
`security-severity` is that advisory's. Suppressed findings are results with `suppressions`. What was not examined is a
notification of the run, and the run is then not `executionSuccessful`.

GitHub takes 25,000 results a run and 10 MB of gzip a file. Where a report exceeds either, the least urgent results are
left out; a notification and the run's properties say how many.

Source: OASIS SARIF 2.1.0 plus Errata 01; GitHub's "SARIF support for code scanning".
"""

from collections.abc import Sequence
from typing import Any, Final

from wardline.check.reports.model import Subject
from wardline.check.reports.wording import EXIT_OF, counted, headline
from wardline.check.reports.writing import advisory_url, inline, json_bytes, uri
from wardline.findings.report import Confidence, Finding, Gap, Report, Severity, Step, most_urgent_first
from wardline.kernel.text import printable

FORMAT = "sarif"
TITLE = "SARIF 2.1.0"
MEDIA_TYPE = "application/sarif+json"
SUFFIX = ".sarif"

MAX_RESULTS: Final = 25_000
MAX_GZIP_BYTES: Final = 10_000_000
_MAX_CHARS: Final = 4_000
_MAX_STEPS: Final = 1_000
_MAX_NOTICES: Final = 5_000
_MAX_TAGS: Final = 20  # GitHub's limit a rule
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL: Final[dict[Severity, str]] = {
    "critical": "error",
    "high": "error",
    "unknown": "error",
    "medium": "warning",
    "low": "note",
    "info": "note",
}
# GitHub reads over 9.0 as critical, from 7.0 as high, from 4.0 as medium, and below that as low.
_SCORE: Final[dict[Severity, str]] = {
    "critical": "9.5",
    "high": "8.0",
    "unknown": "8.0",
    "medium": "5.5",
    "low": "2.0",
    "info": "0.1",
}
_PRECISION: Final[dict[Confidence, str]] = {"high": "very-high", "medium": "medium", "low": "low"}


def render(report: Report, subject: Subject) -> bytes:
    """Return the report as a SARIF log within GitHub's limits."""
    found = most_urgent_first(report.findings) + most_urgent_first(report.suppressed)
    kept = min(len(found), MAX_RESULTS)
    while True:
        document = json_bytes(_log(found[:kept], len(found) - kept, report, subject))
        size = _gzip_bytes(document)
        if size <= MAX_GZIP_BYTES or not kept:
            return document
        kept = min(kept - 1, int(kept * MAX_GZIP_BYTES / size * 0.95))


def _gzip_bytes(document: bytes) -> int:
    if len(document) <= MAX_GZIP_BYTES:  # gzip adds less than it takes away
        return 0
    import zlib

    return len(zlib.compress(document, 6))


class _Rules:
    """The rules that results refer to, in the order of their first result."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._index: dict[str, int] = {}
        self.listed: list[dict[str, Any]] = []

    def index(self, identifier: str, finding: Finding) -> int:
        """Return the rule's index, adding it if it is new; its score is that of its worst finding."""
        at = self._index.setdefault(identifier, len(self.listed))
        if at == len(self.listed):
            self.listed.append(self._described(identifier, finding))
        facts = self.listed[at]["properties"]
        facts["security-severity"] = max(facts["security-severity"], _SCORE[finding.severity], key=float)
        return at

    def _described(self, identifier: str, finding: Finding) -> dict[str, Any]:
        known = self._subject.rules.get(finding.rule)
        advisory = bool(finding.advisories)
        title = _text(finding.title if advisory or known is None else known.title, 255)
        explain = f"Run `wardline explain {_text(finding.rule, 200)}` for what it means and what repairs it."
        detail = [inline(finding.message, max_chars=_MAX_CHARS)] if advisory else []
        page = "\n\n".join([*detail, *([known.help] if known else []), explain])
        markdown = "\n".join(map(printable, page.split("\n")))
        weaknesses = (f"external/cwe/{_text(one, 40).lower()}" for one in finding.cwe)
        tags = list(dict.fromkeys(["security", finding.practice, *weaknesses]))
        described: dict[str, Any] = {
            "id": identifier,
            "name": _text(finding.rule, 255),
            "shortDescription": {"text": title},
            "fullDescription": {"text": title},
            "help": {"text": markdown, "markdown": markdown},
            "defaultConfiguration": {"level": _LEVEL[finding.severity]},
            "properties": {
                "tags": tags[:_MAX_TAGS],
                "precision": _PRECISION[finding.confidence],
                "security-severity": _SCORE[finding.severity],
            },
        }
        url = advisory_url(finding.advisories[0]) if advisory else None
        return {**described, "helpUri": url} if url else described


def _log(found: Sequence[Finding], left_out: int, report: Report, subject: Subject) -> dict[str, Any]:
    rules = _Rules(subject)
    seen: dict[str, int] = {}
    results = [_result(finding, rules, seen) for finding in found]
    coverage = {practice: part._asdict() for practice, part in report.coverage.items()}
    run = {
        "tool": {"driver": _driver(subject, rules.listed)},
        "automationDetails": {"id": f"wardline/{'+'.join(report.coverage) or 'nothing'}/"},
        "invocations": [_invocation(report, subject, left_out)],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The root of the examined tree."}}},
        "results": results,
        "properties": {
            "verdict": report.verdict,
            "failOn": report.fail_on,
            "revision": subject.revision,
            "mode": subject.mode,
            "resultsLeftOut": left_out,
            "coverage": coverage,
        },
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(subject: Subject, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "Wardline",
        "version": subject.tool_version,
        "rules": rules,
        "notifications": [
            {"id": "gap", "shortDescription": {"text": "Something in scope was not examined."}},
            {"id": "left-out", "shortDescription": {"text": "Results were left out to keep to a limit."}},
            {"id": "note", "shortDescription": {"text": "Something to know that the verdict does not depend on."}},
        ],
    }


def _invocation(report: Report, subject: Subject, left_out: int) -> dict[str, Any]:
    notices = [_gap(gap, report) for gap in report.gaps[:_MAX_NOTICES]]
    if (more := len(report.gaps) - _MAX_NOTICES) > 0:
        notices.append(_notice("gap", "error", f"{counted(more, 'more gap')} not listed here: see --format json."))
    if not report.coverage:
        notices.append(_notice("gap", "error", "Nothing was in scope, so nothing was examined."))
    if left_out:
        detail = f"{counted(left_out, 'result')}, the least urgent, left out to keep to GitHub's limits."
        notices.append(_notice("left-out", "warning", detail))
    notices += [_notice("note", "note", note) for note in report.notes[:_MAX_NOTICES]]
    return {
        "executionSuccessful": not report.gaps and bool(report.coverage),
        "endTimeUtc": f"{subject.at:%Y-%m-%dT%H:%M:%SZ}",
        "exitCode": EXIT_OF[report.verdict],
        "exitCodeDescription": f"{report.verdict}: {headline(report)}",
        "toolExecutionNotifications": notices,
    }


def _gap(gap: Gap, report: Report) -> dict[str, Any]:
    account = report.coverage.get(gap.practice)
    level = "warning" if account and account.examined else "error"
    return _notice("gap", level, f"{gap.practice}: {gap.scope} was not examined: {gap.reason}. Way out: {gap.remedy}")


def _notice(kind: str, level: str, text: str) -> dict[str, Any]:
    return {"descriptor": {"id": kind}, "level": level, "message": {"text": _text(text)}}


def _result(finding: Finding, rules: _Rules, seen: dict[str, int]) -> dict[str, Any]:
    identifier = _rule_id(finding)
    occurrence = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
    result: dict[str, Any] = {
        "ruleId": identifier,
        "ruleIndex": rules.index(identifier, finding),
        "level": _LEVEL[finding.severity],
        "message": {"text": _text(_message(finding))},
        "locations": [_location(finding)],
        "partialFingerprints": {
            "wardline/v1": finding.fingerprint,
            "primaryLocationLineHash": f"{finding.fingerprint}:{occurrence}",  # by which GitHub tells alerts apart
        },
        "properties": _facts(finding),
    }
    if finding.trace:
        steps = [_step(step) for step in finding.trace[:_MAX_STEPS]]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if finding.suppression:
        until = f" (until {finding.suppression.until})" if finding.suppression.until else ""
        justification = _text(f"{finding.suppression.reason}{until}, says {finding.suppression.source}")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _rule_id(finding: Finding) -> str:
    """Return the rule's id, with the advisory's where there is one: `vulnerable-dependency/GHSA-...` (§3.27.5)."""
    rule = _text(finding.rule, 120)
    known = _text(finding.advisories[0], 120) if finding.advisories else rule
    return rule if known == rule else f"{rule}/{known}"


def _message(finding: Finding) -> str:
    if finding.fix is None:
        return finding.message
    repair = f"{finding.message} Repair: {finding.fix.text.rstrip('.')}."
    return f"{repair} Run: {finding.fix.command}" if finding.fix.command else repair


def _location(finding: Finding) -> dict[str, Any]:
    if finding.location is not None:
        name = _text(finding.location.value)
        return {
            "logicalLocations": [{"fullyQualifiedName": name, "kind": finding.location.kind}],
            "message": {"text": name},
        }
    return {"physicalLocation": _physical(finding.file or "", finding.line, finding.end_line, finding.column)}


def _physical(file: str, line: int | None, end_line: int | None = None, column: int | None = None) -> dict[str, Any]:
    # A result without a region is refused by GitHub; the first line then stands for the file.
    region = {"startLine": max(line or 1, 1)}
    if column and column > 0:
        region["startColumn"] = column
    if end_line and end_line >= region["startLine"]:
        region["endLine"] = end_line
    return {"artifactLocation": {"uri": uri(file), "uriBaseId": "SRCROOT"}, "region": region}


def _step(step: Step) -> dict[str, Any]:
    return {"location": {"physicalLocation": _physical(step.file, step.line), "message": {"text": _text(step.message)}}}


def _facts(finding: Finding) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "practice": finding.practice,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "blocks": finding.blocks,
        "exploited": finding.exploited is not None,
        "exploitProbability": finding.exploit_probability,
        "advisories": [_text(one, 200) for one in finding.advisories],
    }
    if finding.package:
        facts["purl"] = _text(finding.package.purl, 1000)
    if finding.fix:
        facts["fix"] = {
            name: _text(value) for name in ("kind", "version", "command") if (value := getattr(finding.fix, name))
        }
    return facts


def _text(text: str, max_chars: int = _MAX_CHARS) -> str:
    """Return a stranger's text for a message: one printable line, without the links that viewers read (§3.11.6)."""
    return printable(text, max_chars=max_chars).replace("](", "] (") or "(nothing said)"
