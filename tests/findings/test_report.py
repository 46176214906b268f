import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.findings.report import (
    SEVERITIES,
    Coverage,
    Exploited,
    Finding,
    Fix,
    Gap,
    Location,
    PackageRef,
    Report,
    Step,
    Suppression,
    at_least,
    finding_from_dict,
    finding_to_dict,
    fingerprint,
    most_urgent_first,
)

DOCUMENT_KEYS = {"schema", "verdict", "findings", "gaps", "coverage"}
FINDING_KEYS = {
    *("fingerprint", "practice", "rule", "title", "severity", "confidence", "file", "line", "end_line", "column"),
    *("message", "cwe", "fix", "package", "advisories", "trace"),
}
EXAMINED = {"code": Coverage(in_scope=1, examined=1)}


def finding(**changes) -> Finding:
    values = {
        "fingerprint": fingerprint("rule", "a.py", "x"),
        "practice": "code",
        "rule": "rule",
        "title": "Title",
        "severity": "high",
        "confidence": "high",
        "message": "Message.",
        "file": "a.py",
        "line": 3,
    }
    return Finding(**{**values, **changes})


GAP = Gap(practice="code", scope="b.py", reason="unreadable", remedy="make it readable")


def test_a_document_has_the_promised_keys():
    document = Report(findings=(finding(),), gaps=(GAP,), coverage=EXAMINED).to_dict()
    assert document.keys() >= DOCUMENT_KEYS
    assert document["schema"] == 1
    assert document["findings"][0].keys() >= FINDING_KEYS
    assert document["gaps"][0].keys() >= {"practice", "scope", "reason", "remedy"}
    assert document["coverage"]["code"].keys() >= {"in_scope", "examined", "gaps", "data_date"}


def test_a_package_has_the_promised_keys():
    package = PackageRef(ecosystem="PyPI", name="a", version="1", purl="pkg:pypi/a@1", paths=(("b@1", "a@1"),))
    written = finding_to_dict(finding(package=package))["package"]
    assert written == {
        "ecosystem": "PyPI",
        "name": "a",
        "version": "1",
        "purl": "pkg:pypi/a@1",
        "paths": [["b@1", "a@1"]],
    }


def test_what_is_absent_is_null_and_never_missing():
    written = finding_to_dict(finding(line=None))
    assert [written[name] for name in ("line", "end_line", "column", "fix", "package", "location")] == [None] * 6
    assert [written[name] for name in ("cwe", "advisories", "trace")] == [[], [], []]


def test_a_location_stands_where_a_file_does_not():
    url = Location(kind="url", value="https://shop.example/")
    written = finding_to_dict(finding(file=None, line=None, location=url))
    assert written["file"] is None
    assert written["location"] == {"kind": "url", "url": "https://shop.example/"}


@pytest.mark.parametrize("where", [{"file": None}, {"location": Location(kind="resource", value="x")}])
def test_a_finding_is_in_one_place_or_is_refused(where):
    with pytest.raises(ValueError, match="in a file or at a location"):
        finding(**where)


def test_a_finding_cannot_be_changed():
    with pytest.raises(AttributeError):
        finding().severity = "low"


def test_a_fingerprint_is_what_it_has_always_been():
    assert fingerprint("vulnerable-dependency", "PyPI", "requests", "CVE-2023-32681") == PINNED
    assert fingerprint("rule", "x\udcff") != fingerprint("rule", "x\udcfe")


PINNED = "63f1574ba8dd0c411ddea1218b719d88"


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
@settings(max_examples=60)
def test_two_contexts_never_run_together(one, other):
    assert (fingerprint("rule", *one) == fingerprint("rule", *other)) == (one == other)


def test_block_wins_over_cannot_say_and_that_over_pass():
    assert Report(coverage=EXAMINED).verdict == "pass"
    assert Report(coverage=EXAMINED, gaps=(GAP,)).verdict == "cannot-say"
    assert Report(coverage=EXAMINED, gaps=(GAP,), findings=(finding(),)).verdict == "block"


