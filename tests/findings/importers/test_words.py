import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.findings.importers import words
from wardline.findings.report import Location

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(ANYTHING, ANYTHING)
def test_of_anything_comes_what_was_asked_for_or_nothing(one, other):
    assert words.text(one, 50).isprintable()
    assert len(words.text(one, 50)) <= 50
    assert words.line(one) is None or words.line(one) >= 1
    assert words.number(one) is None or abs(words.number(one)) < 1e300
    assert all(name.startswith("CWE-") for name in words.cwes(one, other))
    assert words.severity(one) in {"critical", "high", "medium", "low", "info", "unknown"}
    assert words.scored(one) in {"critical", "high", "medium", "low", "info", "unknown"}
    assert words.probability(one) is None or 0 <= words.probability(one) <= 1
    assert all(name.isprintable() for name in words.identifiers(one, other))
    assert set(words.place(one, str(other))) < {"file", "location"}
    assert words.at(one, "a", 0) is None or isinstance(one, dict)
    assert isinstance(words.objects(one), list)


@pytest.mark.parametrize(
    ("said", "cwe"),
    [
        ("CWE-79: script", ("CWE-79",)),
        (["external/cwe/cwe-089", "cwe_22", "CWE 0078"], ("CWE-89", "CWE-22", "CWE-78")),
        ([79, "89", -1, True, 10**9], ("CWE-79", "CWE-89")),
        ("CWE-noinfo", ()),
    ],
)
def test_weaknesses_are_written_in_many_ways(said, cwe):
    assert words.cwes(said) == cwe


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("./src//a.py", "src/a.py"),
        ("src\\a.py", "src/a.py"),
        ("file:src/a%20b.py", "src/a b.py"),
        ("file:///tree/src/a.py", "src/a.py"),
        ("/tree/src/../a.py", "a.py"),
        ("a\u202e\x1b.py", "a\\u202e\\x1b.py"),
    ],
)
def test_a_path_in_the_tree_is_a_file(path, file):
    assert words.place(path, "/tree") == {"file": file}


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "C:\\x\\y.py", "file:///C:/x", "/treehouse/a.py", "a/../../b"])
def test_a_path_out_of_the_tree_is_a_location(path):
    assert words.place(path, "/tree").keys() == {"location"}


def test_what_has_no_path_is_at_what_it_is_about():
    assert words.place(None, "", "pkg:npm/x") == {"location": Location("resource", "pkg:npm/x")}
    assert words.place("", "") == {"location": Location("resource", "the report")}


def test_ids_are_spelled_as_their_authorities_do():
    assert words.identifiers(["cve-2020-1", "ghsa-AAAA-bbbb-CCCC"], "PYSEC-1", "two words", None, "CVE-2020-1") == (
        "CVE-2020-1",
        "GHSA-aaaa-bbbb-cccc",
        "PYSEC-1",
    )


def test_sentences_end_once():
    assert words.sentences(["one.", "two", "", "three!"]) == "one. two. three!"
