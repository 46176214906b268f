"""Semgrep's JSON (`semgrep --json`), of the open engine and of the platform.

Severity: a rule's ERROR is high, WARNING medium, INFO low; CRITICAL, HIGH, MEDIUM and LOW are themselves. Confidence is
the rule's metadata. Identity: the matched line where the report has it, else the fingerprint, where Semgrep's account
gives one, else rule, path and message. Supply chain findings (`sca_info`) are findings about the package. The lines of
secrets are not kept. A `nosemgrep` comment suppresses. Errors of files and rules are gaps, and so are files that were
skipped for their size, or because they could not be read.

Source: Semgrep, `semgrep_interfaces/semgrep_output_v1.atd`; "Severity of rules" in its documentation.
"""

from collections.abc import Iterator
from typing import Any, Final

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Place, Said, Seen
from wardline.findings.importers.json_stream import elements
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Confidence, Finding, Fix, Gap, Severity, Step

NAME = "semgrep"
TITLE = "Semgrep's JSON"
KIND = "json"
PRACTICE = "code"
SIGNS = [["results[].check_id", "results[].extra"], ["results", "errors", "paths"], ["results", "errors"]]

_SEVERITIES: Final[dict[str, Severity]] = {
    "error": "high",
    "warning": "medium",
    "info": "low",
    "inventory": "info",
    "experiment": "info",
}
_CONFIDENCES: Final[dict[str, Confidence]] = {"high": "high", "medium": "medium", "low": "low"}
_HIDDEN: Final = "requires login"
_ECOSYSTEMS: Final = {
    "npm": "npm",
    "pypi": "PyPI",
    "maven": "Maven",
    "gomod": "Go",
    "cargo": "crates.io",
    "gem": "RubyGems",
    "composer": "Packagist",
    "nuget": "NuGet",
    "pub": "Pub",
    "swiftpm": "SwiftURL",
    "hex": "Hex",
}
_UNREAD: Final = frozenset(
    {"exceeded_size_limit", "analysis_failed_parser_or_internal_error", "insufficient_permissions"}
)


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each result, a gap for each error."""
    wanted = [("results", "[]"), ("errors", "[]"), ("paths", "skipped", "[]")]
    for path, value in elements(source, *wanted):
        if path[0] == "results":
            if isinstance(value, dict):
                yield _finding(source, value)
            else:
                source.trouble("a result is no object", ".".join(map(str, path)))
        elif path[0] == "errors":
            yield from _error(value)
        elif words.at(value, "reason") in _UNREAD:
            reason = words.text(words.at(value, "reason")).replace("_", " ")
            yield Gap(
                "code", words.text(words.at(value, "path"), words.MAX_PATH), f"Semgrep skipped it: {reason}", _AGAIN
            )


_AGAIN: Final = "see Semgrep's own message, and run it again"


def _error(value: Any) -> Iterator[Gap]:
    if words.text(words.at(value, "level")).lower() in {"info", "debug"}:
        return
    said = words.first(words.at(value, "message"), words.at(value, "long_msg"), words.at(value, "type"), max_chars=400)
    scope = words.first(words.at(value, "path"), words.at(value, "rule_id"), max_chars=words.MAX_PATH)
    yield Gap("code", scope, said or "an error that Semgrep says nothing of", _AGAIN)


def _finding(source: Source, result: dict[str, Any]) -> Finding:
    extra = result.get("extra")
    metadata = words.at(extra, "metadata")
    place = Place(
        words.place(result.get("path"), source.root),
        words.line(words.at(result, "start", "line")),
        words.line(words.at(result, "end", "line")),
        words.line(words.at(result, "start", "col")),
    )
    message = words.text(words.at(extra, "message"), words.MAX_MESSAGE)
    rule = words.text(result.get("check_id"))
    repair = words.text(words.at(extra, "fix"))
    said = Said(
        tool=NAME,
        rule=rule,
        title=words.first(words.at(metadata, "shortDescription"), message, rule, max_chars=words.MAX_TITLE),
        message=message,
        severity=words.severity(words.at(extra, "severity"), _SEVERITIES),
        confidence=_CONFIDENCES.get(words.text(words.at(metadata, "confidence")).lower(), "medium"),
        cwe=words.cwes(words.at(metadata, "cwe")),
        suppression=_suppression(extra),
        fix=Fix("edit", f"replace it with: {repair}") if repair and repair != _HIDDEN else None,
    )
    about = _package(words.at(extra, "sca_info"))
    if about is not None:
        ids = words.identifiers(words.at(metadata, "sca-vuln-database-identifier")) or words.identifiers(rule)
        said = said._replace(fix=building.upgrade(about, _fixed(metadata)))
        return building.dependency(said, about, ids, place)
    if words.at(metadata, "semgrep.dev", "rule", "rule_type") == "secrets":
        return building.credential(said, place)
    seen = Seen(_shown(extra, "lines"), "", _shown(extra, "fingerprint"), _trace(source, extra))
    return building.code(said, place, seen)


def _shown(extra: Any, name: str) -> str:
    found = words.at(extra, name)
    return found[:20_000] if isinstance(found, str) and found != _HIDDEN else ""


def _suppression(extra: Any) -> Any:
    ignored = words.at(extra, "is_ignored") is True
    return building.suppression(NAME, "a nosemgrep comment in its source, without a reason") if ignored else None


def _package(info: Any) -> building.Package | None:
    found = words.at(info, "dependency_match", "found_dependency")
    ecosystem = _ECOSYSTEMS.get(words.text(words.at(found, "ecosystem")), "unknown")
    return building.package(ecosystem, words.at(found, "package"), words.at(found, "version"))


def _fixed(metadata: Any) -> str:
    versions = words.at(metadata, "sca-fix-versions", 0)
    return words.text(next(iter(versions.values()), "")) if isinstance(versions, dict) else ""


def _trace(source: Source, extra: Any) -> tuple[Step, ...]:
    """Return the steps from source to sink; `["CliLoc", [location, text]]` is how Semgrep writes one."""
    trace = words.at(extra, "dataflow_trace")
    between = words.at(trace, "intermediate_vars")
    locations = [(words.at(trace, "taint_source", 1, 0), "source")]
    locations += [(words.at(one, "location"), "passed on") for one in (between if isinstance(between, list) else [])]
    locations += [(words.at(trace, "taint_sink", 1, 0), "sink")]
    steps = []
    for location, role in locations:
        file = words.relative(words.at(location, "path"), source.root)
        line = words.line(words.at(location, "start", "line"))
        if file and line:
            steps.append(Step(file, line, role))
    return tuple(steps)