def test_nothing_examined_is_never_a_pass():
    assert Report().verdict == "cannot-say"


def test_a_finding_below_the_threshold_does_not_block_and_does_not_hide_a_gap():
    low = finding(severity="low")
    assert Report(coverage=EXAMINED, findings=(low,), fail_on="high").verdict == "pass"
    assert Report(coverage=EXAMINED, findings=(low,), gaps=(GAP,), fail_on="high").verdict == "cannot-say"


def test_a_suppressed_finding_does_not_count():
    assert Report(coverage=EXAMINED, suppressed=(finding(),)).verdict == "pass"


def test_malware_blocks_whatever_the_threshold():
    assert Report(coverage=EXAMINED, findings=(finding(severity="info", blocks=True),), fail_on="critical").verdict == (
        "block"
    )


@pytest.mark.parametrize("threshold", SEVERITIES)
def test_an_unknown_severity_reaches_every_threshold(threshold):
    assert at_least("unknown", threshold)
    assert at_least("critical", threshold)


def test_a_known_severity_reaches_the_thresholds_at_and_below_it():
    order = ["critical", "high", "medium", "low", "info"]
    for number, severity in enumerate(order):
        assert [at_least(severity, threshold) for threshold in order] == [False] * number + [True] * (5 - number)


@pytest.mark.parametrize("account", [{"in_scope": 3, "examined": 1, "gaps": 1}, {"examined": -1, "gaps": 1}])
def test_an_account_that_does_not_add_up_is_refused(account):
    with pytest.raises(ValueError, match="examined"):
        Coverage(**account)


def test_the_most_urgent_comes_first():
    ordered = [
        finding(blocks=True, severity="info"),
        finding(exploited=Exploited(), severity="low"),
        finding(severity="critical"),
        finding(severity="unknown", exploit_probability=0.9),
        finding(severity="high", exploit_probability=0.1),
        finding(severity="medium"),
        finding(severity="low", file="a.py"),
        finding(severity="low", file="b.py"),
        finding(severity="info"),
    ]
    assert most_urgent_first(ordered[::-1]) == tuple(ordered)


TEXT = st.text(max_size=12)
WHEN = st.none() | TEXT
COUNT = st.integers(0, 10**6)
PACKAGES = st.builds(
    PackageRef,
    ecosystem=TEXT,
    name=TEXT,
    version=TEXT,
    purl=TEXT,
    paths=st.lists(st.lists(TEXT, max_size=3).map(tuple), max_size=2).map(tuple),
)
PLACES = st.one_of(
    st.fixed_dictionaries({"file": TEXT, "line": st.none() | COUNT, "end_line": st.none() | COUNT}),
    st.fixed_dictionaries({"location": st.builds(Location, kind=st.sampled_from(["url", "resource"]), value=TEXT)}),
)
FINDINGS = st.builds(
    lambda place, **values: Finding(**place, **values),
    PLACES,
    fingerprint=TEXT,
    practice=st.sampled_from(["dependencies", "exposure", "code", "other"]),
    rule=TEXT,
    title=TEXT,
    severity=st.sampled_from(SEVERITIES),
    confidence=st.sampled_from(["high", "medium", "low"]),
    message=TEXT,
    cwe=st.lists(TEXT, max_size=2).map(tuple),
    advisories=st.lists(TEXT, max_size=2).map(tuple),
    fix=st.none() | st.builds(Fix, kind=TEXT, text=TEXT, version=WHEN, command=WHEN),
    package=st.none() | PACKAGES,
    trace=st.lists(st.builds(Step, file=TEXT, line=COUNT, message=TEXT), max_size=2).map(tuple),
    blocks=st.booleans(),
    exploited=st.none() | st.builds(Exploited, since=WHEN, due=WHEN, ransomware=st.booleans()),
    exploit_probability=st.none() | st.floats(0, 1),
    suppression=st.none() | st.builds(Suppression, source=TEXT, reason=TEXT, until=WHEN),
)
REPORTS = st.builds(
    Report,
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    gaps=st.lists(
        st.builds(Gap, practice=st.just("code"), scope=TEXT, reason=TEXT, remedy=TEXT, units=COUNT), max_size=2
    ).map(tuple),
    coverage=st.dictionaries(
        st.sampled_from(["code", "policy"]),
        st.builds(lambda a, b: Coverage(in_scope=a + b, examined=a, gaps=b, data_date="2026-08-22"), COUNT, COUNT),
    ),
    suppressed=st.lists(FINDINGS, max_size=2).map(tuple),
    notes=st.lists(TEXT, max_size=2).map(tuple),
    fail_on=st.sampled_from(SEVERITIES),
)


