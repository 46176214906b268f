import json

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.findings.importers.reports import OWN_FINDING, findings, gaps, own, told

from wardline.findings.importers.service import collected
from wardline.findings.report import Coverage, Finding, Gap, Location, Report, Suppression

TEXT = st.text("aé漢 .-%", min_size=1, max_size=8)
FINDINGS = st.fixed_dictionaries(
    {
        "fingerprint": TEXT,
        "practice": st.sampled_from(["code", "pentest"]),
        "rule": TEXT,
        "title": TEXT,
        "severity": st.sampled_from(["critical", "low", "unknown"]),
        "confidence": st.sampled_from(["high", "low"]),
        "message": TEXT,
        "location": TEXT.map(lambda value: Location("url", value)),
        "cwe": st.lists(TEXT, max_size=2).map(tuple),
        "suppression": st.none() | TEXT.map(lambda value: Suppression("x", value, None)),
        "vector": st.none() | TEXT,
    }
).map(lambda fields: Finding(**fields))


@settings(max_examples=25, deadline=None)
@given(st.lists(FINDINGS, max_size=5), st.booleans())
def test_what_check_wrote_comes_back_as_it_was(found, whole):
    report = Report(
        findings=tuple(one for one in found if one.suppression is None),
        suppressed=tuple(one for one in found if one.suppression is not None),
        gaps=() if whole else (Gap("code", "a.py", "unreadable", "repair it", 2),),
        coverage={
            "code": Coverage(in_scope=4, examined=4 if whole else 2, gaps=0 if whole else 2, data_date="2026-01-02")
        },
        notes=("a note",),
    )
    read = collected(told(report.to_dict()))
    assert set(map(repr, read.findings)) == set(map(repr, report.findings))
    assert set(map(repr, read.suppressed)) == set(map(repr, report.suppressed))
    assert (read.gaps, read.notes, read.verdict) == (report.gaps, report.notes, report.verdict)
    assert read.coverage["code"]._replace(suppressed=0) == report.coverage["code"]


def test_one_that_is_not_as_the_schema_says_is_a_gap_and_the_others_come():
    for name, wrong in [("severity", "awful"), ("line", "3"), ("file", None), ("cwe", "CWE-1"), ("trace", [3])]:
        document = own({**OWN_FINDING, name: wrong}, OWN_FINDING)
        assert len(findings(document)) == 1
        assert "not as the schema says" in gaps(document)[0].reason


def test_no_list_of_findings_is_a_gap():
    for wrong in (None, 3, {}, "none"):
        assert "no list of findings" in gaps({**own(), "findings": wrong}, "wardline")[0].reason


def test_another_schema_is_not_guessed_at():
    document = {**own(OWN_FINDING), "schema": 2}
    assert findings(document) == []
    assert "schema 2" in gaps(document)[0].reason


def test_control_characters_are_made_harmless_here_too():
    (found,) = findings(json.dumps(own({**OWN_FINDING, "title": "a\x1b[31m\u202e"})))
    assert found.title == "a\\x1b[31m\\u202e"
