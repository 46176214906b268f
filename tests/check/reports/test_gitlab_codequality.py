import json

import samples

from wardline.check.reports.gitlab_codequality import render
from wardline.findings.report import Report

KEYS = {"description", "check_name", "fingerprint", "severity", "location"}
SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def issues(report):
    return json.loads(render(report, samples.subject()))


def test_every_issue_has_what_gitlab_documents():
    for report in (samples.report(), samples.hostile()):
        for issue in issues(report):
            assert issue.keys() == KEYS
            assert issue["severity"] in SEVERITIES
            assert issue["location"]["path"]
            assert issue["location"]["lines"]["begin"] >= 1
            assert issue["description"]


def test_gitlab_shows_one_issue_for_each_fingerprint_so_each_has_its_own():
    twice = Report(findings=samples.findings() * 2)
    prints = [issue["fingerprint"] for issue in issues(twice)]
    assert len(set(prints)) == len(prints) == 2 * len(samples.findings())


def test_a_gap_is_an_issue_of_its_own():
    last = issues(samples.report())[-1]
    assert (last["check_name"], last["severity"]) == ("gap", "major")
    assert last["location"]["path"] == "legacy/requirements.txt"


def test_an_empty_report_is_an_empty_list():
    assert issues(samples.empty_pass()) == []
