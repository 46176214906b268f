"""SARIF 2.1.0, of any tool: Semgrep, CodeQL, Bandit, Snyk Code, Trivy, gitleaks, Checkov, ruff, ...

Read: `runs[].results[]` with the rules of the driver and of extensions, wherever they stand in the file. Severity is
the rule's `security-severity` (in the bands that GitHub documents: 9.0 critical, 7.0 high, 4.0 medium, above 0 low),
else the level: error is high, warning medium, note low. Confidence is the rule's `precision`. Weaknesses (CWE) come
from tags, relationships and taxa. Paths are resolved against `originalUriBaseIds`; a code flow becomes the trace.

What is `suppressed` (no suppression under review or rejected) stays suppressed with its justification. Results of kind
`pass`, `notApplicable` and those that are `absent` against a baseline are none. Identity: the snippet and what encloses
it, else the fingerprints that the tool gives, else the rule, the path and the text. A rule about credentials is never
quoted. An invocation that failed, and results that stand in other files, are gaps.

Source: OASIS SARIF 2.1.0 (§3.14 run, §3.27 result, §3.49 reportingDescriptor); GitHub, "SARIF support for code
scanning".
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Place, Said, Seen
from wardline.findings.importers.json_stream import elements, known
from wardline.findings.importers.model import Told
from wardline.findings.importers.sarif_runs import Rule, Run, runs
from wardline.findings.importers.source import Source
from wardline.findings.report import Confidence, Finding, Fix, Gap, Practice, Severity, Step, Suppression

NAME = "sarif"
TITLE = "SARIF 2.1.0, of any tool"
KIND = "json"
PRACTICE = "code"
SIGNS = [
    ["version", "runs"],
    ["version", "runs[].tool"],
    ["$schema", "runs[].results"],
    ["runs[].tool", "runs[].results"],
]

_LEVELS: Final[dict[str, Severity]] = {"error": "high", "warning": "medium", "note": "low", "none": "info"}
_PRECISIONS: Final[dict[str, Confidence]] = {"very-high": "high", "high": "high", "medium": "medium", "low": "low"}
_NO_FINDING: Final = frozenset({"pass", "notApplicable"})
_MARKS: Final = ("primaryLocationLineHash", "matchBasedId/v1")
_SECRETS: Final = ("gitleaks", "trufflehog", "detect-secrets", "ggshield", "noseyparker", "kingfisher", "talisman")
_SETTINGS: Final = (
    "checkov",
    "kics",
    "tfsec",
    "terrascan",
    "hadolint",
    "zizmor",
    "actionlint",
    "poutine",
    "kube",
    "dockle",
)
_ADVISORY: Final = re.compile(
    r"(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+|RUSTSEC-\d{4}-\d+)", re.IGNORECASE
)
_SETTING_RULE: Final = re.compile(r"(?:AVD-|CKV\d?_|DS-?\d{3,}|KSV-?\d{3,})")
_LINK: Final = re.compile(r"\[([^\[\]]{1,500})\]\([^()]{0,500}\)")


def read(source: Source) -> Iterator[Told]:
    """Yield the findings and gaps of every run."""
    found = runs(source)
    empty = True
    wanted = [("runs", "[]", "results", "[]"), ("runs", "[]", "invocations", "[]")]
    for path, value in elements(source, *wanted, ("runs", "[]", "externalPropertyFileReferences")):
        run = found.of(path)
        if path[2] == "results":
            empty = False
            if isinstance(value, dict):
                yield from _finding(run, value)
            else:
                source.trouble("a result is no object", ".".join(map(str, path)))
        elif path[2] == "invocations":
            yield from _invocation(run, value)
        elif words.at(value, "results") or words.at(value, "rules"):
            yield Gap("code", f"run {path[1]}", "its results stand in other files", "have its tool write one file")
    if empty:
        yield from _without_results(source)


def _without_results(source: Source) -> Iterator[Gap]:
    """Yield a gap for each run that lists no results, not even none: it did not look (§3.14.23)."""
    every = {path[1] for path, _ in known(source, ("runs", "[]", "tool"))}
    looked = {path[1] for path, _ in known(source, ("runs", "[]", "results"))}
    for number in sorted(every - looked):
        yield Gap("code", f"run {number}", "it has no results, not even an empty list", "run the tool again")
    if not every:
        yield Gap("code", "", "there is no run in it", "run the tool again")


def _invocation(run: Run, value: Any) -> Iterator[Gap]:
    """Yield what the tool itself says that it could not do."""
    if words.at(value, "executionSuccessful") is False:
        reason = words.first(words.at(value, "exitCodeDescription"), words.at(value, "exitSignalName"), "it failed")
        yield Gap("code", run.tool, f"the tool's run did not succeed: {reason}", "run it again until it does")
    for kind in ("toolExecutionNotifications", "toolConfigurationNotifications"):
        for notice in words.objects(value, kind):
            if notice.get("level") == "error":
                said = words.text(words.at(notice, "message", "text"), words.MAX_MESSAGE) or "an error"
                place, _ = _place(run, words.at(notice, "locations", 0))
                yield Gap("code", place.path if "file" in place.where else run.tool, said, "see the tool's own log")


def _finding(run: Run, result: dict[str, Any]) -> Iterator[Finding]:
    if result.get("kind") in _NO_FINDING or result.get("baselineState") == "absent":
        return
    rule = run.rule(result)
    place, location = _place(run, words.at(result, "locations", 0))
    said = _said(run, rule, result)
    tool = run.tool.lower()
    symbol = _symbol(run, location)
    uri = words.text(words.at(location, "physicalLocation", "artifactLocation", "uri"), words.MAX_PATH)
    if tool.startswith(_SECRETS) or building.is_credential(said) or "secret" in rule.tags:
        unrated = rule.severity == "unknown" and not (rule.level or result.get("level"))
        yield building.credential(said._replace(severity="high") if unrated else said, place, name=symbol)
    elif uri.startswith(("http://", "https://")):
        yield building.dynamic(said, method="GET", url=uri, parameter="")
    else:
        seen = Seen(_snippet(location), symbol, _mark(result), _trace(run, result), *_around(location))
        found = building.code(said, place, seen)
        if _ADVISORY.match(said.rule):
            found = found._replace(practice="dependencies")
        elif tool.startswith(_SETTINGS) or _SETTING_RULE.match(said.rule):
            found = found._replace(practice="pipeline")
        yield _own(found, said, result) if tool == "wardline" else found


def _own(found: Finding, said: Said, result: dict[str, Any]) -> Finding:
    """Return a finding that Wardline itself reported, under the fingerprint that it gave."""
    mark = words.text(words.at(result, "partialFingerprints", "wardline/v1"))
    practice: Practice = "dependencies" if said.rule.endswith("-dependency") else found.practice
    identity = mark if re.fullmatch(r"[0-9a-f]{32}", mark) else found.fingerprint
    return found._replace(fingerprint=identity, rule=said.rule, practice=practice)


def _said(run: Run, rule: Rule, result: dict[str, Any]) -> Said:
    properties = words.at(result, "properties")
    message = _message(rule, result.get("message"))
    severity = words.scored(words.at(properties, "security-severity"))
    severity = severity if severity != "unknown" else rule.severity
    if severity == "unknown":
        level = result.get("level") or rule.level or "warning"
        severity = _LEVELS.get(level, "unknown") if isinstance(level, str) else "unknown"
        severity = "info" if result.get("kind") == "informational" else severity
    unsure = result.get("kind") in {"open", "review"}
    precision = words.text(words.at(properties, "precision")) or rule.precision
    repair = words.text(words.at(result, "fixes", 0, "description", "text"), words.MAX_MESSAGE)
    taxa = [words.at(taxon, "id") for taxon in words.objects(result, "taxa")]
    tags = words.at(properties, "tags")
    return Said(
        tool=run.tool,
        rule=rule.id,
        title=rule.title or message[: words.MAX_TITLE] or rule.id,
        message=message or rule.title,
        severity=severity,
        confidence="low" if unsure else _PRECISIONS.get(precision.lower(), "medium"),
        cwe=tuple(dict.fromkeys((*rule.cwe, *words.cwes(taxa, tags, words.at(properties, "cwe")))))[:20],
        suppression=_suppression(run, result),
        fix=Fix("edit", repair) if repair else None,
    )


def _message(rule: Rule, message: Any) -> str:
    """Return a message's text (§3.11), its arguments put in and its links as their texts."""
    said = words.at(message, "text") or words.at(message, "markdown")
    if not isinstance(said, str):
        said = rule.messages.get(words.text(words.at(message, "id")), "")
    given = words.at(message, "arguments")
    if isinstance(given, list) and "{" in said:
        arguments = [words.text(one) for one in given[:50]]
        said = re.sub(
            r"\{(\d{1,2})\}",
            lambda found: arguments[int(found[1])] if int(found[1]) < len(arguments) else found[0],
            said,
        )
    return words.text(_LINK.sub(r"\1", said[: 4 * words.MAX_MESSAGE]), words.MAX_MESSAGE)


