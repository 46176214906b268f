import pytest
from tests.findings.importers.reports import findings, gaps, made_up_secret, result, sarif

from wardline.findings.report import Step


def rule(name="r1", **properties):
    return {"id": name, "shortDescription": {"text": f"about {name}"}, "properties": properties}


def only(document, **options):
    (one,) = findings(document, **options)
    return one


@pytest.mark.parametrize(
    ("score", "severity"), [("9.0", "critical"), ("8.9", "high"), ("6.9", "medium"), ("0.1", "low"), ("none", "high")]
)
def test_severity_is_the_rules_score_in_githubs_bands_else_the_level(score, severity):
    document = sarif(result(level="error"), rules=[rule(**{"security-severity": score})])
    assert only(document).severity == severity


@pytest.mark.parametrize(
    ("level", "severity"), [("error", "high"), ("warning", "medium"), ("note", "low"), ("none", "info"), (7, "unknown")]
)
def test_a_level_that_is_no_level_is_unknown(level, severity):
    assert only(sarif(result(level=level))).severity == severity


def test_the_default_level_is_the_rules_and_else_warning():
    known = {"id": "r1", "defaultConfiguration": {"level": "error"}}
    assert only(sarif(result(), rules=[known])).severity == "high"
    assert only(sarif(result())).severity == "medium"


def test_a_rule_is_found_by_index_by_id_and_by_the_first_part_of_its_id():
    rules = [rule("a", tags=["external/cwe/cwe-089"]), rule("b", tags=["CWE-79: script"])]
    by_index = {**result(rule="b"), "ruleIndex": 1}
    assert only(sarif(by_index, rules=rules)).cwe == ("CWE-79",)
    assert only(sarif(result(rule="a/1"), rules=rules)).cwe == ("CWE-89",)
    assert only(sarif(result(rule="a/1"), rules=rules)).rule == "semgrep/a/1"


def test_rules_may_stand_behind_the_results_and_in_extensions():
    run = {
        "results": [{**result(rule="x"), "rule": {"index": 0, "toolComponent": {"index": 0}}}],
        "tool": {
            "driver": {"name": "codeql"},
            "extensions": [{"name": "pack", "rules": [rule("x", precision="high")]}],
        },
    }
    found = only({"version": "2.1.0", "runs": [run]})
    assert (found.confidence, found.title, found.rule) == ("high", "about x", "codeql/x")


def test_weaknesses_come_from_relationships_and_taxa_too():
    related = [{"target": {"id": "22", "toolComponent": {"name": "CWE"}}}]
    document = sarif(result(taxa=[{"id": "CWE-73"}]), rules=[{"id": "r1", "relationships": related}])
    assert only(document).cwe == ("CWE-22", "CWE-73")


def test_paths_are_relative_to_the_tree_whatever_base_they_have():
    bases = {
        "SRC": {"uri": "file:///home/ci/tree/"},
        "SUB": {"uri": "packages/a%20b/", "uriBaseId": "SRC"},
    }
    for uri, base in (("src/a.py", "SUB"), ("file:///home/ci/tree/packages/a%20b/src/a.py", None)):
        one = result(uri=uri)
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = base
        assert only(sarif(one, originalUriBaseIds=bases)).file == "packages/a b/src/a.py"


