"""Burp Suite's XML, as "Report issues" writes it.

Each issue is one finding about a route: the template of its path, and the parameter that the location names in
brackets. Severity is Burp's word (information is info, a false positive is suppressed); certain is high confidence,
firm medium, tentative low. Requests, responses and what they held are not kept.

The report's document type, which declares elements and empty attributes, is read past; one with entities is refused.

Source: Burp Suite documentation, "Reporting scan results"; the DTD within the reports.
"""

import re
from collections.abc import Iterator
from typing import Final

from wardline.findings.importers import building, words, xml_stream
from wardline.findings.importers.building import Said
from wardline.findings.importers.markup import plain
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.importers.xml_stream import Node
from wardline.findings.report import Confidence, Finding

NAME = "burp"
TITLE = "Burp Suite's XML"
KIND = "xml"
PRACTICE = "pentest"
SIGNS = [["<issues>"]]

_FALSE: Final = "marked as a false positive in Burp"
_SURE: Final[dict[str, Confidence]] = {"certain": "high", "firm": "medium", "tentative": "low"}
_EVIDENCE: Final = frozenset(
    {"requestresponse", "collaboratorEvent", "infiltratorEvent", "dynamicAnalysis", "staticAnalysis"}
)
_PARAMETER: Final = re.compile(
    r"\[([^\[\]]{1,200}?)(?: (?:parameter|cookie|header|JSON parameter|XML attribute))?\]\s*\Z"
)


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each issue."""
    for issue, _ in xml_stream.elements(source, {"issue"}, passed=_EVIDENCE):
        yield _finding(issue)


def _finding(issue: Node) -> Finding:
    severity = words.text(issue.text("severity")).lower()
    name = words.text(issue.text("name"), words.MAX_TITLE) or "an issue without a name"
    named = _PARAMETER.search(issue.text("location")[:2000])
    said = Said(
        tool=NAME,
        rule=words.text(issue.text("type")) or name,
        title=name,
        message=words.sentences(
            [plain(issue.text("issueBackground"), 1200), plain(issue.text("remediationBackground"), 600)]
        ),
        severity=words.severity(severity, {"information": "info", "false positive": "info"}),
        confidence=_SURE.get(issue.text("confidence").lower(), "medium"),
        cwe=words.cwes(plain(issue.text("vulnerabilityClassifications"))),
        suppression=building.suppression(NAME, _FALSE) if severity == "false positive" else None,
    )
    path = issue.text("path")
    url = issue.text("host").rstrip("/") + (path if path.startswith("/") else f"/{path}")
    parameter = words.text(named[1], 200) if named else ""
    return building.dynamic(said, method="", url=url, parameter=parameter)
