"""Nuclei's JSON lines (`nuclei -jsonl`) and its JSON array (`nuclei -json-export`), of versions 2 and 3.

Each match is one finding about a route: the template, the path's template and the matcher. Severity is the template's
word; confidence is high where the template names a CVE, else medium. EPSS and the CVSS vector are taken over. Requests,
responses, curl commands and what was extracted are not kept: tokens are among what templates extract.

Source: ProjectDiscovery, Nuclei documentation, "Output"; `pkg/output/output.go`.
"""

from collections.abc import Iterator
from typing import Any

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Said
from wardline.findings.importers.json_stream import objects
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Finding

NAME = "nuclei"
TITLE = "Nuclei's JSON lines"
KIND = "json"
PRACTICE = "pentest"
SIGNS = [
    ["template-id", "info"],
    ["templateID", "info"],
    ["[].template-id", "[].info"],
    ["[].templateID", "[].info"],
]


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each match."""
    for number, match in enumerate(objects(source)):
        template = words.first(words.at(match, "template-id"), words.at(match, "templateID"))
        if template:
            yield _finding(match, template)
        else:
            source.trouble("a match without a template", f"number {number + 1}")


def _finding(match: Any, template: str) -> Finding:
    info = words.at(match, "info")
    rating = words.at(info, "classification")
    cves = words.identifiers(words.at(rating, "cve-id"))
    matcher = words.first(words.at(match, "matcher-name"), words.at(match, "matcher_name"))
    severity = words.severity(words.at(info, "severity"))
    name = words.first(words.at(info, "name"), template, max_chars=words.MAX_TITLE)
    said = Said(
        tool=NAME,
        rule=template,
        title=f"{name} ({matcher})" if matcher else name,
        message=words.sentences(
            [
                ", ".join(cves[:5]),
                words.text(words.at(info, "description"), 1200),
                words.text(words.at(info, "remediation"), 500),
            ]
        ),
        severity=severity if severity != "unknown" else words.scored(words.at(rating, "cvss-score")),
        confidence="high" if cves else "medium",
        vector=words.text(words.at(rating, "cvss-metrics"), 200),
        cwe=words.cwes(words.at(rating, "cwe-id")),
        exploit_probability=words.probability(words.at(rating, "epss-score")),
    )
    url = words.first(
        words.at(match, "matched-at"),
        words.at(match, "matched"),
        words.at(match, "url"),
        words.at(match, "host"),
        max_chars=4096,
    )
    found = building.dynamic(said, method=words.text(words.at(match, "type"), 20), url=url, parameter=matcher)
    return found._replace(advisories=cves[:20])
