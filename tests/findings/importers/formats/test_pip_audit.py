from tests.findings.importers.reports import findings, gaps, pip_audit


def test_a_vulnerability_is_of_unknown_severity_and_has_its_repair():
    document = pip_audit({"id": "PYSEC-2019-217", "aliases": ["cve-2019-10906"], "fix_versions": ["2.10.1"]})
    (found,) = findings(document)
    assert (found.severity, found.advisories[0], found.fix.version) == ("unknown", "CVE-2019-10906", "2.10.1")
    assert found.package.purl == "pkg:pypi/jinja2@2.4"


def test_the_list_of_before_version_2_is_read_as_well():
    new = pip_audit({"id": "PYSEC-2019-217"})
    assert findings(new["dependencies"]) == findings(new)


def test_a_dependency_that_was_skipped_is_a_gap():
    (gap,) = gaps(pip_audit(and_=[{"name": "left-pad", "skip_reason": "not found"}]))
    assert (gap.scope, gap.reason) == ("report: left-pad", "pip-audit skipped it: not found")
