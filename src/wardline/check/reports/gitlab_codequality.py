"""GitLab's code quality report: every finding beside the changed line, in every tier of GitLab.

A plain list, so it cannot say what was not examined: use it beside the security reports, never as the verdict. Gaps
are listed as issues of their own on the file that was not examined, so that they are not silent here either.

Source: GitLab documentation, "Code Quality", report format (a subset of Code Climate's).
"""

from typing import Any, Final

from wardline.check.reports.actions import place
from wardline.check.reports.model import Subject
from wardline.check.reports.writing import json_bytes
from wardline.findings.report import Finding, Gap, Report, Severity, fingerprint, most_urgent_first
from wardline.kernel.text import printable

FORMAT = "gitlab-codequality"
TITLE = "GitLab code quality report"
MEDIA_TYPE = "application/json"
SUFFIX = ".json"

_SEVERITY: Final[dict[Severity, str]] = {
    "critical": "blocker",
    "high": "critical",
    "unknown": "critical",
    "medium": "major",
    "low": "minor",
    "info": "info",
}
_MAX_CHARS: Final = 1_000


def render(report: Report, subject: Subject) -> bytes:
    """Return GitLab's code quality report: one issue for each finding, and one for each gap."""
    del subject
    issues = [_issue(finding) for finding in most_urgent_first(report.findings)]
    unique: dict[str, dict[str, Any]] = {}
    for issue in [*issues, *map(_unexamined, report.gaps)]:
        while issue["fingerprint"] in unique:  # GitLab shows one issue for each fingerprint
            issue["fingerprint"] = fingerprint("again", issue["fingerprint"])
        unique[issue["fingerprint"]] = issue
    return json_bytes(list(unique.values()))


def _issue(finding: Finding) -> dict[str, Any]:
    repair = f" {finding.fix.text}" if finding.fix else ""
    return {
        "description": _text(f"{finding.title}: {finding.message}{repair}"),
        "check_name": _text(finding.rule),
        "fingerprint": fingerprint("code-quality", finding.fingerprint, place(finding)),
        "severity": _SEVERITY[finding.severity],
        "location": {"path": _text(finding.file or place(finding)), "lines": {"begin": max(finding.line or 1, 1)}},
    }


def _unexamined(gap: Gap) -> dict[str, Any]:
    return {
        "description": _text(f"Not examined ({gap.practice}): {gap.reason}. Way out: {gap.remedy}"),
        "check_name": "gap",
        "fingerprint": fingerprint("gap", gap.practice, gap.scope, gap.reason),
        "severity": "major",
        "location": {"path": _text(gap.scope), "lines": {"begin": 1}},
    }


def _text(text: str) -> str:
    return printable(text, max_chars=_MAX_CHARS) or "(nothing said)"
