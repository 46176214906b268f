import io

from tests.findings.importers.reports import as_bytes, sarif

from wardline.findings.importers.sarif_runs import Run, runs
from wardline.findings.importers.source import Source


def test_a_result_without_any_rule_has_one_all_the_same():
    assert Run("").rule({}).id == "unnamed"
    assert Run("").rule({"ruleIndex": 7, "rule": {"index": "x"}, "ruleId": 3}).id == "3"


def test_a_negative_index_names_nothing():
    found = runs(Source(io.BytesIO(as_bytes(sarif(rules=[{"id": "a"}])))))
    run = found.of(("runs", 0))
    assert run.rule({"ruleIndex": -1}).id == "unnamed"
    assert run.rule({"ruleIndex": 0}).id == "a"
    assert run.path({"index": -1}) == ""


def test_a_tool_has_one_name_whatever_it_was_bought_as():
    found = runs(Source(io.BytesIO(as_bytes(sarif(tool="Semgrep OSS")))))
    assert found.of(("runs", 0)).tool == "semgrep"
    odd = runs(Source(io.BytesIO(as_bytes(sarif(tool="Ünïcode Scan/er\x1b")))))
    assert odd.of(("runs", 0)).tool.isascii()
