from tests.findings.importers.reports import GRYPE_MATCH, findings, grype


def test_a_match_has_its_aliases_likelihood_and_exploitation():
    (found,) = findings(grype(GRYPE_MATCH))
    assert found.advisories == ("CVE-2019-10906", "GHSA-462w-v97r-4m45")
    assert (found.severity, found.exploit_probability, found.fix.version) == ("high", 0.25, "2.10.1")
    assert found.exploited == ("2024-01-02", "2024-01-23", True)
    assert found.file == "app/requirements.txt"


def test_negligible_is_info():
    match = {**GRYPE_MATCH, "vulnerability": {"id": "CVE-2020-1", "severity": "Negligible"}}
    assert findings(grype(match))[0].severity == "info"


def test_an_ignored_match_is_suppressed_with_the_rules_reason():
    ignored = {**GRYPE_MATCH, "appliedIgnoreRules": [{"reason": "only used in tests"}]}
    (found,) = findings(grype(ignored=[ignored]))
    assert found.suppression.reason == "only used in tests"


def test_a_package_of_a_distribution_is_known_by_its_source():
    artifact = {
        "name": "libssl3",
        "version": "3.0.11-1",
        "type": "deb",
        "purl": "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&upstream=openssl&distro=debian-12",
    }
    (found,) = findings(grype({**GRYPE_MATCH, "artifact": artifact}))
    assert (found.package.ecosystem, found.package.name) == ("Debian:12", "openssl")