@given(REPORTS)
@settings(max_examples=60)
def test_a_report_survives_being_written_and_read(report):
    assert Report.from_dict(report.to_dict()) == report


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _paths(document, path=()):
    yield path
    if isinstance(document, dict | list):
        for key in document if isinstance(document, dict) else range(len(document)):
            yield from _paths(document[key], (*path, key))


def _with(document, path, value):
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = _with(copy[path[0]], path[1:], value)
    return copy


WHOLE = Report(
    findings=(
        finding(
            cwe=("CWE-1",),
            advisories=("CVE-1",),
            fix=Fix(kind="upgrade", text="t", version="2", command="c"),
            package=PackageRef(ecosystem="PyPI", name="a", version="1", purl="p", paths=(("a@1",),)),
            trace=(Step(file="a.py", line=1, message="m"),),
            exploited=Exploited(since="2026-01-01"),
            exploit_probability=0.5,
        ),
        finding(file=None, line=None, location=Location(kind="url", value="u")),
    ),
    gaps=(GAP,),
    coverage=EXAMINED,
    suppressed=(finding(suppression=Suppression(source="s", reason="r", until=None)),),
    notes=("n",),
).to_dict()


@given(st.sampled_from(sorted(_paths(WHOLE), key=str)), JSON)
@settings(max_examples=250)
def test_what_is_no_report_is_refused_in_one_of_three_ways(path, value):
    try:
        report = Report.from_dict(_with(WHOLE, path, value))
    except (KeyError, TypeError, ValueError):
        return
    assert report.verdict in {"pass", "block", "cannot-say"}  # what is let in can be used
    assert Report.from_dict(report.to_dict()).to_dict() == report.to_dict()
    assert len(most_urgent_first(report.findings)) == len(report.findings)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("fail_on",), "severe"),
        (("notes",), "text"),
        (("notes", 0), 7),
        (("coverage",), []),
        (("coverage", "code", "examined"), True),
        (("findings", 0, "severity"), "severe"),
        (("findings", 0, "cwe"), "CWE-1"),
        (("findings", 0, "line"), "3"),
        (("findings", 0, "blocks"), 1),
        (("findings", 0, "package", "paths"), [["a", 1]]),
        (("findings", 0, "more"), 1),
        (("findings", 1, "location", "kind"), "file"),
        (("gaps", 0, "practice"), "cooking"),
    ],
)
def test_a_wrong_type_is_never_let_in(path, value):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Report.from_dict(_with({**WHOLE, "findings": [{**one} for one in WHOLE["findings"]]}, path, value))


def test_a_verdict_in_a_document_is_not_believed():
    assert Report.from_dict({**WHOLE, "verdict": "pass"}).verdict == "block"


def test_a_finding_that_lacks_a_key_is_refused():
    written = finding_to_dict(finding())
    del written["cwe"]
    with pytest.raises(KeyError):
        finding_from_dict(written)


def test_findings_that_differ_are_not_equal():
    assert finding()._replace(severity="low") != finding()
