"""npm's and Yarn's audits as JSON.

`npm audit --json` of npm 6 (version 1) and of npm 7 and later (version 2), and `yarn audit --json` (one object a line).
Version 1 has an `advisories` object, version 2 a `vulnerabilities` object by package, in which only what names an
advisory of its own is a finding; a package that merely depends on it appears in that finding's paths. Severities are
npm's words (critical, high, moderate, low, info). The advisory is the GitHub id in its address; where version 1 gives
CVE ids those go before it. What npm calls an error is the answer, and not a report: it is a gap.

Source: npm CLI documentation, "npm audit"; npm-audit-report; Yarn 1 "yarn audit".
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Package, Place, Said
from wardline.findings.importers.json_stream import elements, known, objects
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Finding, Gap

NAME = "npm-audit"
TITLE = "npm's and Yarn's audit as JSON"
KIND = "json"
PRACTICE = "dependencies"
SIGNS = [
    ["auditReportVersion", "vulnerabilities"],
    ["actions", "advisories", "metadata"],
    ["advisories", "metadata", "muted"],
    ["type", "data.advisory", "data.resolution"],
    ["type", "data"],
    ["value", "children.ID", "children.Issue"],
    ["error.code", "error.summary"],
    ["error.summary", "error.detail"],
]

_ADVISORY: Final = re.compile(r"GHSA(?:-[0-9a-z]{4}){3}", re.IGNORECASE)
_MAX_VIA: Final = 12


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each advisory about each package."""
    with source.open() as file:
        lines = re.match(rb'\s*\{\s*"(?:type|value)"\s*:', file.peek(200)) is not None
    if lines:
        yield from _yarn(source)
        return
    users = _users(source)
    for path, value in elements(source, ("advisories", "*"), ("vulnerabilities", "*"), ("error",), ("message",)):
        if path[0] == "advisories":
            yield from _version_1(source, value)
        elif path[0] == "vulnerabilities":
            yield from _version_2(source, value, users)
        elif isinstance(value, dict) or path[0] == "message":
            reason = words.first(words.at(value, "summary"), words.at(value, "code"), value)
            if reason:
                yield Gap("dependencies", "", f"npm could not audit: {reason}", "run npm audit again until it can")


def _users(source: Source) -> dict[str, list[str]]:
    """Return for each package of version 2 the packages that bring it (`effects`)."""
    found: dict[str, list[str]] = {}
    for path, value in known(source, ("vulnerabilities", "*", "effects")):
        found[words.text(path[1])] = list(words.texts(value, 5))
    return found


def _chain(name: str, users: dict[str, list[str]]) -> list[str]:
    """Return one chain of packages that brings a package, the direct dependency first."""
    chain = [name]
    while len(chain) < _MAX_VIA:
        above = next((one for one in users.get(chain[0], ()) if one not in chain), None)
        if above is None:
            break
        chain.insert(0, above)
    return chain


def _version_2(source: Source, value: Any, users: dict[str, list[str]]) -> Iterator[Finding]:
    for via in words.objects(value, "via"):
        name = words.first(via.get("name"), via.get("dependency"), words.at(value, "name"))
        about = building.package("npm", name, "")
        url = words.text(via.get("url"))
        named = _ADVISORY.search(url)
        ids = words.identifiers(named[0] if named else words.text(via.get("source")))
        if about is None or not ids:
            source.trouble("an advisory without an id", words.text(words.at(value, "name")))
            continue
        repair = words.at(value, "fixAvailable")
        said = Said(
            tool=NAME,
            rule=ids[0],
            title=words.text(via.get("title"), words.MAX_TITLE),
            message=f"Affected: {words.text(via.get('range'))}. {_repair(repair)}",
            severity=words.severity(via.get("severity") or words.at(value, "severity")),
            vector=words.text(words.at(via, "cvss", "vectorString"), 200),
            cwe=words.cwes(via.get("cwe")),
            fix=building.upgrade(about, words.at(repair, "version")) if words.at(repair, "name") == name else None,
        )
        yield building.dependency(said, about, ids, _place(source, about), [_chain(name, users)])


