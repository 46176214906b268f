from tests.findings.importers.reports import CHECKOV_CHECK, checkov, findings, gaps


def test_a_failed_check_is_about_the_resource_and_its_folder():
    (found,) = findings(checkov(CHECKOV_CHECK))
    assert (found.practice, found.file, found.severity) == ("pipeline", "infra/main.tf", "medium")
    moved = {**CHECKOV_CHECK, "file_path": "/infra/buckets.tf", "file_line_range": [7, 20]}
    elsewhere = {**CHECKOV_CHECK, "file_path": "/staging/main.tf"}
    assert findings(checkov(moved))[0].fingerprint == found.fingerprint
    assert findings(checkov(elsewhere))[0].fingerprint != found.fingerprint


def test_the_platforms_severity_is_taken():
    assert findings(checkov({**CHECKOV_CHECK, "severity": "CRITICAL"}))[0].severity == "critical"


def test_a_skipped_check_is_suppressed_with_its_comment():
    skipped = {**CHECKOV_CHECK, "check_result": {"result": "SKIPPED", "suppress_comment": "a public site"}}
    (found,) = findings(checkov(skipped=[skipped]))
    assert found.suppression.reason == "a public site"


def test_frameworks_come_as_a_list_and_secrets_are_credentials():
    secret = {**CHECKOV_CHECK, "check_id": "CKV_SECRET_6", "code_block": [[1, "password: abc**********"]]}
    found = findings([checkov(CHECKOV_CHECK), checkov(secret, check_type="secrets")])
    assert [one.practice for one in found] == ["pipeline", "exposure"]
    assert "abc" not in repr(found[1])


def test_a_package_is_a_dependency():
    details = {
        "id": "CVE-2019-10906",
        "package_name": "jinja2",
        "package_version": "2.4",
        "purl": "pkg:pypi/jinja2@2.4",
    }
    (found,) = findings(checkov({**CHECKOV_CHECK, "vulnerability_details": details}, check_type="sca_package"))
    assert (found.practice, found.advisories) == ("dependencies", ("CVE-2019-10906",))


def test_a_file_that_was_not_parsed_is_a_gap():
    (gap,) = gaps(checkov(parsing_errors=["/infra/broken.tf"]))
    assert gap.scope == "report: infra/broken.tf"
