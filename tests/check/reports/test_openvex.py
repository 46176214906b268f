import json

import pytest
import samples
from validation import complaints

from wardline.check.dependencies.vex.applying import Statements
from wardline.check.dependencies.vex.model import Statement
from wardline.check.dependencies.vex.reading import read
from wardline.check.reports.openvex import render
from wardline.findings.report import Finding, Report, Suppression

SCHEMA = "openvex-schema-0.2.0.json"


def rendered(*findings: Finding, suppressed: tuple[Finding, ...] = (), **subject):
    report = Report(findings=findings, suppressed=suppressed)
    document = render(report, samples.subject(**subject))
    assert complaints(SCHEMA, document) == []
    return json.loads(document)["statements"]


def suppressed(reason, until=None, source="security/vex.json"):
    return samples.vulnerable(suppression=Suppression(source=source, reason=reason, until=until))


@pytest.mark.parametrize("make", [samples.report, samples.hostile])
def test_every_report_with_a_known_vulnerability_keeps_to_the_schema(make):
    assert complaints(SCHEMA, render(make(), samples.hostile_subject())) == []


def test_a_finding_is_affected_and_its_repair_is_the_action():
    (said,) = rendered(samples.vulnerable(), name="shop", revision="abc")

    assert said["status"] == "affected"
    assert said["action_statement"] == "Upgrade requests to 2.32.4. (uv lock --upgrade-package requests==2.32.4)"
    assert said["vulnerability"]["name"] == "GHSA-j8r2-6x86-q33q"
    assert said["vulnerability"]["aliases"] == ["CVE-2023-32681"]
    assert said["products"] == [{"@id": "pkg:generic/shop@abc", "subcomponents": [{"@id": "pkg:pypi/requests@2.19.0"}]}]


def test_without_a_repair_the_action_is_still_said():
    (said,) = rendered(samples.vulnerable(fixed=None))

    assert "No repaired version is known" in said["action_statement"]


def test_what_vex_took_out_keeps_its_status_and_grounds():
    said = rendered(
        suppressed=(
            suppressed("not_affected: vulnerable_code_not_present; we strip it"),
            suppressed("not_affected: we never call it"),
            suppressed("fixed"),
        )
    )

    by_status = {(one["status"], one.get("justification"), one.get("impact_statement")) for one in said}
    assert by_status == {
        ("not_affected", "vulnerable_code_not_present", "we strip it"),
        ("not_affected", None, "we never call it"),
        ("fixed", None, None),
    }


@pytest.mark.parametrize("reason", ["we live with it", "not_affected: says who?", "fixed: soon", "not_affected:"])
def test_a_risk_that_the_repository_accepts_is_still_affected(reason):
    (said,) = rendered(suppressed=(suppressed(reason, until="2026-12-31", source=".wardline/suppressions.toml"),))

    assert said["status"] == "affected"
    assert said["status_notes"] == f"Accepted until 2026-12-31 in .wardline/suppressions.toml: {reason}"


def test_a_not_affected_without_grounds_is_not_repeated():
    (said,) = rendered(suppressed=(suppressed("not_affected:"),))

    assert said["status"] == "affected"


def test_packages_of_which_the_same_is_said_share_a_statement():
    twice = samples.vulnerable(file="other/uv.lock")

    (said,) = rendered(samples.vulnerable(), twice, twice._replace(package=twice.package._replace(purl="pkg:pypi/r@1")))

    parts = [part["@id"] for part in said["products"][0]["subcomponents"]]
    assert parts == ["pkg:pypi/requests@2.19.0", "pkg:pypi/r@1"]


def test_what_is_stated_can_be_read_back_and_decides_the_same():
    report = Report(
        findings=(samples.vulnerable(),),
        suppressed=(suppressed("not_affected: component_not_present")._replace(advisories=("CVE-2024-9",)),),
    )

    statements = read(render(report, samples.subject()), "vex.json")

    purl = "pkg:pypi/requests@2.19.0"
    kept = Statements(statements)
    assert kept.suppressing(purl, ["CVE-2023-32681"]) is None
    assert isinstance(kept.suppressing(purl, ["CVE-2024-9"]), Statement)
    assert kept.suppressing(purl, ["CVE-2024-9"]).reason == "component_not_present"


def test_the_same_report_is_the_same_document():
    assert render(samples.report(), samples.subject()) == render(samples.report(), samples.subject())


def test_without_a_known_vulnerability_nothing_is_stated():
    assert json.loads(render(samples.empty_pass(), samples.subject()))["statements"] == []
