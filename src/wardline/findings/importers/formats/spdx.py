"""SPDX with security information, JSON: 2.2 and 2.3 (external references), 3.0 (the security profile).

In 2.x a package's external reference of category SECURITY and type `advisory` that names a CVE, GHSA or OSV id is a
finding about that package, of unknown severity and low confidence: the specification says "may affect". In 3.0 a
vulnerability that a VEX assessment calls affected or under investigation is one; what it calls not affected or fixed is
suppressed with its justification. CVSS and EPSS assessments give severity and probability.

An SPDX document without any of these is a list of parts: it says nothing about what is wrong with them, and that is a
gap. The tag-value form, RDF and spreadsheets are not read.

Source: SPDX 2.3, clause 7.21 and annex K.1; SPDX 3.0.1, Security profile.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Package, Place, Said
from wardline.findings.importers.json_stream import elements, known
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Gap, Severity

NAME = "spdx"
TITLE = "SPDX with security information, JSON"
KIND = "json"
PRACTICE = "dependencies"
SIGNS = [["spdxVersion", "SPDXID"], ["spdxVersion", "dataLicense"], ["@context", "@graph"]]

_ID: Final = re.compile(r"CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-zA-Z]{4}){3}|(?:PYSEC|GO|RUSTSEC|MAL)-\d{4}-\d+")
_NOTHING: Final = "the SBOM lists packages, and says nothing about what is wrong with them"
_EXAMINE: Final = "put it into a tree that check examines, or have a scanner report on it"
_VEX: Final = "security_Vex"


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each advisory about each package."""
    found = False
    for one in _version_2(source):
        found = True
        yield one
    for one in _version_3(source):
        found = True
        yield one
    if not found:
        yield Gap("dependencies", "", _NOTHING, _EXAMINE)


def _version_2(source: Source) -> Iterator[Told]:
    for _, value in elements(source, ("packages", "[]")):
        references = words.objects(value, "externalRefs")
        locators = [one for one in references if one.get("referenceType") == "purl"]
        for reference in references:
            advisory = words.text(reference.get("referenceLocator"), 500)
            named = _ID.search(advisory)
            if reference.get("referenceType") != "advisory" or named is None:
                continue
            about = building.package(
                "unknown",
                words.at(value, "name"),
                words.at(value, "versionInfo"),
                words.at(locators, 0, "referenceLocator"),
            )
            if about is not None:
                title = words.text(reference.get("comment"), words.MAX_TITLE)
                yield _finding(source, about, words.identifiers(named[0]), _Assessed(title=title or advisory))


class _Assessed:
    """What the assessments of a vulnerability say together."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self.ids: tuple[str, ...] = ()
        self.severity: Severity = "unknown"
        self.vector = ""
        self.probability: float | None = None


def _finding(source: Source, about: Package, ids: tuple[str, ...], said: _Assessed, settled: str | None = None) -> Told:
    return building.dependency(
        Said(
            tool=NAME,
            rule=ids[0],
            title=said.title,
            message="",
            severity=said.severity,
            vector=said.vector,
            exploit_probability=said.probability,
            suppression=building.suppression("SPDX VEX", settled) if settled is not None else None,
        ),
        about,
        ids,
        Place(words.place(None, source.root, about.purl)),
    )._replace(confidence="low" if not said.ids else "high")


def _version_3(source: Source) -> Iterator[Told]:
    packages: dict[str, Package] = {}
    bugs: dict[str, _Assessed] = {}
    for _, value in known(source, ("@graph", "[]")):
        _learn(packages, bugs, value)
    for _, value in elements(source, ("@graph", "[]")):
        kind = words.text(words.at(value, "type"))
        bug = bugs.get(words.text(words.at(value, "from")))
        if not kind.startswith(_VEX) or bug is None or not bug.ids:
            continue
        settled = None
        if "NotAffected" in kind or "Fixed" in kind:
            names = ("security_justificationType", "security_impactStatement", "security_statusNotes")
            said = [words.text(words.at(value, name)) for name in names]
            settled = ": ".join([kind.removeprefix(_VEX).removesuffix("VulnAssessmentRelationship"), *said])
        targets = words.at(value, "to")
        for target in words.texts(targets, 1000, 1000):
            if target in packages:
                yield _finding(source, packages[target], bug.ids, bug, settled.strip(": ") if settled else None)


def _learn(packages: dict[str, Package], bugs: dict[str, _Assessed], value: Any) -> None:
    kind = words.text(words.at(value, "type"))
    known_as = words.first(words.at(value, "spdxId"), words.at(value, "@id"), max_chars=1000)
    if kind == "software_Package":
        about = building.package(
            "unknown",
            words.at(value, "name"),
            words.at(value, "software_packageVersion"),
            words.at(value, "software_packageUrl"),
        )
        if about is not None:
            packages[known_as] = about
    elif kind == "security_Vulnerability":
        bug = bugs.setdefault(known_as, _Assessed())
        names = [words.at(one, "identifier") for one in words.objects(value, "externalIdentifier")]
        found = [match[0] for name in names if (match := _ID.search(words.text(name)))]
        bug.ids = words.identifiers(found) or words.identifiers(words.at(value, "name"))
        bug.title = words.first(words.at(value, "summary"), words.at(value, "description"), max_chars=words.MAX_TITLE)
    elif kind.startswith("security_") and kind.endswith("VulnAssessmentRelationship"):
        _assess(bugs.setdefault(words.text(words.at(value, "from")), _Assessed()), value)


def _assess(bug: _Assessed, value: Any) -> None:
    severity = words.severity(words.at(value, "security_severity"))
    if severity == "unknown":
        severity = words.scored(words.at(value, "security_score"))
    if severity != "unknown":
        bug.severity = severity
    bug.vector = words.text(words.at(value, "security_vectorString"), 200) or bug.vector
    probability = words.probability(words.at(value, "security_probability"))
    bug.probability = probability if probability is not None else bug.probability
