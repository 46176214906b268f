import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jinja2
import pytest
from markupsafe import Markup

from wardline.web import rendering

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEMPLATES = sorted(Path(rendering.__file__).with_name("templates").glob("*.html"))


def shown(template, **values):
    return rendering.environment().from_string(template).render(now=NOW, **values)


def test_there_are_templates():
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_style_script_or_trusted_text_of_its_own(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|\|\s*safe\b|autoescape|hx-on|js:|javascript:", text)
    assert not re.search(r"<script(?! src=\"\{\{ static)", text)
    assert not re.search(r'hx-trigger="[^"]*\[', text)  # a filter there would be a script
    for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
        assert "guard()" in form or 'name="csrf"' in form or "/sign-in/" in form, form[:200]
    for link in re.findall(r'href="(https?:[^"]*)"', text):
        raise AssertionError(link)


def test_what_is_not_there_is_an_error_and_not_an_empty_place():
    with pytest.raises(jinja2.UndefinedError):
        shown("{{ nothing }}")


def test_text_is_escaped_and_what_cannot_be_seen_is_spelled_out():
    assert shown("{{ text }}", text="<b>\u202e\x1b&") == "&lt;b&gt;\\u202e\\x1b&amp;"
    assert shown("{{ text }}", text=Markup("<b>")) == "<b>"
    assert shown("{{ text }}", text=None) == ""


def test_paragraphs_stay_paragraphs_and_lines_of_a_field_stay_lines():
    assert shown("{{ text|prose }}", text="a\n\n<b>\x07") == "<p>a</p><p>&lt;b&gt;\\x07</p>"
    assert shown("{{ text|verbatim }}", text="a\r\n\tb</textarea>") == "a\n    b&lt;/textarea&gt;"
    assert shown("{{ text|verbatim }}", text=None) == ""


def test_a_time_is_relative_and_exact():
    at = NOW - timedelta(days=2)
    assert shown("{{ at|when }}", at=at) == (
        '<time datetime="2026-02-28T09:00:00Z" title="2026-02-28 09:00:00 UTC">2 days ago</time>'
    )
    both = shown("{{ at|when(both=True) }}", at=at)
    assert 'title="2026-02-28 09:00:00 UTC">2 days ago' in both
    assert "28 Feb 2026, 09:00 UTC</span></time>" in both
    assert shown("{{ at|moment }}", at=at).endswith('title="2026-02-28 09:00:00 UTC">28 Feb 2026, 09:00 UTC</time>')
    assert "<time" not in shown("{{ at|when }}", at=None)
    assert ">2 d overdue</time>" in shown("{{ at|clock }}", at=at)


def test_only_what_has_the_shape_of_an_id_becomes_a_link():
    ask = rendering.environment().filters
    assert ask["advisory"]("GHSA-jfh8-c2jp-5v3q") == "https://osv.dev/vulnerability/GHSA-jfh8-c2jp-5v3q"
    assert ask["cwe"]("CWE-79") == "https://cwe.mitre.org/data/definitions/79.html"
    for text in ("javascript:alert(1)", 'CVE-1"onclick', "CVE-2021-1/../..", "", "CVE-" + "9" * 99):
        assert ask["advisory"](text) is None
    assert ask["cwe"]("CWE-79\n") is None


def test_a_query_leaves_out_what_says_nothing():
    assert rendering.query({"q": "a b", "team": ["x", "y"], "after": None, "standing": ""}) == "?q=a+b&team=x&team=y"
    assert rendering.query({"q": ""}) == ""
