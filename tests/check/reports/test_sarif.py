import json

import pytest
import samples
from validation import complaints

from wardline.check.reports import sarif
from wardline.findings.report import Report

SCHEMA = "sarif-schema-2.1.0.json"


def run(report, **changes):
    return json.loads(sarif.render(report, samples.subject(**changes)))["runs"][0]


@pytest.mark.parametrize(
    "report",
    [samples.report(), samples.hostile(), samples.empty_pass(), samples.cannot_say(), samples.nothing_examined()],
)
def test_every_log_is_valid_sarif(report):
    assert complaints(SCHEMA, sarif.render(report, samples.hostile_subject())) == []


def test_every_result_has_a_rule_with_help_and_a_score():
    found = run(samples.report())
    rules = found["tool"]["driver"]["rules"]
    for result in found["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert "wardline explain" in rule["help"]["markdown"]
        assert 0 < float(rule["properties"]["security-severity"]) < 10
    assert any("Use parameters" in rule["help"]["markdown"] for rule in rules)


def test_a_vulnerability_is_scored_by_its_own_severity():
    scores = {
        rule["id"]: rule["properties"]["security-severity"] for rule in run(samples.report())["tool"]["driver"]["rules"]
    }
    assert scores["vulnerable-dependency/GHSA-9hjg-9r4m-mvj7"] == "9.5"
    assert scores["vulnerable-dependency/GHSA-9wx4-h78v-vm56"] == "5.5"


def test_a_rule_is_scored_by_its_worst_finding():
    weak = samples.findings()[8]
    worse = weak._replace(severity="critical", line=99)
    assert run(Report(findings=(weak, worse)))["tool"]["driver"]["rules"][0]["properties"]["security-severity"] == "9.5"


def test_an_alert_stays_the_same_when_lines_move():
    before, after = (
        run(Report(findings=(samples.vulnerable(line=line),)))["results"][0]["partialFingerprints"] for line in (1, 99)
    )
    assert before == after
    assert before["wardline/v1"] == samples.vulnerable().fingerprint


def test_one_wrong_thing_at_two_places_is_two_alerts():
    report = Report(findings=(samples.vulnerable(), samples.vulnerable(file="b/uv.lock")))
    hashes = [one["partialFingerprints"]["primaryLocationLineHash"] for one in run(report)["results"]]
    assert len(set(hashes)) == 2


def test_unknown_severity_is_an_error_and_nothing_is_ever_none():
    found = run(samples.report())
    levels = {one["properties"]["severity"]: one["level"] for one in found["results"]}
    assert levels["unknown"] == "error"
    assert set(levels.values()) == {"error", "warning", "note"}
    assert "kind" not in found["results"][0]


def test_suppressed_findings_are_suppressed_results():
    results = run(samples.report())["results"]
    reasons = [one["suppressions"][0] for one in results if "suppressions" in one]
    assert len(reasons) == 3
    assert all(one["kind"] == "external" and one["status"] == "accepted" for one in reasons)
    assert any("until 2026-10-01" in one["justification"] for one in reasons)


def test_gaps_are_notifications_and_the_run_did_not_succeed():
    invocation = run(samples.report())["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 1
    notices = [one for one in invocation["toolExecutionNotifications"] if one["descriptor"]["id"] == "gap"]
    assert [one["level"] for one in notices] == ["warning", "warning"]
    assert "tools/yarn.lock was not examined" in notices[0]["message"]["text"]


def test_a_practice_that_examined_nothing_is_an_error():
    for report in (samples.cannot_say(), samples.nothing_examined()):
        invocation = run(report)["invocations"][0]
        assert invocation["toolExecutionNotifications"][0]["level"] == "error"
        assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    passed = run(samples.empty_pass())["invocations"][0]
    assert (passed["executionSuccessful"], passed["exitCode"]) == (True, 0)


def test_a_path_is_a_uri_whatever_is_in_it():
    finding = samples.vulnerable(file="a b/ü:%2e#?[\\xff].lock")
    location = run(Report(findings=(finding,)))["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "a%20b/%C3%BC%3A%252e%23%3F%5B%5Cxff%5D.lock"


def test_a_finding_without_a_line_stands_on_the_first_one():
    result = run(Report(findings=(samples.vulnerable(line=None),)))["results"][0]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_a_finding_in_no_file_has_a_logical_location():
    results = run(samples.report())["results"]
    where = next(one["locations"][0] for one in results if one["ruleId"] == "weak-tls")
    assert where["logicalLocations"][0]["kind"] == "url"


def test_the_path_from_source_to_sink_is_a_code_flow():
    results = run(samples.report())["results"]
    flow = next(one["codeFlows"] for one in results if one["ruleId"] == "python-sql-injection")
    assert len(flow[0]["threadFlows"][0]["locations"]) == 2


def test_results_over_the_limit_are_left_out_least_urgent_first_and_aloud(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_RESULTS", 4)
    found = run(samples.report())
    assert len(found["results"]) == 4
    assert {one["level"] for one in found["results"]} == {"error"}
    assert found["properties"]["resultsLeftOut"] == 9
    said = found["invocations"][0]["toolExecutionNotifications"]
    assert any("9 results, the least urgent, left out" in one["message"]["text"] for one in said)


def test_a_log_over_the_size_limit_is_cut_until_it_fits(monkeypatch):
    import zlib

    monkeypatch.setattr(sarif, "MAX_GZIP_BYTES", 20_000)
    document = sarif.render(samples.many(1_000), samples.subject(rules={}))
    assert len(zlib.compress(document, 6)) <= 20_000
    left = json.loads(document)["runs"][0]
    assert 0 < len(left["results"]) < 1_000
    assert left["properties"]["resultsLeftOut"] == 1_000 - len(left["results"])


def test_two_scopes_are_two_categories_and_replace_nothing_of_each_other():
    assert run(samples.empty_pass())["automationDetails"]["id"] == "wardline/dependencies/"
    assert run(samples.report())["automationDetails"]["id"] == "wardline/dependencies+exposure+code+pipeline/"


def test_a_stranger_puts_no_link_into_a_message_and_no_markup_into_help():
    found = run(samples.hostile())
    assert "](" not in json.dumps([one["message"] for one in found["results"]])
    helps = [rule["help"]["markdown"].split("\n")[0] for rule in found["tool"]["driver"]["rules"]]
    assert any("`[click](javascript:alert(1))`" in one for one in helps)
    assert any("`<script>alert(1)</script>`" in one for one in helps)
