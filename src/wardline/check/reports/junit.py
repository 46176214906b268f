"""JUnit XML, for the test panel of Jenkins, GitLab, Azure DevOps and most other CI servers.

One suite per practice. A finding that blocks is a failure, one below the threshold a passed case with its message as
output, a suppressed one skipped, and each gap an error; so a run with a gap is never green. Each practice also has one
case for what was examined.

Source: the dialect that Jenkins' JUnit plug-in and GitLab's unit test reports both read.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from wardline.check.reports.actions import place
from wardline.check.reports.model import Subject
from wardline.check.reports.wording import examined
from wardline.check.reports.writing import markup
from wardline.findings.report import Finding, Report, most_urgent_first
from wardline.kernel.text import printable

FORMAT = "junit"
TITLE = "JUnit XML"
MEDIA_TYPE = "application/xml"
SUFFIX = ".xml"

_MAX_CHARS: Final = 4_000
_OUTCOMES: Final = ("failure", "error", "skipped")


class _Case(NamedTuple):
    """One test case: `outcome` is "failure", "error", "skipped", or "" for one that passed."""

    practice: str
    name: str
    outcome: str
    kind: str
    message: str
    detail: str
    file: str = ""


def render(report: Report, subject: Subject) -> bytes:
    """Return the report as JUnit XML."""
    suites: dict[str, list[_Case]] = {}
    for case in _cases(report, subject):
        suites.setdefault(case.practice, []).append(case)
    everything = [case for cases in suites.values() for case in cases]
    time = f"{subject.seconds or 0:.3f}"
    stamp = f"{subject.at:%Y-%m-%dT%H:%M:%S}"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        _open("testsuites", name="wardline", **_counts(everything), time=time),
    ]
    for practice, cases in suites.items():
        lines.append(
            "  " + _open("testsuite", name=f"wardline.{practice}", **_counts(cases), time="0", timestamp=stamp)
        )
        lines += [line for case in cases for line in _written(case)]
        lines.append("  </testsuite>")
    return ("\n".join([*lines, "</testsuites>"]) + "\n").encode()


def _cases(report: Report, subject: Subject) -> Iterator[_Case]:
    for practice, part in report.coverage.items():
        yield _Case(practice, f"examined: {examined(practice, part, subject)}", "", "", "", "")
    if not report.coverage:
        message = "Nothing was in scope, so nothing was examined."
        yield _Case("other", "nothing examined", "error", "gap", message, message)
    for gap in report.gaps:
        message = f"{gap.scope} was not examined: {gap.reason}"
        yield _Case(gap.practice, f"gap: {gap.scope}", "error", "gap", message, f"Way out: {gap.remedy}", gap.scope)
    for finding in most_urgent_first(report.findings):
        yield _case(finding, "failure" if report.blocking(finding) else "")
    for finding in most_urgent_first(report.suppressed):
        yield _case(finding, "skipped")


def _case(finding: Finding, outcome: str) -> _Case:
    package = f"{finding.package.name} {finding.package.version}: " if finding.package else ""
    known = f" ({finding.advisories[0]})" if finding.advisories else ""
    message = f"{finding.severity}: {finding.title}"
    if finding.suppression:
        until = f" until {finding.suppression.until}" if finding.suppression.until else ""
        message = f"suppressed{until} by {finding.suppression.source}: {finding.suppression.reason}"
    repair = [finding.fix.text, f"Run: {finding.fix.command}" if finding.fix.command else ""] if finding.fix else []
    detail = "\n".join(
        filter(None, (printable(one, max_chars=_MAX_CHARS) for one in (finding.message, place(finding), *repair)))
    )
    name = f"{package}{finding.title}{known} at {place(finding)}"
    return _Case(finding.practice, name, outcome, finding.rule, message, detail, finding.file or "")


def _counts(cases: list[_Case]) -> dict[str, int]:
    failures, errors, skipped = (sum(case.outcome == one for case in cases) for one in _OUTCOMES)
    return {"tests": len(cases), "failures": failures, "errors": errors, "skipped": skipped}


def _written(case: _Case) -> Iterator[str]:
    where = {"file": case.file} if case.file else {}
    head = _open("testcase", classname=f"wardline.{case.practice}", name=case.name, time="0", **where)
    if case.outcome == "skipped":
        yield f"    {head}{_open('skipped', message=case.message)}</skipped></testcase>"
    elif case.outcome:
        inner = _open(case.outcome, type=case.kind, message=case.message)
        yield f"    {head}{inner}{_body(case.detail)}</{case.outcome}></testcase>"
    elif case.detail:
        yield f"    {head}<system-out>{_body(case.message, case.detail)}</system-out></testcase>"
    else:
        yield f"    {head}</testcase>"


def _open(element: str, **attributes: object) -> str:
    written = (f'{name}="{markup(str(value), max_chars=_MAX_CHARS)}"' for name, value in attributes.items())
    return f"<{' '.join([element, *written])}>"


def _body(*lines: str) -> str:
    return "\n".join(markup(line, max_chars=_MAX_CHARS) for text in lines for line in text.split("\n"))
