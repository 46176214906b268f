from tests.findings.importers.reports import TRIVY_VULNERABILITY, findings, made_up_secret, trivy

MISCONFIGURATION = {
    "Type": "Dockerfile Security Check",
    "ID": "DS002",
    "AVDID": "AVD-DS-0002",
    "Title": "the image runs as root",
    "Message": "add a USER",
    "Severity": "HIGH",
    "Status": "FAIL",
    "CauseMetadata": {"Resource": "aws_s3_bucket.logs", "StartLine": 2, "EndLine": 4},
}


def test_a_vulnerability_has_the_vector_of_the_chosen_source_and_the_first_repair():
    (found,) = findings(trivy(Vulnerabilities=[TRIVY_VULNERABILITY]))
    assert (found.file, found.severity, found.fix.version) == ("requirements.txt", "high", "2.10.1")
    assert found.vector == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"


def test_the_purl_goes_before_the_tools_own_names():
    known = {**TRIVY_VULNERABILITY, "PkgIdentifier": {"PURL": "pkg:pypi/Jinja2@2.4"}, "PkgName": "whatever"}
    assert findings(trivy(Vulnerabilities=[known]))[0].package.name == "jinja2"


def test_only_failed_checks_are_findings():
    passed = {**MISCONFIGURATION, "Status": "PASS"}
    (found,) = findings(trivy(Misconfigurations=[MISCONFIGURATION, passed]))
    assert (found.practice, found.rule, found.line) == ("pipeline", "trivy/AVD-DS-0002", 2)


def test_a_secret_keeps_nothing_of_what_matched():
    secret = made_up_secret()
    leak = {"RuleID": "example", "Category": "Example", "Severity": "CRITICAL", "Title": "a key", "StartLine": 3}
    (found,) = findings(trivy(Secrets=[{**leak, "Match": f"key={secret}", "Code": {"Lines": [{"Content": secret}]}}]))
    assert (found.practice, found.severity) == ("exposure", "critical")
    assert secret not in repr(found)


def test_what_a_statement_modified_is_suppressed():
    modified = {
        "Type": "vulnerability",
        "Status": "not_affected",
        "Statement": "the function is not called",
        "Source": "vex.json",
        "Finding": TRIVY_VULNERABILITY,
    }
    (found,) = findings(trivy(ExperimentalModifiedFindings=[modified]))
    assert found.suppression == ("vex.json", "not_affected: the function is not called", None)


def test_a_licence_is_a_matter_of_policy():
    licence = {"Severity": "HIGH", "Category": "restricted", "PkgName": "readline", "Name": "GPL-3.0", "Confidence": 1}
    (found,) = findings(trivy(Licenses=[licence]))
    assert (found.practice, found.confidence) == ("policy", "high")


def test_the_list_of_before_0_20_and_clusters_are_read():
    results = trivy(Vulnerabilities=[TRIVY_VULNERABILITY])["Results"]
    cluster = {"ClusterName": "c", "Resources": [{"Namespace": "n", "Kind": "Pod", "Name": "p", "Results": results}]}
    one = findings(trivy(Vulnerabilities=[TRIVY_VULNERABILITY]))[0].fingerprint
    assert findings(results)[0].fingerprint == findings(cluster)[0].fingerprint == one


def test_a_check_of_a_cluster_is_about_the_resource():
    results = trivy(Misconfigurations=[MISCONFIGURATION])["Results"]
    cluster = {"ClusterName": "c", "Resources": [{"Namespace": "n", "Kind": "Pod", "Name": "p", "Results": results}]}
    assert findings(cluster)[0].location.value == "n/Pod/p"
