import pytest
from tests.findings.importers.reports import CYCLONEDX_XML, VULNERABILITY, VULNERABILITY_XML, cyclonedx, findings, gaps


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("exploitable", True),
        ("in_triage", True),
        ("resolved", False),
        ("resolved_with_pedigree", False),
        ("false_positive", False),
        ("not_affected", False),
    ],
)
def test_the_analysis_decides_what_counts(state, counts):
    analysis = {"state": state, "justification": "code_not_reachable", "detail": "never called"}
    (found,) = findings(cyclonedx({**VULNERABILITY, "analysis": analysis}))
    assert (found.suppression is None) == counts
    assert counts or found.suppression.reason == f"{state}: code_not_reachable: never called"


def test_the_worst_rating_counts_and_a_vector_is_made_whole():
    ratings = [
        {"severity": "low"},
        {"score": 9.8, "method": "CVSSv31", "vector": "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
        {"score": 3, "method": "OWASP", "vector": "OWASP/K9:M1"},
    ]
    (found,) = findings(cyclonedx({**VULNERABILITY, "ratings": ratings}))
    assert (found.severity, found.vector) == ("critical", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")


def test_each_affected_component_is_a_finding_also_by_a_link_into_another_bom():
    affects = [{"ref": "c1"}, {"ref": "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/left-pad@1.0"}]
    found = findings(cyclonedx({**VULNERABILITY, "affects": affects}))
    assert [one.package.ecosystem for one in found] == ["PyPI", "npm"]


def test_components_may_stand_behind_and_within_others():
    inner = {"bom-ref": "c2", "name": "x", "purl": "pkg:npm/x@1"}
    document = cyclonedx({**VULNERABILITY, "affects": [{"ref": "c2"}]})
    document["components"] = [{"bom-ref": "app", "name": "app", "components": [inner]}]
    assert findings(document)[0].package.name == "x"


def test_references_are_aliases():
    (found,) = findings(
        cyclonedx({**VULNERABILITY, "id": "GHSA-462w-v97r-4m45", "references": [{"id": "CVE-2019-10906"}]})
    )
    assert found.advisories[0] == "CVE-2019-10906"


def test_xml_gives_the_same_identity_as_json():
    (found,) = findings(CYCLONEDX_XML % VULNERABILITY_XML)
    (other,) = findings(cyclonedx(VULNERABILITY))
    assert (found.fingerprint, found.cwe, found.severity) == (other.fingerprint, other.cwe, other.severity)


def test_the_extension_of_before_1_4_stands_in_the_component():
    inside = VULNERABILITY_XML.replace("<affects><target><ref>c1</ref></target></affects>", "")
    old = (CYCLONEDX_XML % "").replace("</purl>", f"</purl><vulnerabilities>{inside}</vulnerabilities>")
    assert findings(old)[0].fingerprint == findings(cyclonedx(VULNERABILITY))[0].fingerprint


def test_a_bom_that_says_nothing_about_vulnerabilities_is_a_gap_and_an_empty_list_is_none():
    silent = cyclonedx()
    del silent["vulnerabilities"]
    assert "says nothing" in gaps(silent)[0].reason
    assert gaps(cyclonedx()) == []
    assert "says nothing" in gaps((CYCLONEDX_XML % "").replace("<vulnerabilities></vulnerabilities>", ""))[0].reason


def test_a_vulnerability_of_nothing_is_a_gap():
    assert "which component" in gaps(cyclonedx({**VULNERABILITY, "affects": []}))[0].reason
