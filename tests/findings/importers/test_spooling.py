import io
import json

import pytest
from tests.findings.importers.reports import OWN_FINDING

from wardline.check.reports import json as json_report
from wardline.findings.importers import spooling
from wardline.findings.importers.model import Account, Note
from wardline.findings.importers.service import collected
from wardline.findings.importers.spooling import Spooled
from wardline.findings.report import Coverage, Gap, Suppression, finding_from_dict

ONE = finding_from_dict(OWN_FINDING)
SEVERITIES = ["low", "critical", "unknown", "info", "medium", "high"]
FOUND = [
    ONE._replace(
        fingerprint=f"{number:032x}",
        line=number + 1,
        severity=SEVERITIES[number % 6],
        suppression=Suppression("x", "y", None) if number % 5 == 4 else None,
        title='é "漢" {',
    )
    for number in range(30)
]
TOLD = [*FOUND, Gap("code", "a", "b", "c"), Note("n"), Account("code", Coverage(2, 1, 1))]


def written(told):
    out = io.BytesIO()
    with Spooled(told) as spooled:
        spooled.write_json(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "told", [TOLD, TOLD[-3:], TOLD[:3], []], ids=["all", "no findings", "only findings", "nothing"]
)
def test_the_document_is_byte_for_byte_what_check_writes(told):
    assert written(told) == json_report.render(collected(told), None)


def test_of_very_many_findings_the_most_severe_come_first(monkeypatch):
    monkeypatch.setattr(spooling, "_SORTED_WHOLE", 3)
    document = json.loads(written(TOLD))
    order = [SEVERITIES.index(one["severity"]) for one in document["findings"]]
    shown = [one["severity"] for one in document["findings"]]
    assert shown == sorted(shown, key=["critical", "high", "medium", "low", "info", "unknown"].index)
    assert len(order) == len(FOUND) - len(document["suppressed"])


def test_what_is_counted():
    with Spooled(TOLD) as spooled:
        assert (sum(spooled.by_severity.values()), spooled.suppressed) == (24, 6)
        assert spooled.by_practice == {"code": 24}
        assert spooled.verdict == "block"
        assert next(one.severity for one in spooled.findings()) == "critical"
        assert len(list(spooled.findings(suppressed=True))) == 6


def test_the_file_is_gone_where_the_report_ends_in_an_error():
    def told():
        yield FOUND[0]
        raise KeyError

    with pytest.raises(KeyError):
        Spooled(told())


@pytest.mark.parametrize("sorted_whole", [3, 10_000])
def test_lines_are_the_document_without_its_layout(monkeypatch, sorted_whole):
    monkeypatch.setattr(spooling, "_SORTED_WHOLE", sorted_whole)
    out = io.BytesIO()
    with Spooled(TOLD) as spooled:
        spooled.write_lines(out)
    head, *lines = map(json.loads, out.getvalue().splitlines())
    document = json.loads(written(TOLD))
    assert (head["findings"], head["suppressed"]) == (24, 6)
    assert lines == document["findings"] + document["suppressed"]
    assert {**head, "findings": lines[:24], "suppressed": lines[24:]} == document
