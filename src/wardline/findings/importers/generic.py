"""A finding from a row or an object whose keys nobody has specified: what people call the parts of one."""

import re
from typing import Any, Final

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Package, Place, Said, Seen
from wardline.findings.importers.markup import plain
from wardline.findings.importers.source import Source
from wardline.findings.report import Confidence, Finding, Fix, Severity, Suppression

_NAMES: Final = {
    "title": ("title", "name", "summary", "finding", "issue", "vulnerability", "check", "message"),
    "description": ("description", "details", "detail", "desc", "message", "comment"),
    "severity": ("severity", "risk", "priority", "level", "rating", "impact_level", "criticality"),
    "score": ("cvss_score", "cvss", "score", "cvssv3_score", "cvssv4_score", "cvss_base_score"),
    "vector": ("cvss_vector", "cvssv4", "cvssv3", "vector"),
    "file": ("file", "file_path", "filename", "path", "file_name", "location"),
    "line": ("line", "line_number", "start_line", "lineno"),
    "url": ("url", "uri", "endpoint", "endpoints", "target", "host"),
    "method": ("method", "http_method"),
    "parameter": ("parameter", "param"),
    "resource": ("resource", "asset", "component", "resource_address"),
    "rule": ("rule", "rule_id", "check_id", "plugin_id", "vuln_id_from_tool", "id", "type"),
    "cwe": ("cwe", "cwe_id", "cweid", "cwes"),
    "confidence": ("confidence", "certainty"),
    "tool": ("tool", "scanner", "source", "product"),
    "package": ("package", "package_name", "library", "dependency", "component_name"),
    "version": ("version", "package_version", "component_version", "installed_version"),
    "ecosystem": ("ecosystem", "package_manager"),
    "purl": ("purl", "package_url"),
    "advisory": ("advisory", "cve", "cve_id", "cves", "vulnerability_id", "vulnerability_ids", "ghsa"),
    "fix": ("fix", "fix_version", "fixed_version", "mitigation", "remediation", "recommendation", "solution"),
    "status": ("status", "state"),
    "symbol": ("symbol", "function", "class"),
    "snippet": ("snippet", "code"),
    "epss": ("epss", "epss_score"),
}
_CLOSED: Final = frozenset(
    {
        "closed",
        "fixed",
        "resolved",
        "mitigated",
        "false positive",
        "false_positive",
        "duplicate",
        "done",
        "not affected",
    }
)
_MARKS: Final = {
    "falsepositive": "a false positive",
    "false_positive": "a false positive",
    "false_p": "a false positive",
    "duplicate": "a duplicate",
    "ismitigated": "mitigated",
    "is_mitigated": "mitigated",
}
_WORDS: Final[dict[str, Severity]] = {
    "blocker": "critical",
    "p0": "critical",
    "p1": "high",
    "p2": "medium",
    "p3": "low",
    "p4": "info",
    "error": "high",
    "warning": "medium",
    "note": "low",
    "severe": "high",
    "serious": "high",
    "trivial": "info",
}
_SURE: Final[dict[str, Confidence]] = {
    **dict.fromkeys(["high", "certain", "confirmed", "very high"], "high"),
    **dict.fromkeys(["low", "tentative", "possible"], "low"),
}
_ECOSYSTEMS: Final = {"pypi": "PyPI", "pip": "PyPI", "npm": "npm", "maven": "Maven", "go": "Go", "cargo": "crates.io"}


def finding(source: Source, row: Any) -> Finding | None:
    """Return the finding that a row or an object is; None where it has neither a title nor a description."""
    given = _folded(row)
    one = _One(given)
    description = plain(one.value("description"), words.MAX_MESSAGE)
    title = one.text("title") or description[: words.MAX_TITLE]
    if not title:
        return None
    tool = re.sub(r"[^a-z0-9.+-]+", "-", one.text("tool")[:60].lower()).strip("-") or "report"
    said = Said(
        tool=tool,
        rule=one.text("rule") or title,
        title=title[: words.MAX_TITLE],
        message=description or title,
        severity=_severity(one),
        confidence=_SURE.get(one.text("confidence").lower(), "medium"),
        cwe=words.cwes(one.value("cwe")),
        suppression=_suppression(one, given),
        fix=_fix(one),
        exploit_probability=words.probability(one.value("epss")),
        vector=one.text("vector")[:200],
    )
    return _of_its_kind(source, one, said)


def _of_its_kind(source: Source, one: "_One", said: Said) -> Finding:
    url, path = one.text("url"), one.text("file")
    place = Place(
        words.place(path, source.root, one.text("resource") or url or said.tool), words.line(one.value("line"))
    )
    ids = words.identifiers(one.value("advisory"), re.split(r"[,;\s]+", one.text("advisory")))
    about = _package(one) if ids else None
    if about is not None:
        fix = building.upgrade(about, said.fix.version) if said.fix and said.fix.version else said.fix
        return building.dependency(said._replace(fix=fix), about, ids, place)
    if "://" in url or (url and not path):
        return building.dynamic(said, method=one.text("method")[:20], url=url, parameter=one.text("parameter"))
    if one.text("resource") and not place.line:
        return building.configuration(said, place, resource=one.text("resource"))
    snippet = one.value("snippet")
    shown = snippet[:20_000] if isinstance(snippet, str) else ""
    found = building.code(said, place, Seen(snippet=shown, symbol=one.text("symbol")))
    return found if path else found._replace(practice="other")


class _One:
    """A row, asked for its parts by what they mean."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def value(self, part: str) -> Any:
        """Return what stands under the first of a part's names that has something, None where none has."""
        named = (self._given.get(name) for name in _NAMES[part])
        return next((value for value in named if value or value == 0), None)

    def text(self, part: str) -> str:
        """Return that as a text."""
        value = self.value(part)
        return words.text(words.at(value, 0) if isinstance(value, list) else value, words.MAX_PATH)


def _folded(row: Any) -> dict[str, Any]:
    """Return a row under names in lower case with `_` between words: `cweId` and `CWE ID` are `cwe_id`."""
    if not isinstance(row, dict):
        return {}
    folded: dict[str, Any] = {}
    for name, value in list(row.items())[:500]:
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(name)[:100])
        key = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
        folded.setdefault(key, value if isinstance(value, str | int | float | list) else None)
    return folded


def _severity(one: _One) -> Severity:
    said = words.severity(one.text("severity"), _WORDS)
    return said if said != "unknown" else words.scored(one.value("score"))


def _suppression(one: _One, given: dict[str, Any]) -> Suppression | None:
    status = one.text("status").lower().replace("-", " ").replace("_", " ")
    if status in _CLOSED:
        return building.suppression("the report", f"its status is {status}")
    for name, meaning in _MARKS.items():
        if str(given.get(name, "")).strip().lower() in {"true", "yes", "1"}:
            return building.suppression("the report", f"marked as {meaning}")
    return None


def _fix(one: _One) -> Fix | None:
    said = plain(one.value("fix"), 500)
    if not said:
        return None
    version = said if re.fullmatch(r"v?\d+(?:\.\w+){0,6}(?:[-+][\w.]{1,40})?", said) else None
    return Fix("upgrade" if version else "edit", f"upgrade to {said}" if version else said, version=version)


def _package(one: _One) -> Package | None:
    name = one.text("ecosystem")
    return building.package(
        _ECOSYSTEMS.get(name.lower(), name), one.text("package"), one.value("version"), one.value("purl")
    )
