import io

import pytest

from wardline.findings.importers.model import UnknownReportError
from wardline.findings.importers.recognition import formats, named, recognise, shapes
from wardline.findings.importers.source import Source


def test_shapes_are_where_keys_stand():
    found = shapes(b'{"runs": [{"tool": {"driver": {"name": "x')
    assert found == {"runs", "runs[].tool", "runs[].tool.driver", "runs[].tool.driver.name"}
    assert shapes(b'[{"a": [1, {"b": 2}]}, {"c": 1}]') == {"[].a", "[].a[].b", "[].c"}
    assert shapes(b"<?xml version='1.0'?>\n<!-- c -->\n<OWASPZAPReport v='1'>") == {"<OWASPZAPReport>"}
    assert shapes(b"Title;Severity\n") == {"column:title", "column:severity"}


def test_a_report_behind_a_tools_messages_is_recognised():
    assert (
        recognise(Source(io.BytesIO(b'warn: x\n{"bomFormat": "CycloneDX", "specVersion": "1.5"}'))).name == "cyclonedx"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"[]", "empty list"),
        (b"PK\x03\x04 ...", "unpack"),
        (b'{"hello": "world"}', "no format"),
        (b"<html><body/></html>", "no format"),
        (b"just words\n", "no format"),
        (b"\x00\x01\x02\x03" * 100, "no format"),
        (b'{"dependencies": {"left-pad": "1.0"}, "name": "a manifest"}', "no format"),
    ],
)
def test_what_is_not_recognised_is_said_with_the_list_of_formats(content, words):
    with pytest.raises(UnknownReportError, match=words) as caught:
        recognise(Source(io.BytesIO(content)))
    assert all(one.name in caught.value.hint for one in formats())


def test_an_unknown_name_is_asked_wrongly_and_shown_harmlessly():
    with pytest.raises(UnknownReportError) as caught:
        named("sa\x1brif")
    assert "\x1b" not in caught.value.detail
    assert "sarif" in caught.value.hint


def test_hostile_heads_are_read_once():
    for content in (
        b"[" * 300_000,
        b'{"a":' * 60_000,
        b'"' * 300_000,
        b'"\\' * 150_000,
        b"<" * 300_000,
        b"<!--" + b"-" * 300_000,
    ):
        assert len(shapes(content)) < 100
