"""ZAP's traditional reports, JSON and XML.

Each instance of an alert is one finding about a route: its method, the template of its path, and the parameter. Risk 3
is high, 2 medium, 1 low, 0 info; confidence 3 and 4 (user confirmed) are high, 2 medium, 1 low. An alert that somebody
marked as a false positive (confidence 0) is suppressed. Attack, evidence and query strings are not kept: they hold what
the service answered.

Source: ZAP documentation, "Traditional JSON Report", "Traditional XML Report", "Alerts".
"""

from collections.abc import Iterator
from typing import Any, Final

from wardline.findings.importers import building, words, xml_stream
from wardline.findings.importers.building import Said
from wardline.findings.importers.json_stream import elements, headers
from wardline.findings.importers.markup import plain
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Confidence, Finding, Severity

NAME = "zap"
TITLE = "ZAP's JSON and XML"
KIND = "json"
PRACTICE = "pentest"
SIGNS = [["@version", "site"], ["site", "site[].alerts"], ["<OWASPZAPReport>"]]

_RISKS: Final[dict[str, Severity]] = {"3": "high", "2": "medium", "1": "low", "0": "info"}
_SURE: Final[dict[str, Confidence]] = {"4": "high", "3": "high", "2": "medium", "1": "low", "0": "low"}
_ALERT: Final = ("site", "[]", "alerts", "[]")
_FIELDS: Final = ("pluginid", "alertRef", "alert", "name", "riskcode", "confidence", "desc", "solution", "cweid")


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each instance of each alert."""
    if xml_stream.is_xml(source):
        for node, outer in xml_stream.elements(source, {"alertitem"}):
            alert = {name: node.text(name) for name in _FIELDS}
            site = outer[-2].attributes.get("name", "") if len(outer) > 1 else ""
            instances = list(node.all("instances", "instance"))
            rows = [{name: one.text(name) for name in ("uri", "method", "param")} for one in instances]
            rows = rows or [{name: node.text(name) for name in ("uri", "method", "param")}]
            for instance in rows:
                yield _finding(alert, instance, site)
        return
    alerts = headers(source, [_ALERT], _FIELDS)
    sites = headers(source, [_ALERT[:2]], ["@name"])
    for path, instance in elements(source, (*_ALERT, "instances", "[]")):
        site = words.text(sites.get(path[:2], {}).get("@name"))
        yield _finding(alerts.get(path[:4], {}), instance, site)


def _finding(alert: dict[str, Any], instance: Any, site: str) -> Finding:
    sure = words.text(alert.get("confidence"))
    name = words.first(plain(alert.get("name")), plain(alert.get("alert")), "an alert without a name")
    parameter = words.text(words.at(instance, "param"), 200)
    cwe = words.cwes(words.text(alert.get("cweid")))
    said = Said(
        tool=NAME,
        rule=words.first(alert.get("alertRef"), alert.get("pluginid"), name),
        title=name[: words.MAX_TITLE],
        message=words.sentences(
            [
                f"Parameter {parameter}" if parameter else "",
                plain(alert.get("desc"), 1200),
                plain(alert.get("solution"), 600),
            ]
        ),
        severity=_RISKS.get(words.text(alert.get("riskcode")), "unknown"),
        confidence=_SURE.get(sure, "medium"),
        cwe=cwe,
        suppression=building.suppression(NAME, "marked as a false positive in ZAP") if sure == "0" else None,
    )
    url = words.first(words.at(instance, "uri"), site, max_chars=4096)
    return building.dynamic(said, method=words.text(words.at(instance, "method"), 20), url=url, parameter=parameter)
