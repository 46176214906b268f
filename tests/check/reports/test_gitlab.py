import json

import pytest
import samples
from validation import complaints

from wardline.check.reports.gitlab import render
from wardline.findings.report import Coverage, Report

SCHEMAS = {
    "dependency_scanning": "gitlab-dependency-scanning-15.2.1.json",
    "sast": "gitlab-sast-15.2.1.json",
    "secret_detection": "gitlab-secret-detection-15.2.1.json",
}


def of(practice, **changes):
    return tuple(one for one in samples.findings() if one.practice == practice)


DEPENDENCIES = Report(findings=of("dependencies"), coverage={"dependencies": Coverage(in_scope=1, examined=1)})
EXPOSURE = Report(findings=of("exposure"), coverage={"exposure": Coverage(in_scope=1, examined=1)})


@pytest.mark.parametrize(
    "report",
    [
        *(samples.report(), samples.hostile(), samples.empty_pass(), samples.cannot_say(), samples.nothing_examined()),
        *(DEPENDENCIES, EXPOSURE),
    ],
)
def test_every_report_is_valid_against_gitlabs_schema(report):
    document = render(report, samples.hostile_subject(name="shop"))
    assert complaints(SCHEMAS[json.loads(document)["scan"]["type"]], document) == []


@pytest.mark.parametrize(
    ("report", "kind"),
    [(DEPENDENCIES, "dependency_scanning"), (EXPOSURE, "secret_detection"), (samples.report(), "sast")],
)
def test_the_type_follows_from_the_scope_and_no_finding_is_left_out(report, kind):
    document = json.loads(render(report, samples.subject()))
    assert document["scan"]["type"] == kind
    assert len(document["vulnerabilities"]) == len(report.findings)


def test_a_dependency_names_package_version_file_and_whether_it_is_direct():
    document = json.loads(render(DEPENDENCIES, samples.subject()))
    row = next(one for one in document["vulnerabilities"] if "GHSA-9hjg" in one["identifiers"][0]["value"])
    assert row["location"] == {
        "file": "uv.lock",
        "dependency": {"package": {"name": "requests"}, "version": "2.19.0", "direct": False},
    }
    assert [one["type"] for one in row["identifiers"]] == ["ghsa", "cve", "pysec", "cwe"]
    assert row["severity"] == "Critical"
    assert row["solution"].endswith("Run: uv lock --upgrade-package requests==2.32.4")
    assert row["details"]["path"]["value"] == "api-client@1.2.0 → requests@2.19.0"


def test_identities_are_unique_and_stay_the_same():
    twice = DEPENDENCIES._replace(findings=DEPENDENCIES.findings * 2)
    ids = [one["id"] for one in json.loads(render(twice, samples.subject()))["vulnerabilities"]]
    assert len(set(ids)) == len(ids)
    once = [one["id"] for one in json.loads(render(DEPENDENCIES, samples.subject()))["vulnerabilities"]]
    assert set(once) < set(ids)


def test_gaps_are_warnings_and_nothing_examined_is_a_failure():
    scan = json.loads(render(samples.report(), samples.subject()))["scan"]
    assert scan["status"] == "success"
    assert [one["level"] for one in scan["messages"]] == ["warn", "warn", "info"]
    for report in (samples.cannot_say(), samples.nothing_examined()):
        scan = json.loads(render(report, samples.subject()))["scan"]
        assert (scan["status"], scan["messages"][0]["level"]) == ("failure", "warn")


def test_suppressed_findings_are_counted_and_not_listed():
    scan = json.loads(render(samples.report(), samples.subject()))["scan"]
    assert "3 findings suppressed" in scan["messages"][-1]["value"]


def test_a_secret_is_never_quoted():
    assert b"raw_source_code_extract" not in render(EXPOSURE, samples.subject())


def test_a_description_is_no_markup():
    rows = json.loads(render(samples.hostile(), samples.subject()))["vulnerabilities"]
    odd = [one["description"] for one in rows if set(one["description"]) & set("<[@#$")]
    assert len(odd) > 10
    assert all(one.startswith("`") and one.endswith("`") and one.count("`") == 2 for one in odd)
