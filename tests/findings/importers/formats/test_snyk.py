from tests.findings.importers.reports import SNYK_ISSUE, findings, gaps, snyk


def test_an_issue_has_its_cve_its_chain_and_its_repair():
    (found,) = findings(snyk(SNYK_ISSUE))
    assert found.advisories == ("CVE-2019-10906", "SNYK-PYTHON-JINJA2-174126")
    assert found.package.paths == (("flask@1.0", "jinja2@2.4"),)
    assert (found.file, found.fix.version, found.severity) == ("requirements.txt", "2.10.1", "high")


def test_one_issue_on_two_paths_is_one_finding():
    assert len(findings(snyk(SNYK_ISSUE, {**SNYK_ISSUE, "from": ["shop@1.0", "jinja2@2.4"]}))) == 1


def test_all_projects_are_a_list():
    assert findings([snyk(SNYK_ISSUE), snyk()])[0].file == "requirements.txt"


def test_what_the_policy_ignores_is_suppressed():
    ignored = {**SNYK_ISSUE, "filtered": {"ignored": [{"reason": "not reachable"}]}}
    (found,) = findings(snyk(filtered={"ignore": [ignored]}))
    assert found.suppression.reason == "not reachable"


def test_a_licence_is_a_matter_of_policy():
    licence = {**SNYK_ISSUE, "id": "snyk:lic:pip:x:GPL-3.0", "type": "license", "identifiers": {}}
    assert findings(snyk(licence))[0].practice == "policy"


def test_a_container_names_its_distribution():
    (found,) = findings(snyk({**SNYK_ISSUE, "packageManager": "debian:12", "packageName": "openssl"}))
    assert found.package.ecosystem == "Debian:12"


def test_what_snyk_could_not_test_is_a_gap():
    (gap,) = gaps({"ok": False, "error": "Missing node_modules folder", "path": "/srv"})
    assert "Missing node_modules folder" in gap.reason
