import json

import pytest
import samples
from validation import cyclonedx_complaint

from wardline.check.reports.cyclonedx import render
from wardline.findings.inventory import Inventory
from wardline.findings.report import Report, Suppression


def bom(report=None, **changes):
    return json.loads(render(report or samples.report(), samples.subject(**changes)))


@pytest.mark.parametrize(
    "report",
    [samples.report(), samples.hostile(), samples.empty_pass(), samples.cannot_say(), samples.nothing_examined()],
)
def test_every_sbom_is_valid_cyclonedx(report):
    assert cyclonedx_complaint(render(report, samples.subject())) is None
    assert cyclonedx_complaint(render(report, samples.hostile_subject())) is None


def test_an_empty_tree_is_a_valid_sbom():
    document = render(Report(), samples.subject(inventory=Inventory(needs={})))
    assert cyclonedx_complaint(document) is None
    assert json.loads(document)["components"] == []


def test_a_package_in_two_lockfiles_is_one_component_with_two_occurrences():
    (requests,) = [one for one in bom()["components"] if one["name"] == "requests"]
    assert requests["evidence"]["occurrences"] == [
        {"location": "uv.lock", "line": 123},
        {"location": "legacy/requirements.txt", "line": 1},
    ]


def test_what_only_development_needs_is_excluded_at_run_time():
    scopes = {one["name"]: one["scope"] for one in bom()["components"]}
    assert scopes["pytest"] == "excluded"
    assert scopes["django"] == "required"


def test_the_graph_tells_who_brings_whom_and_unknown_is_not_nothing():
    document = bom()
    needs = {one["ref"]: one["dependsOn"] for one in document["dependencies"]}
    assert needs["pkg:pypi/api-client@1.2.0"] == ["pkg:pypi/requests@2.19.0"]
    assert needs["pkg:pypi/requests@2.19.0"] == []
    assert "pkg:pypi/django@3.2.1" not in needs
    unknown = next(one for one in document["compositions"] if one["aggregate"] == "unknown")
    assert "pkg:pypi/django@3.2.1" in unknown["dependencies"]
    assert "pkg:pypi/requests@2.19.0" not in unknown["dependencies"]
    root = document["metadata"]["component"]["bom-ref"]
    assert "pkg:npm/mkdirp@0.5.1" in needs[root]
    assert "pkg:npm/minimist@0.0.8" not in needs[root]


def test_every_reference_leads_somewhere():
    for document in (bom(), json.loads(render(samples.hostile(), samples.hostile_subject()))):
        refs = [one["bom-ref"] for one in document["components"]] + [document["metadata"]["component"]["bom-ref"]]
        assert len(set(refs)) == len(refs)
        named = {ref for one in document["dependencies"] for ref in (one["ref"], *one["dependsOn"])}
        named |= {one["ref"] for row in document.get("vulnerabilities", []) for one in row["affects"]}
        assert named <= set(refs)


def test_a_gap_makes_the_sbom_incomplete_and_is_annotated():
    document = bom()
    assert document["compositions"][0]["aggregate"] == "incomplete"
    assert len(document["annotations"]) == 2
    assert "tools/yarn.lock was not examined" in document["annotations"][0]["text"]


def test_no_sbom_claims_to_be_complete():
    whole = samples.inventory()._replace(gaps=())
    document = bom(Report(), inventory=whole)
    assert document["compositions"][0]["aggregate"] == "unknown"
    assert bom(Report(), inventory=None)["compositions"][0]["aggregate"] == "incomplete"


def test_a_vulnerability_has_rating_aliases_weaknesses_and_a_recommendation():
    row = next(one for one in bom()["vulnerabilities"] if one["id"] == "GHSA-9hjg-9r4m-mvj7")
    assert row["ratings"][0]["severity"] == "critical"
    assert [one["id"] for one in row["references"]] == ["CVE-2024-47081", "PYSEC-2024-110"]
    assert row["cwes"] == [200]
    assert row["recommendation"] == "Upgrade requests to 2.32.4."
    assert row["affects"][0]["ref"] == "pkg:pypi/requests@2.19.0"
    facts = {one["name"]: one["value"] for one in row["properties"]}
    assert facts["wardline:exploited"] == "2026-08-02"
    assert facts["wardline:epss"] == "0.94120"


def test_findings_that_are_no_vulnerabilities_of_packages_are_left_to_other_formats():
    ids = {one["id"] for one in bom()["vulnerabilities"]}
    assert len(ids) == 9
    assert all(one.startswith(("GHSA-", "MAL-")) for one in ids)


def test_what_vex_says_is_an_analysis():
    row = next(one for one in bom()["vulnerabilities"] if one["id"] == "GHSA-h5c8-rqwp-cp95")
    assert (row["analysis"]["state"], row["analysis"]["justification"]) == ("not_affected", "code_not_reachable")
    assert row["affects"][0]["versions"][0]["status"] == "unaffected"


def test_a_suppression_of_our_own_claims_nothing():
    row = next(one for one in bom()["vulnerabilities"] if one["id"] == "GHSA-xpfp-f569-q3p2")
    assert row["analysis"]["state"] == "in_triage"
    assert "Until 2026-10-01" in row["analysis"]["detail"]
    assert row["affects"][0]["versions"][0]["status"] == "affected"


def test_a_reason_that_only_looks_like_vex_claims_nothing():
    ours = Suppression(source="s", reason="not_affected: I think", until="2026-10-01")
    row = bom(Report(suppressed=(samples.vulnerable(suppression=ours),)))["vulnerabilities"][0]
    assert row["analysis"]["state"] == "in_triage"


def test_a_vulnerable_package_that_is_in_no_inventory_is_a_component():
    document = bom(Report(findings=(samples.vulnerable(),)), inventory=None)
    assert [one["purl"] for one in document["components"]] == ["pkg:pypi/requests@2.19.0"]


def test_the_serial_number_is_that_of_the_contents_unless_one_is_given():
    assert bom()["serialNumber"] == bom()["serialNumber"]
    assert bom()["serialNumber"] != bom(revision="another")["serialNumber"]
    given = "3e671687-395b-41f5-a30f-a58921a69b79"
    assert bom(serial_number=given)["serialNumber"] == f"urn:uuid:{given}"
