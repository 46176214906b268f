import json
from urllib.parse import unquote, urlsplit
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.reports.writing import advisory_url, code_span, inline, json_bytes, markup, stable_uuid, uri

ANY = st.text(alphabet=st.characters(codec=None))  # with lone surrogates


@given(st.dictionaries(ANY, st.lists(ANY)))
@settings(max_examples=60)
def test_any_text_becomes_valid_json(document):
    assert isinstance(json.loads(json_bytes(document)), dict)


def test_text_is_kept_as_it_is():
    assert json.loads(json_bytes({"a": ["ü\x1b\n", 1, None, ("t",)]})) == {"a": ["ü\x1b\n", 1, None, ["t"]]}
    assert json_bytes([]).endswith(b"\n")


@given(st.text())
@settings(max_examples=100)
def test_a_path_comes_back_from_its_uri_and_is_never_a_scheme(path):
    written = uri(path)
    if not path.startswith("//"):
        assert urlsplit(written).scheme == ""
    assert unquote(written) == path
    assert written.isascii()
    assert not set(written) & set(' "<>\\^`{|}#?[]')


@given(ANY)
@settings(max_examples=100)
def test_text_is_never_markup(text):
    shown = markup(text)
    document = ET.fromstring(f'<a b="{shown}">{shown}</a>')  # noqa: S314 - made here
    assert len(document) == 0
    assert document.text == (document.get("b") or None)


@pytest.mark.parametrize(
    "known", ["CVE-2024-1", "GHSA-j8r2-6x86-q33q", "RHSA-2024:1234", "PYSEC-2024-110", "GO-2022-0.1"]
)
def test_an_advisory_has_a_page(known):
    assert advisory_url(known) == f"https://osv.dev/vulnerability/{known}"


@pytest.mark.parametrize("odd", ["", "a b", "x\ny", '"><script>', "../x", "a/b", "ü", "a?b", "x" * 300])
def test_what_could_be_anything_has_no_page(odd):
    assert advisory_url(odd) is None


def test_the_same_parts_have_the_same_identity():
    assert stable_uuid("a", 1, None) == stable_uuid("a", 1, None) == "83f514a3-4079-5c0d-a0c5-8444fd4ed6f0"
    assert stable_uuid("a", "b") != stable_uuid("ab")
    assert UUID(stable_uuid("\udcff")).version == 5


@given(ANY)
@settings(max_examples=100)
def test_a_code_span_is_one_code_span(text):
    from markdown_it import MarkdownIt

    (paragraph,) = [token for token in MarkdownIt().parse(code_span(text, max_chars=80)) if token.children]
    assert [token.type for token in paragraph.children] == ["code_inline"]


@pytest.mark.parametrize(
    "plain", ["Prototype pollution in minimist", "SQL, built (badly): see 3.2.1.", "It's 50% off?"]
)
def test_plain_words_stay_plain_words(plain):
    assert inline(plain, max_chars=80) == plain


@pytest.mark.parametrize(
    "odd",
    [
        *(
            "@everyone",
            "a <b>",
            "[x](y)",
            "# a",
            "fixes #1",
            "GH-1",
            "www.evil.example",
            "http://a",
            ":tada:",
            "da39a3ee5e6b",
        ),
        *(
            "- a",
            "+ a",
            "1. a",
            "*a*",
            "_a_",
            "~a~",
            "a | b",
            "a & b",
            "$x$",
            "octocat/hello/pull",
            "",
            " a",
            "---",
            "漢字",
        ),
    ],
)
def test_all_else_is_a_code_span(odd):
    assert inline(odd, max_chars=80).startswith("`")
