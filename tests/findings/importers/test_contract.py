"""Every importer, over its examples: what it promises whatever its format is."""

import io
import json

import pytest
from tests.findings.importers.reports import (
    CYCLONEDX_XML,
    EXAMPLES,
    VULNERABILITY_XML,
    ZAP_ITEM,
    ZAP_XML,
    as_bytes,
    told,
)

from wardline.findings.importers import reading
from wardline.findings.importers.model import Account
from wardline.findings.importers.recognition import formats, recognise
from wardline.findings.importers.source import Source
from wardline.findings.report import Finding, Gap, finding_to_dict

NAMES = [one.name for one in formats()]
FIRING = {name: as_bytes(firing) for name, (firing, _) in EXAMPLES.items()}
VARIANTS = {
    **FIRING,
    "cyclonedx as XML": (CYCLONEDX_XML % VULNERABILITY_XML).encode(),
    "zap as XML": (ZAP_XML % ZAP_ITEM).encode(),
}


def split(items):
    return [one for one in items if isinstance(one, Finding)], [one for one in items if isinstance(one, Gap)]


def test_every_format_has_examples_a_title_and_a_page_of_documentation():
    assert set(NAMES) == set(EXAMPLES)
    assert all(len(one.plugin.doc.splitlines()) > 3 and "\n\n" in one.plugin.doc for one in formats())
    assert all(one.title and one.kind in {"json", "xml", "csv"} and one.signs for one in formats())


@pytest.mark.parametrize("name", VARIANTS)
def test_an_example_that_fires_is_recognised_and_gives_one_finding_and_no_gap(name):
    found, gaps = split(told(VARIANTS[name]))
    assert (len(found), gaps) == (1, [])
    assert recognise(Source(io.BytesIO(VARIANTS[name]))).name == name.split()[0]


@pytest.mark.parametrize("name", [name for name, (_, quiet) in EXAMPLES.items() if quiet is not None])
def test_a_quiet_example_gives_neither_a_finding_nor_a_gap_and_was_examined(name):
    items = told(EXAMPLES[name][1], name)
    assert split(items) == ([], [])
    accounts = [one.coverage for one in items if isinstance(one, Account)]
    assert name == "wardline" or [(one.in_scope, one.examined) for one in accounts] == [(1, 1)]


@pytest.mark.parametrize("name", VARIANTS)
def test_the_same_report_twice_gives_the_same(name):
    assert told(VARIANTS[name]) == told(VARIANTS[name])


@pytest.mark.parametrize("name", [name for name in FIRING if FIRING[name][:1] in b"{["])
def test_how_a_report_is_laid_out_changes_nothing(name):
    indented = json.dumps(json.loads(FIRING[name]), indent=3, ensure_ascii=False, sort_keys=True)
    assert told(indented, name) == told(FIRING[name], name)


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_and_utf_16_make_no_difference(name, encoding):
    text = VARIANTS[name].decode().replace('encoding="UTF-8"', "")
    assert told(text.encode(encoding)) == told(text)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_packed_report_is_read_as_it_is(name):
    import gzip

    assert told(gzip.compress(VARIANTS[name])) == told(VARIANTS[name])


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "csv"])  # a table ends wherever it ends
def test_a_report_that_is_cut_short_is_never_a_pass(name):
    content = VARIANTS[name].rstrip()
    for length in range(1, len(content) - 1, max(1, len(content) // 23)):
        found, gaps = split(told(content[:length], name.split()[0]))
        assert found or gaps, content[:length]


@pytest.mark.parametrize("name", VARIANTS)
def test_control_and_bidirectional_characters_do_not_come_through(name):
    nasty = "\x1b[31m\u202egnorw\u0000\r\n::error::"
    if VARIANTS[name][:1] in b"{[":
        escaped = json.dumps(nasty)[1:-1].encode()
        content = VARIANTS[name].replace(b"a.py", b"a" + escaped + b".py").replace(b"sandbox", escaped)
        content = content.replace(b"is wrong", escaped).replace(b"is used", escaped).replace(b"generic", escaped)
    else:
        content = (
            VARIANTS[name].replace(b"a sandbox", "\u202esandbox\x1b".encode()).replace(b"SQL", "\u202e\x07".encode())
        )
    found, _ = split(told(content, name.split()[0]))
    shown = json.dumps([finding_to_dict(one) for one in found], ensure_ascii=False)
    assert shown.isprintable()


@pytest.mark.parametrize("name", VARIANTS)
def test_a_named_format_that_the_report_is_not_in_is_a_gap(name):
    own = name.split()[0]
    other = "sarif" if own != "sarif" else "trivy"
    found, gaps = split(told(VARIANTS[name], other))
    assert found == []
    assert gaps


@pytest.mark.parametrize("name", VARIANTS)
def test_more_findings_than_are_taken_is_a_gap(name):
    bounds = reading.Bounds(max_findings=0)
    found, gaps = split(told(VARIANTS[name], bounds=bounds))
    assert found == []
    assert "more than 0 findings" in gaps[0].reason
