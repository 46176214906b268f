from tests.findings.importers.reports import NPM_1, NPM_2, findings, gaps


def test_version_2_names_the_advisory_the_chain_and_the_repair():
    (found,) = findings(NPM_2)
    assert found.advisories == ("GHSA-gxpj-cx7g-858c",)
    assert (found.severity, found.cwe, found.fix.version) == ("medium", ("CWE-400",), "4.3.1")
    assert found.package.paths == (("express", "debug"),)
    assert found.vector.startswith("CVSS:3.1/")


def test_version_1_prefers_the_cve():
    (found,) = findings(NPM_1)
    assert (found.advisories[0], found.severity, found.fix.version) == ("CVE-2017-16042", "critical", "1.10.2")
    assert found.package.paths == (("mocha", "growl"),)


def test_packages_that_bring_each_other_end():
    loop = {"a": {"name": "a", "effects": ["b"], "via": ["b"]}, "b": {"name": "b", "effects": ["a"], "via": ["a"]}}
    loop["a"]["via"] = [{"source": 1, "name": "a", "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc"}]
    document = {"auditReportVersion": 2, "vulnerabilities": loop}
    assert findings(document)[0].package.paths == (("b", "a"),)


def test_what_npm_could_not_do_is_a_gap():
    (gap,) = gaps({"error": {"code": "ENOAUDIT", "summary": "the registry answers no audits", "detail": ""}})
    assert "the registry answers no audits" in gap.reason
    (gap,) = gaps({"message": "405 Method Not Allowed", "error": {"summary": "", "detail": ""}})
    assert "405" in gap.reason


def test_yarn_gives_a_line_for_each_chain_and_a_summary():
    resolution = {"id": 146, "path": "mocha>growl"}
    line = {"type": "auditAdvisory", "data": {"resolution": resolution, "advisory": NPM_1["advisories"]["146"]}}
    lines = [line, {"type": "auditSummary", "data": {}}]
    import json

    text = "\n".join(map(json.dumps, lines))
    (found,) = findings(text)
    assert found.fingerprint == findings(NPM_1)[0].fingerprint
    assert gaps(text) == []
    assert "summary" in gaps(json.dumps(line), "npm-audit")[0].reason


def test_yarn_2_and_later_name_the_version_and_a_deprecation_is_no_vulnerability():
    import json

    known = {"Issue": "slow", "Severity": "high", "Tree Versions": ["4.0.0"], "Vulnerable Versions": "<4.3"}
    advisory = {"ID": 1, "URL": "https://github.com/advisories/GHSA-gxpj-cx7g-858c", **known}
    lines = [
        {"value": "debug", "children": advisory},
        {"value": "old", "children": {"ID": "old (deprecation)", **known}},
    ]
    (found,) = findings("\n".join(map(json.dumps, lines)))
    assert (found.package.name, found.package.version, found.severity) == ("debug", "4.0.0", "high")
