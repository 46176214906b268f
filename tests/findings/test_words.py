import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.findings.world import World, finding

from wardline.findings import list_store, words
from wardline.findings.model import Query
from wardline.findings.report import PackageRef


def test_names_are_kept_whole_and_in_parts():
    package = PackageRef("Maven", "org.apache:log4j-core", "2.14.1", "pkg:maven/org.apache/log4j-core@2.14.1")
    one = finding(package=package, advisories=("CVE-2021-44228",), title="Remote code execution in the Logger")
    found = words.of_text(words.subject(one))
    assert {"org.apache:log4j-core", "log4j", "core", "cve-2021-44228", "44228", "remote", "logger"} <= found
    assert "the" not in found


@given(st.text(), st.text())
def test_whatever_is_asked_or_said_is_cut_into_bounded_words(said, asked):
    found = words.of_text(words.subject(finding(title=said)))
    assert len(found) <= 48
    assert all(0 < len(word) <= 64 for word in (*found, *words.asked(asked)))
    assert len(words.asked(asked)) <= words.MAX_ASKED


SEARCHES = (
    ("log4j", {"a", "c"}),
    ("LOG4J core", {"a"}),
    ("cve-2021-4422", {"a"}),
    ("CVE-2021-44228", {"a"}),
    ("main.py", {"b"}),
    ("src/app/main.py", {"b"}),
    ("app/main", {"b"}),
    ("inject", {"b"}),
    ("sql injection", {"b"}),
    ("ﬁle", {"c"}),
    ("nothing like it", set()),
    ("zzz", set()),
    ("log4j zzz", set()),
    ("   ", {"a", "b", "c"}),
    ("!!! ---", {"a", "b", "c"}),
    ("'; drop table findings; --", set()),
    ("%", {"a", "b", "c"}),
)


@pytest.mark.parametrize("rare", [0, 2000])
def test_a_search_finds_what_has_every_word(platform: World, monkeypatch, rare):
    monkeypatch.setattr(list_store, "_RARE", rare)
    package = PackageRef("Maven", "org.apache:log4j-core", "2.14.1", "pkg:maven/org.apache/log4j-core@2.14.1")
    platform.send(
        finding("a", title="a", rule="vulnerable", package=package, advisories=("CVE-2021-44228",), file="pom.xml"),
        finding("b", title="b: SQL injection", file="src/app/main.py"),
        finding("c", title="c: log4j config file", rule="other"),
    )
    for text, hits in SEARCHES:
        found = platform.all(text=text)
        assert {one.title[0] for one in found} == hits, text
        assert platform.findings.count(platform.auditor, Query(text=text)) == len(hits)


def test_what_every_sentence_has_is_looked_for_only_where_there_is_nothing_else():
    assert words.asked("the parser of this") == ("parser",)
    assert words.left_out("the parser of this") == ("the", "of", "this")
    assert words.asked("in") == words.left_out("in") == ("in",)
    assert words.left_out("in-toto") == ()
