import pytest
from tests.findings.importers.reports import SEMGREP_RESULT, findings, gaps, semgrep


def with_extra(**more):
    return {**SEMGREP_RESULT, "extra": {**SEMGREP_RESULT["extra"], **more}}


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("ERROR", "high"),
        ("WARNING", "medium"),
        ("INFO", "low"),
        ("CRITICAL", "critical"),
        ("MEDIUM", "medium"),
        (3, "unknown"),
    ],
)
def test_severities_of_old_and_new_rules(word, severity):
    assert findings(semgrep(with_extra(severity=word)))[0].severity == severity


def test_confidence_is_the_rules_and_apart_from_severity():
    (found,) = findings(semgrep(SEMGREP_RESULT))
    assert (found.confidence, found.severity, found.cwe) == ("high", "high", ("CWE-95",))


def test_what_is_hidden_without_an_account_is_not_taken_for_a_line():
    hidden = {"lines": "requires login", "fingerprint": "requires login"}
    first = {**with_extra(**hidden, message="one"), "start": {"line": 1}}
    second = {**with_extra(**hidden, message="two"), "start": {"line": 2}}
    one, two = findings(semgrep(first, second))
    assert one.fingerprint != two.fingerprint
    moved = {**first, "start": {"line": 40}}
    assert findings(semgrep(moved))[0].fingerprint == one.fingerprint


def test_the_same_line_twice_in_one_file_is_two_findings_in_the_order_of_lines():
    first, second = SEMGREP_RESULT, {**SEMGREP_RESULT, "start": {"line": 30, "col": 5}}
    one, two = findings(semgrep(first, second))
    assert one.fingerprint != two.fingerprint
    assert [found.fingerprint for found in findings(semgrep(second, first))] == [two.fingerprint, one.fingerprint]


def test_a_supply_chain_result_is_about_the_package():
    dependency = {"ecosystem": "pypi", "package": "jinja2", "version": "2.4"}
    info = {"dependency_match": {"found_dependency": dependency}}
    metadata = {"sca-vuln-database-identifier": "CVE-2019-10906", "sca-fix-versions": [{"jinja2": "2.10.1"}]}
    (found,) = findings(semgrep(with_extra(sca_info=info, metadata=metadata)))
    assert (found.practice, found.package.purl, found.fix.version) == ("dependencies", "pkg:pypi/jinja2@2.4", "2.10.1")


def test_errors_and_files_that_were_not_read_are_gaps():
    errors = [
        {"level": "warn", "type": "Syntax error", "message": "cannot parse", "path": "src/b.py"},
        {"level": "info", "message": "by the way"},
    ]
    skipped = [
        {"path": "big.js", "reason": "exceeded_size_limit"},
        {"path": "x", "reason": "cli_exclude_flags_match"},
    ]
    found = gaps(semgrep(errors=errors, paths={"scanned": [], "skipped": skipped}))
    assert sorted(gap.scope for gap in found) == ["report: big.js", "report: src/b.py"]


def test_a_comment_in_the_source_suppresses():
    assert findings(semgrep(with_extra(is_ignored=True)))[0].suppression is not None


def test_a_rule_about_secrets_keeps_no_line():
    metadata = {"semgrep.dev": {"rule": {"rule_type": "secrets"}}}
    found = findings(semgrep(with_extra(metadata=metadata, message="key 'abcdefgh1234' found")))[0]
    assert found.practice == "exposure"
    assert "abcdefgh1234" not in repr(found)


def test_the_flow_is_the_trace():
    location = {"path": "src/in.py", "start": {"line": 2}}
    trace = {
        "taint_source": ["CliLoc", [location, "x"]],
        "taint_sink": ["CliLoc", [location, "y"]],
        "intermediate_vars": None,
    }
    steps = findings(semgrep(with_extra(dataflow_trace=trace)))[0].trace
    assert [step.message for step in steps] == ["source", "sink"]
