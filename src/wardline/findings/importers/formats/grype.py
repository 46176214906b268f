"""Grype's JSON (`grype -o json`).

Each match is a finding about the package that its purl names, under the canonical id of the vulnerability and of those
that Grype relates to it. Severity is Grype's word (negligible is info). EPSS and CISA's catalogue of known exploited
vulnerabilities are taken over; ignored matches are suppressed, with the rule that ignores them.

Source: Grype, `grype/presenter/models` (document, match, vulnerability).
"""

from collections.abc import Iterator
from typing import Any, Final

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Place, Said
from wardline.findings.importers.json_stream import elements
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Exploited, Suppression

NAME = "grype"
TITLE = "Grype's JSON"
KIND = "json"
PRACTICE = "dependencies"
SIGNS = [
    ["matches", "matches[].vulnerability", "matches[].artifact"],
    ["matches", "descriptor.name", "source.target"],
    ["matches", "source", "distro"],
    ["matches", "descriptor"],
]

_ECOSYSTEMS: Final = {
    "npm": "npm",
    "python": "PyPI",
    "java-archive": "Maven",
    "go-module": "Go",
    "rust-crate": "crates.io",
    "gem": "RubyGems",
    "php-composer": "Packagist",
    "dotnet": "NuGet",
    "dart-pub": "Pub",
    "hex": "Hex",
    "apk": "Alpine",
    "deb": "Debian",
    "rpm": "Red Hat",
}


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each match, those that are ignored as suppressed."""
    for path, match in elements(source, ("matches", "[]"), ("ignoredMatches", "[]")):
        vulnerability = words.at(match, "vulnerability")
        artifact = words.at(match, "artifact")
        about = building.package(
            _ECOSYSTEMS.get(words.text(words.at(artifact, "type")), "unknown"),
            words.at(artifact, "name"),
            words.at(artifact, "version"),
            words.at(artifact, "purl"),
        )
        related = [one.get("id") for one in words.objects(match, "relatedVulnerabilities")]
        ids = words.identifiers(words.at(vulnerability, "id"), related)
        if about is None or not ids:
            source.trouble("a match without an id or a package", ".".join(map(str, path)))
            continue
        said = _said(vulnerability, words.objects(match, "relatedVulnerabilities"), about)
        if path[0] == "ignoredMatches":
            said = said._replace(suppression=_suppression(match))
        where = words.at(artifact, "locations", 0, "path")
        place = words.place(words.text(where, words.MAX_PATH).lstrip("/"), source.root, about.purl)
        yield building.dependency(said, about, ids, Place(place))


def _said(vulnerability: Any, related: list[dict[str, Any]], about: building.Package) -> Said:
    score = words.objects(vulnerability, "cvss") or [one for other in related for one in words.objects(other, "cvss")]
    description = words.first(
        words.at(vulnerability, "description"), *(one.get("description") for one in related), max_chars=words.MAX_TITLE
    )
    exploited = words.at(vulnerability, "knownExploited", 0)
    epss = words.at(vulnerability, "epss", 0)
    return Said(
        tool=NAME,
        rule=words.text(words.at(vulnerability, "id")),
        title=description,
        message="",
        severity=words.severity(words.at(vulnerability, "severity")),
        vector=words.text(words.at(score, 0, "vector"), 200),
        cwe=words.cwes([one.get("cwe") for one in words.objects(vulnerability, "cwes")]),
        fix=building.upgrade(about, *words.texts(words.at(vulnerability, "fix", "versions"))),
        exploited=_exploited(exploited) if isinstance(exploited, dict) else None,
        exploit_probability=words.probability(words.at(epss, "epss")),
    )


def _exploited(value: dict[str, Any]) -> Exploited:
    known = words.text(value.get("knownRansomwareCampaignUse")).lower() == "known"
    return Exploited(
        words.text(value.get("dateAdded"), 40) or None, words.text(value.get("dueDate"), 40) or None, known
    )


def _suppression(match: Any) -> Suppression:
    rule = words.at(match, "appliedIgnoreRules", 0)
    said = [words.text(words.at(rule, name)) for name in ("reason", "vex-justification", "vex-status", "fix-state")]
    return building.suppression(NAME, next(filter(None, said), "ignored by a rule of Grype's configuration"))
