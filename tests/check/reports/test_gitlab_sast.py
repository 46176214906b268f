import json

import samples
from validation import complaints

from wardline.check.reports.gitlab_sast import render


def test_it_is_a_valid_report_of_its_type():
    for report in (samples.report(), samples.hostile(), samples.nothing_examined()):
        assert complaints("gitlab-sast-15.2.1.json", render(report, samples.subject())) == []


def test_it_holds_what_the_other_two_reports_do_not():
    document = json.loads(render(samples.report(), samples.subject()))
    names = {one["name"] for one in document["vulnerabilities"]}
    own = {one.title for one in samples.findings() if one.practice not in {"dependencies", "exposure"}}
    assert names == own


def test_the_path_from_source_to_sink_is_a_code_flow():
    document = json.loads(render(samples.report(), samples.subject()))
    flow = next(one["details"]["code_flows"] for one in document["vulnerabilities"] if "details" in one)
    assert [step["node_type"] for step in flow["items"][0]] == ["source", "sink"]


def test_a_finding_is_tracked_by_its_content():
    document = json.loads(render(samples.report(), samples.subject()))
    row = next(one for one in document["vulnerabilities"] if one["name"] == "SQL built from a request")
    fingerprint = next(one.fingerprint for one in samples.findings() if one.rule == "python-sql-injection")
    assert row["tracking"]["items"][0]["signatures"] == [{"algorithm": "wardline", "value": fingerprint}]