def _place(run: Run, location: Any) -> tuple[Place, Any]:
    physical = words.at(location, "physicalLocation")
    region = words.at(physical, "region")
    path = run.path(words.at(physical, "artifactLocation"))
    otherwise = words.first(words.at(location, "logicalLocations", 0, "fullyQualifiedName"), run.tool)
    place = Place(
        words.place(path, run.root, otherwise),
        words.line(words.at(region, "startLine")),
        words.line(words.at(region, "endLine")),
        words.line(words.at(region, "startColumn")),
    )
    return place, location


def _symbol(run: Run, location: Any) -> str:
    """Return what encloses the place: the fullest name that the report gives."""
    logical = words.at(location, "logicalLocations", 0)
    named = words.first(words.at(logical, "fullyQualifiedName"), words.at(logical, "name"))
    index = words.at(logical, "index")
    return named or (run.symbols.get(index, "") if isinstance(index, int) else "")


def _snippet(location: Any) -> str:
    found = words.at(location, "physicalLocation", "region", "snippet", "text")
    return found[:20_000] if isinstance(found, str) and found != "requires login" else ""


def _around(location: Any) -> tuple[str, str]:
    """Return the lines before and after the region, out of the context region (§3.29.5), "" where it has none."""
    place = words.at(location, "physicalLocation")
    quoted = words.at(place, "contextRegion", "snippet", "text")
    first, start, end = (
        words.line(words.at(place, *path))
        for path in (("contextRegion", "startLine"), ("region", "startLine"), ("region", "endLine"))
    )
    if not isinstance(quoted, str) or first is None or start is None or start < first:
        return "", ""
    lines = quoted[:20_000].splitlines()
    before, after = start - first - 1, max(start, end or start) - first + 1
    return lines[before] if 0 <= before < len(lines) else "", lines[after] if after < len(lines) else ""


