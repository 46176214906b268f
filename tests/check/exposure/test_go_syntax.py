"""Expressions in Go's syntax mean the same with google-re2 and with the standard library."""

import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.exposure import go_syntax, patterns
from wardline.check.exposure.go_syntax import ExpressionError, translated, with_re

TEXTS = [
    b"",
    b"\n",
    b"key = 'abc-DEF_123'\nnext\n",
    b"abcABC",
    b"a\nb\n",
    b"a{2}b",
    b"x]y[z",
    b"tab\there \x0b\x0c",
    "smörgås €5".encode(),
    b"foofoo FOO bar",
    b"a.b*c",
]
SAME = [
    r"(?i)abc",
    r"abc(?i)abc",
    r"a(?i)b|c",
    r"(a(?i)b|C)c",
    r"(?i:a)b",
    r"(?i)a(?-i)b|C",
    r"(?i)a(?:(?-i)b|c)C",
    r"^a$|b$",
    r"(?m)^[ab]$",
    r"a$",
    r"\Ax|\n\z",
    r"a.b",
    r"(?s)a.b",
    r"[[:alpha:]]+",
    r"[[:upper:][:digit:]_-]+",
    r"[]x]+",
    r"[^]x]+",
    r"[\]\[]",
    r"[a\-c]",
    r"[a-]+",
    r"a{2}b",
    r"a\{2\}b",
    r"a{,2}b|a{x}",
    r"\Qa.b*\Ec",
    r"\s+\S",
    r"[\s]+",
    r"[\w.=-]{1,3}",
    r"\x61|\x{62}|\143",
    r"(?P<secret>b)|(?:c)",
    r"(?U)a.*c",
    r"a+?b??",
    r"(foo){1,2}?",
    r"\bfoo\b",
    r"ö|\x{20ac}",
    r"[\x60'\"\s;]",
    r"\$|\/|\"|#| ",
]
REFUSED = [
    "(?=a)",
    "(?<!a)b",
    "(?P=name)",
    r"(a)\1",
    "a**",
    "a{2}{3}",
    "a*+",
    "*a",
    "(|*)",
    "(a",
    "a)",
    "[a",
    "[z-a]",
    "a{1001}",
    "a{3,2}",
    "\\",
    "(?z)",
    r"\p{Greek}",
    "[é]",
    "[[:^alpha:]]",
    "(" * 200 + ")" * 200,
    "a" * 30_000,
]


@pytest.mark.parametrize("expression", SAME)
def test_both_find_the_same(expression):
    if patterns.re2() is None:
        pytest.skip("google-re2 is not installed here")
    ours, theirs = with_re(expression), go_syntax.compiled(expression)
    for text in TEXTS:
        mine = [(match.span(), match.groups()) for match in ours.finditer(text)]
        assert mine == [(match.span(), match.groups()) for match in theirs.finditer(text)], text


@pytest.mark.parametrize("expression", REFUSED)
def test_what_go_refuses_or_cannot_be_said_is_refused_with_a_reason(expression, monkeypatch):
    monkeypatch.setattr(go_syntax, "re2", lambda: None)
    with pytest.raises(ExpressionError) as caught:
        go_syntax.compiled(expression)
    assert caught.value.detail


@pytest.mark.parametrize("expression", ["(a", "[[:nothing:]]", "a{1001}", "\\p{Nobody}", "(?=a)"])
def test_the_compiled_engine_refuses_as_well(expression):
    if patterns.re2() is None:
        pytest.skip("google-re2 is not installed here")
    with pytest.raises(ExpressionError, match="RE2"):
        go_syntax.compiled(expression)


def test_what_needs_unicode_is_searched_for_where_it_can_be():
    if patterns.re2() is None:
        pytest.skip("google-re2 is not installed here")
    assert go_syntax.compiled(r"\p{Greek}+").search("x αβ".encode()).group() == "αβ".encode()
    assert go_syntax.compiled("[é]").search("café".encode()) is not None


PIECES = st.sampled_from(
    [
        "a",
        "B",
        ".",
        "(",
        ")",
        "|",
        "*",
        "+",
        "?",
        "{2}",
        "{1,}",
        "[ab]",
        "[^a]",
        "(?i)",
        "(?-i)",
        "(?:",
        "^",
        "$",
        r"\b",
        "-",
        "\\n",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_either_takes_means_the_same_to_both(expression):
    if patterns.re2() is None:
        pytest.skip("google-re2 is not installed here")
    try:
        ours = with_re(expression)
    except ExpressionError:
        return
    try:
        theirs = go_syntax.compiled(expression)
    except ExpressionError:
        return
    for text in (b"aBab\nBA\n", b"bbb-a", b""):
        mine, other = ours.search(text), theirs.search(text)
        assert (mine and mine.span()) == (other and other.span()), (expression, text)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab()[]{}|*+?\\^$.-:<>!=PQEisx09, é", max_size=30))
def test_no_expression_is_too_strange(expression):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(translated(expression).encode("ascii"))
        except (ExpressionError, re.error):
            return
