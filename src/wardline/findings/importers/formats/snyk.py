"""Snyk's JSON: `snyk test --json`, of one project or of all, and `snyk container test --json`.

Each vulnerability of a package is a finding under its canonical id (CVE, else GHSA, else Snyk's own); Snyk repeats it
for each path that brings the package, and the first is kept. Severity is Snyk's word, EPSS is taken over. Licence
issues are findings of policy. What Snyk's policy file ignores (`filtered.ignore`) is suppressed with its reason.
`snyk code test` and `snyk iac test` write SARIF: see the format `sarif`.

Source: Snyk documentation, "Review the Snyk Open Source CLI results"; the CLI's test result.
"""

from collections.abc import Iterator
from typing import Any, Final

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Place, Said, Seen
from wardline.findings.importers.json_stream import elements, headers
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Finding, Gap

NAME = "snyk"
TITLE = "Snyk's test results as JSON"
KIND = "json"
PRACTICE = "dependencies"
SIGNS = [
    ["vulnerabilities", "vulnerabilities[].from", "vulnerabilities[].packageName"],
    ["vulnerabilities", "ok", "dependencyCount"],
    ["vulnerabilities", "vulnerabilities[].CVSSv3", "vulnerabilities[].id"],
    ["[].vulnerabilities", "[].vulnerabilities[].from", "[].vulnerabilities[].packageName"],
    ["[].vulnerabilities", "[].ok", "[].dependencyCount"],
    ["ok", "error", "path"],
]

_ECOSYSTEMS: Final = {
    **dict.fromkeys(["npm", "yarn", "pnpm", "js"], "npm"),
    **dict.fromkeys(["pip", "poetry", "pipenv", "python"], "PyPI"),
    **dict.fromkeys(["maven", "gradle", "sbt", "java"], "Maven"),
    **dict.fromkeys(["golangdep", "gomodules", "govendor", "golang"], "Go"),
    **dict.fromkeys(["rubygems", "ruby"], "RubyGems"),
    **dict.fromkeys(["composer", "php"], "Packagist"),
    **dict.fromkeys(["nuget", "paket", "dotnet"], "NuGet"),
    "hex": "Hex",
    "cargo": "crates.io",
    "pub": "Pub",
    "swift": "SwiftURL",
}
_DISTRIBUTIONS: Final = {"debian": "Debian", "ubuntu": "Ubuntu", "alpine": "Alpine", "rhel": "Red Hat", "sles": "SUSE"}
_BASES: Final = ((), ("[]",), ("applications", "[]"), ("[]", "applications", "[]"))


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each issue of each project."""
    about = headers(source, _BASES, ["displayTargetFile", "packageManager", "projectName", "path"])
    kinds = [("vulnerabilities", "[]"), ("filtered", "ignore", "[]"), ("error",)]
    for path, value in elements(source, *((*base, *kind) for base in _BASES for kind in kinds)):
        if path[-1] == "error":
            reason = words.text(value, words.MAX_MESSAGE)
            if reason:
                yield Gap("dependencies", "", f"Snyk could not test: {reason}", "run snyk test again until it can")
            continue
        ignored = "filtered" in path
        project = about.get(path[: -3 if ignored else -2], {})
        found = _finding(source, project, value)
        if found is None:
            source.trouble("an issue without an id or a package", ".".join(map(str, path)))
        else:
            yield found._replace(suppression=building.suppression(NAME, _reason(value))) if ignored else found


def _reason(value: Any) -> str:
    rule = words.at(value, "filtered", "ignored", 0)
    return words.text(words.at(rule, "reason")) or "ignored by Snyk's policy"


def _finding(source: Source, project: dict[str, Any], value: Any) -> Finding | None:
    manager = words.first(words.at(value, "packageManager"), project.get("packageManager"), words.at(value, "language"))
    about = building.package(
        _ecosystem(manager.lower()),
        words.first(words.at(value, "packageName"), words.at(value, "moduleName"), words.at(value, "name")),
        words.at(value, "version"),
    )
    named = words.text(words.at(value, "id"))
    if about is None or not named:
        return None
    identifiers = words.at(value, "identifiers")
    ids = words.identifiers(*(words.at(identifiers, kind) for kind in ("CVE", "GHSA")), named)
    said = Said(
        tool=NAME,
        rule=named,
        title=words.text(words.at(value, "title"), words.MAX_TITLE),
        message=f"Snyk: {named}" if len(ids) > 1 else "",
        severity=words.severity(words.at(value, "severityWithCritical") or words.at(value, "severity")),
        vector=words.first(words.at(value, "CVSSv4"), words.at(value, "CVSSv3"), max_chars=200),
        cwe=words.cwes(words.at(identifiers, "CWE")),
        fix=building.upgrade(about, *words.texts(words.at(value, "fixedIn"))),
        exploit_probability=words.probability(words.at(value, "epssDetails", "probability")),
    )
    where = words.first(project.get("displayTargetFile"), max_chars=words.MAX_PATH)
    place = Place(words.place(where, source.root, words.first(project.get("path"), project.get("projectName"))))
    if words.at(value, "type") == "license" or named.startswith("snyk:lic:"):
        return building.code(said, place, Seen(symbol=f"{about.name}:{named}"))._replace(practice="policy")
    chain = words.texts(words.at(value, "from"), 30)
    return building.dependency(said, about, ids, place, [chain[1:] or chain])


def _ecosystem(manager: str) -> str:
    """Return OSV's ecosystem for what Snyk calls a package manager: `npm`, `debian:12`, `linux`, ..."""
    if manager in _ECOSYSTEMS:
        return _ECOSYSTEMS[manager]
    name, _, release = manager.partition(":")
    family = _DISTRIBUTIONS.get(name)
    return f"{family}:{release}" if family and release else family or "unknown"
