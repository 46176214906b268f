import re

import pytest
import samples
from markdown_it import MarkdownIt

from wardline.check.reports.markdown import MARKER, MAX_BYTES, render
from wardline.findings.report import Gap, Report

REPORTS = [samples.report(), samples.hostile(), samples.empty_pass(), samples.cannot_say(), samples.nothing_examined()]
OURS = re.compile(r"<!-- wardline -->|<details><summary>[0-9a-z, ]+</summary>|</details>|<br>")


def comment(report, **changes):
    return render(report, samples.subject(**changes)).decode()


def tokens(text):
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        yield from [token, *(token.children or [])]


@pytest.mark.parametrize("report", REPORTS)
def test_no_markup_but_ours(report):
    for text in (comment(report), render(report, samples.hostile_subject()).decode()):
        for token in tokens(text):
            assert token.type != "image"
            if token.type.startswith("html"):
                assert OURS.sub("", token.content).strip() == ""
            if token.type == "link_open":
                assert re.fullmatch(r"https://osv\.dev/vulnerability/[A-Za-z0-9.:-]+", token.attrs["href"])


@pytest.mark.parametrize("report", REPORTS)
def test_text_outside_code_has_nothing_that_a_forge_links_or_notifies(report):
    text = render(report, samples.hostile_subject()).decode()
    plain = [token.content for token in tokens(text) if token.type == "text"]
    links = set()
    for token in tokens(text):
        if token.type == "link_open":
            links.add(token.attrs["href"].rpartition("/")[2])
    for part in plain:
        if part not in links:
            assert not re.search(r"@|#\d|\bGH-|://|www\.|:[a-z]+:|\$|\b[0-9a-f]{7,64}\b|/\w+#", part), part


def test_tables_have_as_many_cells_as_their_head():
    for report in REPORTS:
        widths = []
        for line in render(report, samples.hostile_subject()).decode().splitlines():
            if line.startswith("|"):
                widths.append(line.count("|"))
                assert widths[-1] == widths[0]
            else:
                widths = []


@pytest.mark.parametrize("number", [100, 3_000])
def test_a_comment_never_exceeds_githubs_limit_and_says_what_is_left_out(number):
    document = render(samples.many(number), samples.subject())
    assert len(document) <= MAX_BYTES
    assert document.startswith(MARKER.encode())
    assert (b"more**: `--format html`" in document) == (number == 3_000)


def test_the_longest_names_and_the_most_gaps_still_fit():
    wide = "漢" * 5_000
    gaps = tuple(Gap(practice="code", scope=f"{n}{wide}", reason=wide, remedy=wide) for n in range(500))
    found = tuple(samples.vulnerable(f"{n}{wide}", wide, ids=(wide,), title=wide, file=wide) for n in range(500))
    document = render(Report(findings=found, gaps=gaps, notes=(wide,) * 500), samples.subject(name=wide))
    assert len(document) <= MAX_BYTES
    assert b"## Wardline: BLOCK" in document
    assert b"more gaps" in document


def test_a_code_fence_cannot_be_closed_by_a_command():
    text = comment(Report(findings=(samples.vulnerable(command="echo ````; @everyone"),)))
    fences = [token for token in tokens(text) if token.type == "fence"]
    assert [fence.content for fence in fences] == ["echo ````; @everyone\n"]


def test_a_command_that_would_have_to_be_changed_is_left_out():
    assert "```" not in comment(Report(findings=(samples.vulnerable(command="a\nb"),)))


def test_the_verdict_the_gaps_and_the_account_are_there():
    text = comment(samples.report())
    assert "## Wardline: BLOCK" in text
    assert "### Not examined (3), so this is not a pass" in text
    assert "| 2 | **critical, exploited** | upgrade `requests 2.19.0 → 2.32.4` |" in text
    assert "low (does not block)" in text
    assert "- **dependencies**: 412 packages in 3 lockfiles examined against advisories of 2026-08-22" in text
    assert "3 suppressed, which do not count" in text