def test_bases_that_refer_to_each_other_end():
    bases = {"A": {"uri": "a/", "uriBaseId": "B"}, "B": {"uri": "b/", "uriBaseId": "A"}}
    one = result()
    one["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = "A"
    assert only(sarif(one, originalUriBaseIds=bases)).file.endswith("b/a/src/a.py")


def test_the_examined_tree_is_taken_off_absolute_paths_and_what_is_outside_is_no_file():
    inside = only(sarif(result(uri="file:///srv/tree/src/a.py")), root="/srv/tree")
    outside = only(sarif(result(uri="file:///etc/passwd")), root="/srv/tree")
    above = only(sarif(result(uri="../../etc/passwd")), root="/srv/tree")
    assert inside.file == "src/a.py"
    assert (outside.file, outside.location.value) == (None, "/etc/passwd")
    assert (above.file, above.location.value) == (None, "../../etc/passwd")


def test_an_artifact_may_be_named_by_its_index_only():
    one = result()
    one["locations"][0]["physicalLocation"]["artifactLocation"] = {"index": 1}
    artifacts = [{"location": {"uri": "x.py"}}, {"location": {"uri": "src/b.py"}}]
    assert only(sarif(one, artifacts=artifacts)).file == "src/b.py"


def test_a_code_flow_is_the_trace():
    steps = [{"location": {**result(uri="src/in.py", line=9)["locations"][0], "message": {"text": "comes in"}}}]
    flows = [{"threadFlows": [{"locations": steps}]}]
    assert only(sarif(result(codeFlows=flows))).trace == (Step("src/in.py", 9, "comes in"),)


def test_suppressed_is_what_has_suppressions_none_of_which_is_open():
    accepted = only(sarif(result(suppressions=[{"kind": "inSource", "justification": "a test"}])))
    reviewed = only(sarif(result(suppressions=[{"kind": "external", "status": "underReview"}])))
    assert (accepted.suppression.reason, accepted.suppression.source) == ("a test", "semgrep")
    assert reviewed.suppression is None


@pytest.mark.parametrize("more", [{"kind": "pass"}, {"kind": "notApplicable"}, {"baselineState": "absent"}])
def test_what_passed_or_is_gone_is_no_finding(more):
    assert findings(sarif(result(**more))) == []
    assert gaps(sarif(result(**more))) == []


def test_what_needs_a_person_is_of_low_confidence():
    assert only(sarif(result(kind="review"))).confidence == "low"


def test_a_message_is_put_together_from_its_rule_and_arguments():
    strings = {"default": {"text": "{0} reaches [the sink](1) from {1} and {7}"}}
    document = sarif(
        result(message={"id": "default", "arguments": ["x", "y"]}), rules=[{"id": "r1", "messageStrings": strings}]
    )
    assert only(document).message == "x reaches the sink from y and {7}"


def test_a_run_that_failed_or_looked_nowhere_is_a_gap():
    failed = [{"executionSuccessful": False, "exitCodeDescription": "out of memory"}]
    notice = {"level": "error", "message": {"text": "a.py: cannot be parsed"}}
    assert "out of memory" in gaps(sarif(result(), invocations=failed))[0].reason
    (gap,) = gaps(sarif(result(), invocations=[{"toolExecutionNotifications": [notice]}]))
    assert gap.reason == "a.py: cannot be parsed"
    assert gaps({"version": "2.1.0", "runs": []})[0].reason == "there is no run in it"
    assert "no results" in gaps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}}]})[0].reason
    elsewhere = {"externalPropertyFileReferences": {"results": [{"location": {"uri": "x"}}]}}
    assert "other files" in gaps(sarif(**elsewhere))[0].reason


def test_what_stands_at_another_line_with_another_severity_is_the_same_finding():
    one = only(sarif(result(line=3, level="error")))
    assert only(sarif(result(line=90, level="note"))).fingerprint == one.fingerprint
    assert only(sarif(result(line=3, snippet="eval(y)"))).fingerprint != one.fingerprint


def test_two_tools_that_see_one_weakness_at_one_place_give_one_fingerprint():
    one = only(sarif(result("a"), rules=[rule("a", tags=["CWE-78"])], tool="semgrep"))
    other = only(sarif(result("b"), rules=[rule("b", tags=["external/cwe/cwe-77"])], tool="CodeQL"))
    assert one.fingerprint == other.fingerprint
    assert one.rule != other.rule


def test_without_a_snippet_the_tools_own_mark_tells_places_apart():
    def marked(line, mark, kind="partialFingerprints"):
        return only(sarif(result(line=line, snippet=None, **{kind: {"primaryLocationLineHash": mark}}))).fingerprint

    assert marked(1, "abc:1") == marked(7, "abc:1")
    assert marked(1, "abc:1") != marked(1, "abd:1")


def test_a_rule_about_credentials_is_never_quoted():
    secret = made_up_secret()
    document = sarif(
        {**result("gcp-key", snippet=f"key = '{secret}'"), "message": {"text": f"found '{secret}' in a.py"}},
        tool="gitleaks",
    )
    found = only(document)
    assert found.practice == "exposure"
    assert secret not in repr(found)
    other = only(sarif(result("gcp-key", snippet="key = 'x'"), tool="gitleaks"))
    assert other.fingerprint == found.fingerprint


def test_our_own_sarif_keeps_its_fingerprints():
    marks = {"wardline/v1": "0123456789abcdef" * 2}
    found = only(sarif(result("vulnerable-dependency", partialFingerprints=marks), tool="Wardline"))
    assert (found.fingerprint, found.rule, found.practice) == (
        marks["wardline/v1"],
        "vulnerable-dependency",
        "dependencies",
    )


def test_a_result_about_an_address_is_about_the_service():
    found = only(sarif(result(uri="https://shop.example/users/17?token=x"), tool="zap"))
    assert (found.practice, found.location.value) == ("pentest", "https://shop.example/users/17")