def _mark(result: dict[str, Any]) -> str:
    """Return the tool's own fingerprint of the place (§3.27.17-18): a known one first, else the first by name."""
    for kind in ("partialFingerprints", "fingerprints"):
        marks = result.get(kind)
        if not isinstance(marks, dict):
            continue
        names = [name for name in _MARKS if name in marks] or sorted(map(str, marks))[:20]
        for name in names:
            said = words.text(marks.get(name), 200)
            if said and said != "requires login":
                return f"{name}={re.sub(r':[0-9]{1,6}$', '', said)}"
    return ""


def _trace(run: Run, result: dict[str, Any]) -> tuple[Step, ...]:
    steps = []
    flow = words.at(result, "codeFlows", 0, "threadFlows", 0)
    for one in words.objects(flow, "locations")[:100]:
        location = one.get("location")
        place, _ = _place(run, location)
        if "file" in place.where and place.line:
            steps.append(Step(place.path, place.line, words.text(words.at(location, "message", "text"))))
    return tuple(steps)


def _suppression(run: Run, result: dict[str, Any]) -> Suppression | None:
    """Return why a result is suppressed (§3.27.23: one that is under review or rejected does not suppress)."""
    found = words.objects(result, "suppressions")
    if not found or any(one.get("status") in {"underReview", "rejected"} for one in found):
        return None
    reasons = [words.text(one.get("justification")) for one in found]
    return building.suppression(run.tool, next(filter(None, reasons), ""))