def _repair(value: Any) -> str:
    if isinstance(value, dict):
        major = ", a new major version" if value.get("isSemVerMajor") is True else ""
        return f"Repaired by {words.text(value.get('name'))} {words.text(value.get('version'))}{major}"
    return "npm audit fix repairs it" if value is True else "npm knows no repair"


def _version_1(source: Source, value: Any, resolution: Any = None) -> Iterator[Finding]:
    advisory = value if isinstance(value, dict) else {}
    url = words.text(advisory.get("url"))
    named = words.text(advisory.get("github_advisory_id")) or next(iter(_ADVISORY.findall(url)), "")
    ids = words.identifiers(advisory.get("cves"), named) or words.identifiers(words.text(advisory.get("id")))
    findings = words.objects(advisory, "findings") or [{}]
    for found in findings[:1000]:
        about = building.package("npm", advisory.get("module_name"), found.get("version"))
        if about is None or not ids:
            source.trouble("an advisory without an id or a package", "advisories")
            return
        paths = [one.split(">") for one in words.texts(found.get("paths"), 10)]
        if chain := words.text(words.at(resolution, "path")):
            paths = [chain.split(">")]
        patched = words.text(advisory.get("patched_versions"), 100)
        version = re.match(r"\s*>=\s*(\d[^\s|]*)\s*\Z", patched)
        said = Said(
            tool=NAME,
            rule=ids[0],
            title=words.text(advisory.get("title"), words.MAX_TITLE),
            message=words.text(advisory.get("recommendation"), words.MAX_TITLE),
            severity=words.severity(advisory.get("severity")),
            vector=words.text(words.at(advisory, "cvss", "vectorString"), 200),
            cwe=words.cwes(advisory.get("cwe")),
            fix=building.upgrade(about, version[1] if version else None),
        )
        yield building.dependency(said, about, ids, _place(source, about), paths)


def _yarn(source: Source) -> Iterator[Told]:
    """Yield what Yarn's lines say; Yarn 1 ends with a summary, and without one it did not get that far."""
    ended = False
    for value in objects(source):
        kind = words.at(value, "type")
        ended = ended or kind == "auditSummary" or words.at(value, "children") is not None
        if kind == "auditAdvisory":
            yield from _version_1(source, words.at(value, "data", "advisory"), words.at(value, "data", "resolution"))
        elif kind == "error":
            reason = words.text(words.at(value, "data"), words.MAX_MESSAGE)
            yield Gap("dependencies", "", f"yarn could not audit: {reason}", "run yarn audit again until it can")
        elif words.at(value, "children", "ID") is not None:
            yield from _yarn_berry(source, value["value"], value["children"])
    if not ended:
        yield Gap("dependencies", "", "yarn audit did not come to its summary", "run yarn audit again until it does")


def _yarn_berry(source: Source, name: Any, value: dict[str, Any]) -> Iterator[Finding]:
    """Yield what a line of Yarn 2 and later says of each version in the tree; a deprecation is no vulnerability."""
    named = _ADVISORY.search(words.text(value.get("URL")))
    if named is None:
        return
    for version in words.texts(value.get("Tree Versions")) or ("",):
        about = building.package("npm", name, version)
        if about is not None:
            said = Said(
                tool=NAME,
                rule=named[0],
                title=words.text(value.get("Issue"), words.MAX_TITLE),
                message=f"Affected: {words.text(value.get('Vulnerable Versions'))}",
                severity=words.severity(value.get("Severity")),
            )
            yield building.dependency(said, about, words.identifiers(named[0]), _place(source, about))


def _place(source: Source, about: Package) -> Place:
    return Place(words.place(None, source.root, about.purl))
