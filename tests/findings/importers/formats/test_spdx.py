from tests.findings.importers.reports import ADVISORY, findings, gaps, spdx

GRAPH = [
    {"type": "software_Package", "spdxId": "p1", "name": "jinja2", "software_packageUrl": "pkg:pypi/jinja2@2.4"},
    {
        "type": "security_Vulnerability",
        "spdxId": "v1",
        "summary": "a sandbox escape",
        "externalIdentifier": [{"externalIdentifierType": "cve", "identifier": "CVE-2019-10906"}],
    },
    {
        "type": "security_CvssV3VulnAssessmentRelationship",
        "from": "v1",
        "to": ["p1"],
        "security_score": "8.6",
        "security_severity": "high",
        "security_vectorString": "CVSS:3.1/AV:N",
    },
]


def graph(kind, **more):
    said = {"type": f"security_Vex{kind}VulnAssessmentRelationship", "from": "v1", "to": ["p1"], **more}
    return {"@context": "https://spdx.example/3.0", "@graph": [said, *GRAPH]}


def test_an_advisory_of_2_3_may_affect_the_package():
    (found,) = findings(spdx(ADVISORY, {**ADVISORY, "referenceType": "fix"}))
    assert (found.advisories, found.severity, found.confidence) == (("CVE-2019-10906",), "unknown", "low")
    assert found.package.purl == "pkg:pypi/jinja2@2.4"


def test_a_document_without_security_information_is_a_gap():
    assert "says nothing about what is wrong" in gaps(spdx())[0].reason


def test_3_0_says_what_is_affected_and_how_bad():
    found = findings(graph("Affected"))[0]
    assert (found.advisories, found.severity, found.vector) == (("CVE-2019-10906",), "high", "CVSS:3.1/AV:N")
    assert found.suppression is None


def test_3_0_says_what_is_not_affected_and_why():
    found = findings(graph("NotAffected", security_justificationType="componentNotPresent"))[0]
    assert found.suppression.reason.startswith("NotAffected: componentNotPresent")
    assert findings(graph("Fixed"))[0].suppression is not None
