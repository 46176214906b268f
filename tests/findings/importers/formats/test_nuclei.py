import json

from tests.findings.importers.reports import NUCLEI, findings, made_up_secret


def test_lines_and_the_array_are_read():
    other = {**NUCLEI, "template-id": "another"}
    assert len(findings("\n".join(map(json.dumps, [NUCLEI, other])))) == 2
    assert len(findings([NUCLEI, other])) == 2


def test_nothing_that_was_extracted_or_answered_is_kept():
    secret = made_up_secret()
    (found,) = findings({**NUCLEI, "extracted-results": [secret], "response": secret, "curl-command": secret})
    assert secret not in repr(found)


def test_a_cve_makes_it_sure_and_brings_its_likelihood():
    rating = {"cve-id": ["cve-2021-44228"], "cwe-id": ["cwe-502"], "cvss-metrics": "CVSS:3.1/AV:N", "epss-score": 0.9}
    (found,) = findings({**NUCLEI, "info": {**NUCLEI["info"], "severity": "critical", "classification": rating}})
    assert (found.severity, found.confidence, found.advisories) == ("critical", "high", ("CVE-2021-44228",))
    assert (found.exploit_probability, found.cwe) == (0.9, ("CWE-502",))


def test_the_keys_of_version_2_0_are_read():
    old = {
        "templateID": "x",
        "info": {"name": "n", "severity": "low"},
        "matched": "shop.example:22",
        "host": "shop.example",
    }
    (found,) = findings(old)
    assert (found.rule, found.location.value) == ("nuclei/x", "shop.example:22")
