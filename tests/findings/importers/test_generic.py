import io

import pytest

from wardline.findings.importers.generic import finding
from wardline.findings.importers.source import Source

SOURCE = Source(io.BytesIO(b""))


@pytest.mark.parametrize(
    "row", [None, 3, [], "x", {}, {"severity": "high"}, {"title": ["", None]}, {"title": {"a": 1}}]
)
def test_what_has_no_title_is_no_finding(row):
    assert finding(SOURCE, row) is None


def test_names_in_any_spelling_mean_the_same():
    spellings = [{"lineNumber": 3, "Title": "x"}, {"LINE NUMBER": "3", "title": "x"}, {"line-number": 3.0, "name": "x"}]
    assert {finding(SOURCE, {**row, "file": "a.py"}).line for row in spellings} == {3}


def test_the_first_of_several_values_is_taken():
    assert finding(SOURCE, {"title": ["a", "b"], "severity": ["low"]}).title == "a"


def test_a_text_that_repairs_is_no_version():
    assert finding(SOURCE, {"title": "x", "fix": "use 2.0 or later"}).fix.kind == "edit"
    assert finding(SOURCE, {"title": "x", "fix": "v2.0.1"}).fix.version == "v2.0.1"
