"""A team's rules in gitleaks' format: what is understood holds, and what is not is said with its rule and line."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.exposure import gitleaks, go_syntax, patterns
from wardline.check.exposure.contents import search
from wardline.check.exposure.engine import default
from wardline.check.exposure.team import Team

OWN = frozenset({"github-oauth-token"})
RULE = """
[[rules]]
id = "acme"
description = "An Acme key."
regex = '''acme_([a-z0-9]{8})'''
"""


@pytest.fixture(params=["re", "re2"], autouse=True)
def engines(request, monkeypatch):
    if request.param == "re":
        monkeypatch.setattr(go_syntax, "re2", lambda: None)
    elif patterns.re2() is None:
        pytest.skip("google-re2 is not installed here")


def nowhere(name):
    raise FileNotFoundError(name)


def read(text, other=nowhere):
    return gitleaks.read(text.encode(), ".wardline/exposure.toml", other, OWN)


def obeyed(text, other=nowhere):
    found = read(text, other)
    assert found.gaps == ()
    return found


def hits(found, content, path="a.txt"):
    listed = search(content.encode(), path, default().with_team(Team(found.rules))).hits
    return [(hit.rule.id, hit.value.decode(), hit.line) for hit in listed if hit.rule.id.startswith("team/")]


def test_the_value_is_the_first_group_that_matched_or_the_one_that_is_named():
    content = "x\nacme_abcd1234 y\n"
    assert hits(obeyed(RULE), content) == [("team/acme", "abcd1234", 2)]
    whole = RULE.replace("(", "(?:")
    assert hits(obeyed(whole), content) == [("team/acme", "acme_abcd1234", 2)]
    second = RULE.replace("acme_(", "(a)cme_(") + "secretGroup = 2\n"
    assert hits(obeyed(second), content) == [("team/acme", "abcd1234", 2)]


def test_entropy_keywords_and_path_narrow_a_rule():
    assert hits(obeyed(RULE + "entropy = 2.5\n"), "acme_aaaaaaaa acme_abcd1234") == [("team/acme", "abcd1234", 1)]
    keyed = obeyed(RULE + 'keywords = ["Billing"]\n')
    assert hits(keyed, "acme_abcd1234") == []
    assert hits(keyed, "# BILLING\nacme_abcd1234") == [("team/acme", "abcd1234", 2)]
    placed = obeyed(RULE + "path = '''\\.env$'''\n")
    assert hits(placed, "acme_abcd1234", "a.py") == []
    assert len(hits(placed, "acme_abcd1234", "x/.env")) == 1


def test_a_rule_about_paths_alone_finds_the_file():
    found = obeyed("[[rules]]\nid = 'key-file'\ndescription = 'A private key file'\npath = '''\\.p12$'''\n")
    assert hits(found, "anything", "a/b.p12") == [("team/key-file", "", 1)]
    assert hits(found, "anything", "a/b.txt") == []


ALLOWED = {
    "regexes": ("regexes = ['''^abcd''']", "acme_abcd1234", "acme_xbcd1234"),
    "of the match": ("regexTarget = 'match'\nregexes = ['''^acme_a''']", "acme_abcd1234", "acme_xbcd1234"),
    "of the line": ("regexTarget = 'line'\nregexes = ['''sample''']", "acme_abcd1234 # sample", "acme_abcd1234"),
    "stop words": ("stopwords = ['BCD']", "acme_abcd1234", "acme_axcd1234"),
    "all of them": (
        "condition = 'AND'\npaths = ['''a\\.txt''']\nstopwords = ['abc']",
        "acme_abcd1234",
        "acme_xbxd1234",
    ),
}


@pytest.mark.parametrize("where", ["[[rules.allowlists]]", "[rules.allowlist]", "[[allowlists]]", "[allowlist]"])
@pytest.mark.parametrize("case", ALLOWED)
def test_an_allowlist_passes_over_what_it_names(case, where):
    written, quiet, loud = ALLOWED[case]
    found = obeyed(f"{RULE}\n{where}\n{written}\n")
    assert hits(found, quiet) == []
    assert len(hits(found, loud)) == 1


def test_an_allowlist_by_path_and_one_for_named_rules():
    by_path = obeyed(f"{RULE}\n[[allowlists]]\npaths = ['''^test/''']\n")
    assert hits(by_path, "acme_abcd1234", "test/a") == []
    assert len(hits(by_path, "acme_abcd1234", "src/a")) == 1
    other = RULE.replace("acme", "bcme")
    targeted = obeyed(f"{RULE}{other}\n[[allowlists]]\ntargetRules = ['acme']\nstopwords = ['abcd']\n")
    assert [name for name, _, _ in hits(targeted, "acme_abcd1234 bcme_abcd1234")] == ["team/bcme"]


def test_conditions_of_which_all_must_hold_do_not_when_one_does_not():
    found = obeyed(f"{RULE}\n[[rules.allowlists]]\ncondition = 'AND'\npaths = ['''b''']\nstopwords = ['abc']\n")
    assert len(hits(found, "acme_abcd1234", "a.txt")) == 1


def test_a_file_is_extended_by_another_of_the_tree_whose_rules_it_completes_and_switches_off():
    outer = "[extend]\npath = 'more.toml'\ndisabledRules = ['bcme']\n[[rules]]\nid = 'acme'\nentropy = 2.5\n"
    inner = RULE + RULE.replace("acme", "bcme")
    found = obeyed(outer, {"more.toml": inner.encode()}.__getitem__)
    assert [one.rule.id for one in found.rules] == ["team/acme"]
    assert hits(found, "acme_aaaaaaaa acme_abcd1234 bcme_abcd1234") == [("team/acme", "abcd1234", 1)]
    endless = read("[extend]\npath = 'x'\n", lambda _: b"[extend]\npath = 'x'\n")
    assert ["extended 2 times at most" in gap.reason for gap in endless.gaps] == [True]


def test_the_default_rules_of_gitleaks_are_stood_in_for_and_ours_are_not_switched_off():
    found = read("[extend]\nuseDefault = true\ndisabledRules = ['generic-api-key', 'github-oauth-token']\n")
    assert "Wardline's own rules stand" in found.notes[0]
    assert ["github-oauth-token is Wardline's own" in gap.reason for gap in found.gaps] == [True]


LINE = RULE.count("\n") + 1
NOT_HONOURED = {
    "look-around": (RULE.replace("acme_(", "(?=a)acme_("), "acme is not searched for", 2),
    "a second rule": (RULE + RULE.replace("acme", "bcme").replace("{8})", "{8}"), "bcme is not searched for", 7),
    "no id": (RULE.replace('id = "acme"', ""), "the rule number 1", 2),
    "nothing to search for": ("[[rules]]\nid = 'generic-api-key'\nentropy = 3\n", "default rules", 1),
    "a group too many": (RULE + "secretGroup = 2\n", "secretGroup", 2),
    "entropy in words": (RULE + "entropy = 'high'\n", "entropy", 2),
    "a composite": (RULE + "[[rules.required]]\nid = 'other'\n", "required is not understood", 2),
    "an unknown key": (RULE + "verify = true\n", "verify", 2),
    "an unknown condition": (RULE + "[[rules.allowlists]]\ncondition = 'XOR'\nstopwords = ['a']\n", "XOR|condition", 2),
    "an empty allowlist": (RULE + "[[rules.allowlists]]\ndescription = 'x'\n", "neither regexes", 2),
    "commits": (RULE + "[[rules.allowlists]]\ncommits = ['abc']\n", "certain commits", 2),
    "a global one": (RULE + "[[allowlists]]\nregexes = ['''(''']\n", "does not hold", LINE),
    "a target that is not there": (RULE + "[[allowlists]]\ntargetRules=['z']\nstopwords=['a']\n", "the rule z", LINE),
    "an address": ("[extend]\nurl = 'https://rules.example'\n", "url", None),
    "a file that is not there": ("[extend]\npath = '../x'\n", "cannot be read", None),
    "an unknown table": ("[verify]\nx = 1\n", "verify", None),
    "no TOML": ("a = \n", "not TOML", 1),
    "keywords in one": (RULE + "keywords = 'acme'\n", "keywords", 2),
    "rules in one": ("rules = 3\n", "rules is no list", None),
    "allowlists in one": (RULE + "allowlists = 3\n", "allowlists", 2),
}


@pytest.mark.parametrize("case", NOT_HONOURED)
def test_what_cannot_be_honoured_is_a_gap_with_rule_and_line(case):
    text, reason, line = NOT_HONOURED[case]
    found = read(text)
    (gap,) = found.gaps
    assert re.search(reason, gap.reason), gap.reason
    assert gap.scope == ".wardline/exposure.toml" + (f":{line}" if line else "")
    assert gap.remedy


def test_an_allowlist_that_is_not_honoured_allows_nothing():
    found = read(f"{RULE}\n[[rules.allowlists]]\ncondition = 'AND'\ncommits = ['abc']\nstopwords = ['abcd']\n")
    assert len(hits(found, "acme_abcd1234")) == 1


def test_hostile_files_are_bounded():
    many = "".join(f"[[rules]]\nid = 'r{number}'\nregex = 'x'\n" for number in range(gitleaks.MAX_RULES + 1))
    assert read(many).rules == ()
    words = ",".join(["'abcdef'"] * (gitleaks.MAX_LISTED + 1))
    assert "lists more than" in read(f"{RULE}keywords = [{words}]\n").gaps[0].reason
    wrong = "".join(f"[[rules]]\nid = 'r{number}'\n" for number in range(500))
    assert len(read(wrong).gaps) == gitleaks.MAX_GAPS
    assert "larger than" in read("#" * (gitleaks.MAX_BYTES + 1)).gaps[0].reason


def test_reading_has_an_end(monkeypatch):
    def slow(_expression):
        while True:
            pass

    monkeypatch.setattr(gitleaks, "compiled", slow)
    monkeypatch.setattr(gitleaks, "SECONDS", 0.05)
    assert "took longer" in read(RULE).gaps[0].reason


KEYS = st.sampled_from(
    ["id", "regex", "path", "entropy", "keywords", "allowlists", "allowlist", "secretGroup", "rules"]
)
VALUES = st.recursive(
    st.one_of(st.integers(-3, 9), st.booleans(), st.text(max_size=8), st.sampled_from(["a", "(", "x+"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["rules", "allowlist", "allowlists", "extend", "title"]), VALUES, max_size=4))
def test_no_file_is_too_strange(document):
    import rtoml

    try:
        text = rtoml.dumps(document)
    except (rtoml.TomlSerializationError, ValueError):
        return
    found = read(text)
    assert all(one.rule.id.startswith("team/") for one in found.rules)
