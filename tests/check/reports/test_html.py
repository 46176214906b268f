import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
import samples

from wardline.check.reports.html import MAX_ACTIONS, MAX_FINDINGS, render
from wardline.findings.report import Report

REPORTS = [samples.report(), samples.hostile(), samples.empty_pass(), samples.cannot_say(), samples.nothing_examined()]
VOID = {"meta", "input", "br", "rect"}
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "div", "p", "strong", "h1", "h2", "h3", "ul"),
    *("ol", "li", "b", "span", "nav", "main", "section", "pre", "code", "details", "summary", "table", "thead"),
    *("tbody", "tr", "th", "td", "caption", "fieldset", "legend", "label", "input", "svg", "rect", "footer", "br"),
}


class Page(HTMLParser):
    """All elements, with a check that they nest."""

    def __init__(self, document):
        super().__init__()
        self.open, self.found, self.text = [], [], []
        self.feed(document.decode())
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("report", REPORTS)
def test_a_stranger_adds_no_element_no_attribute_and_no_address(report):
    page = Page(render(report, samples.hostile_subject()))
    assert page.open == []
    assert {tag for tag, _ in page.found} <= ELEMENTS
    for _, attributes in page.found:
        assert not [
            name for name in attributes if name.startswith("on") or name in {"src", "style", "srcset", "action"}
        ]
        if "href" in attributes:
            assert re.fullmatch(r"#[a-z-]+|https://osv\.dev/vulnerability/[A-Za-z0-9.:-]+", attributes["href"])


def test_the_policy_forbids_everything_but_the_one_style():
    document = render(samples.report(), samples.subject()).decode()
    style = re.search(r"<style>(.*?)</style>", document, re.DOTALL).group(1)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', document)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert document.index("Content-Security-Policy") < document.index("<style>")
    assert "url(" not in style
    assert "@import" not in style


def test_anchors_lead_somewhere_and_ids_are_unique():
    for report in REPORTS:
        page = Page(render(report, samples.subject()))
        ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
        assert len(set(ids)) == len(ids)
        named = {attributes["href"][1:] for _, attributes in page.found if attributes.get("href", "").startswith("#")}
        named |= {attributes["aria-labelledby"] for _, attributes in page.found if "aria-labelledby" in attributes}
        assert named <= set(ids)


def test_the_page_says_the_verdict_what_to_do_and_what_was_not_examined():
    text = " ".join(" ".join(Page(render(samples.report(), samples.subject())).text).split())
    for part in (
        *("Block", "9 findings block; 1 below the threshold; 3 not examined; 3 suppressed."),
        *("Upgrade requests 2.19.0 → 2.32.4", "exploited in the wild", "uv lock --upgrade-package requests==2.32.4"),
        *("94.1% chance of exploitation", "by ransomware", "Not examined (3), so this is not a pass"),
        *("412 packages in 3 lockfiles examined", "Wardline 0.1.0", "3f2a9c1d5e6b7a8091a2b3c4d5e6f708192a3b4c"),
    ):
        assert part in text


def test_what_cannot_be_said_comes_before_what_to_do():
    low = samples.vulnerable(severity="low")
    document = render(Report(findings=(low,), gaps=samples.gaps(), fail_on="high"), samples.subject()).decode()
    assert document.index('id="gaps"') < document.index('id="to-do"')


def test_a_bar_is_full_only_where_nothing_is_missing():
    document = render(samples.report(), samples.subject()).decode()
    assert re.findall(r'<rect width="([^"]+)"', document) == ["96", "100", "100", "100"]
    assert "99.2 %" in document


def test_ten_thousand_findings_are_capped_and_the_page_says_so():
    document = render(samples.many(), samples.subject(inventory=None))
    assert len(document) < 2_000_000
    page = Page(document)
    rows = [1 for tag, attributes in page.found if tag == "tr" and "dependencies" in attributes.get("class", "")]
    assert len(rows) == MAX_FINDINGS
    assert sum(attributes.get("class") == "card" for _, attributes in page.found) == MAX_ACTIONS
    text = " ".join(page.text)
    assert "And 9,000 more findings" in text
    assert re.search(r"And [\d,]+ more\b", text)


def test_every_filter_has_rows_to_hide():
    document = render(samples.report(), samples.subject()).decode()
    shown = re.findall(r'id="show-([a-z]+)"', document)
    assert shown
    for name in shown:
        assert re.search(rf'<tr class="[a-z ]*\b{name}\b', document)
        assert re.search(rf"#show-{name}:not\(:checked\)\) tr\.{name}\b", document)
