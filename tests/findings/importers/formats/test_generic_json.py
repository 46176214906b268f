import json

import pytest
from tests.findings.importers.reports import findings, gaps

ONE = {"title": "eval is used", "severity": "high", "filePath": "src/a.py", "lineNumber": 3, "cweId": 95}


@pytest.mark.parametrize(
    "document", [[ONE], {"findings": [ONE]}, {"issues": [ONE]}, f"{json.dumps(ONE)}\n", {"meta": {}, "results": [ONE]}]
)
def test_a_list_wherever_it_stands(document):
    (found,) = findings(document)
    assert (found.file, found.line, found.cwe, found.severity) == ("src/a.py", 3, ("CWE-95",), "high")


def test_what_has_no_title_is_counted_as_not_read():
    assert gaps([ONE, {"severity": "high"}, None, 3], "json")[0].units == 3 - 1  # null is no value at all


def test_several_advisories_and_a_purl_are_one_dependency():
    row = {
        **ONE,
        "purl": "pkg:npm/x@1",
        "vulnerability_ids": ["GHSA-aaaa-bbbb-cccc", "CVE-2020-1"],
        "fix_version": "1.2",
    }
    (found,) = findings([row])
    assert (found.advisories, found.fix.version) == (("CVE-2020-1", "GHSA-aaaa-bbbb-cccc"), "1.2")
