import json

import samples

from wardline.check.reports.json import render
from wardline.findings.report import Report


def document(report):
    return json.loads(render(report, samples.subject()))


def test_the_document_is_the_report():
    written = document(samples.report())
    assert written["schema"] == 1
    assert written["verdict"] == "block"
    assert Report.from_dict(written).verdict == "block"
    assert {*written} == {
        *("schema", "verdict", "findings", "gaps", "coverage"),
        *("fail_on", "suppressed", "notes"),
    }


def test_findings_come_in_the_order_of_their_urgency_however_they_were_found():
    report = samples.report()
    backwards = Report(findings=report.findings[::-1], coverage=report.coverage, fail_on=report.fail_on)
    assert document(backwards)["findings"] == document(report)["findings"]
    assert document(report)["findings"][0]["rule"] == "malicious-dependency"


def test_nothing_is_shortened():
    assert "x" * 100_000 in {one["message"] for one in document(samples.hostile())["findings"]}


def test_text_that_is_not_unicode_is_escaped_and_the_document_stays_valid():
    assert any(r"\udcff\udc00" in one["message"] for one in document(samples.hostile())["findings"])


def test_a_verdict_that_cannot_be_given_is_in_the_document():
    assert document(samples.cannot_say())["verdict"] == "cannot-say"
    assert document(samples.nothing_examined())["verdict"] == "cannot-say"
    assert document(samples.empty_pass())["verdict"] == "pass"
