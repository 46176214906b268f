import gzip
import io

import pytest

from wardline.findings.importers.model import Bounds, DamagedReportError
from wardline.findings.importers.source import Source


def content(raw, **bounds):
    with Source(io.BytesIO(raw), Bounds(**bounds)).open() as file:
        return file.read()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_utf_8_without_a_mark_whatever_it_was(encoding):
    text = '{"a": "é漢😀"}' * 100_000
    assert content(text.encode(encoding)) == text.encode()


def test_a_broken_character_of_utf_16_is_replaced():
    assert content('{"a"}'.encode("utf-16") + b"\x00\xd8") == b'{"a"}\xef\xbf\xbd'


def test_gzip_is_read_through_and_bounded_by_what_comes_out():
    packed = gzip.compress(bytes(50_000_000))
    assert len(content(gzip.compress(b"x" * 1000))) == 1000
    with pytest.raises(DamagedReportError, match="larger than 1,000,000 bytes"):
        content(packed, max_bytes=1_000_000)


def test_broken_gzip_names_the_place():
    with pytest.raises(DamagedReportError, match="cannot be read on after"):
        content(gzip.compress(b"x" * 100_000)[:-20])


def test_a_report_larger_than_the_bound_is_refused():
    with pytest.raises(DamagedReportError, match="larger than 10 bytes"):
        content(b"x" * 11, max_bytes=10)


def test_it_can_be_read_again_from_its_start():
    source = Source(io.BytesIO(b"abc"))
    with source.open() as first:
        assert first.read() == b"abc"
    with source.open() as second:
        assert second.read() == b"abc"


def test_troubles_are_counted_and_the_first_place_is_kept():
    source = Source(io.BytesIO(b""))
    source.trouble("why", "here")
    source.trouble("why", "there")
    assert source.troubles == {"why": ("here", 2)}
