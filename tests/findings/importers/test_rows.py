import io

import pytest

from wardline.findings.importers.model import DamagedReportError
from wardline.findings.importers.rows import header, rows
from wardline.findings.importers.source import Source


def read(text):
    return list(rows(Source(io.BytesIO(text if isinstance(text, bytes) else text.encode()))))


def test_names_are_folded_and_empty_cells_left_out():
    assert header(b'CWE Id;"Line-Number";;Title\n') == ["cwe_id", "line_number", "", "title"]
    assert read("CWE Id,Title,x\n79,,1\n,,\n") == [(2, {"cwe_id": "79", "x": "1"})]


def test_rows_longer_and_shorter_than_the_header():
    assert read("a,b\n1\n1,2,3\n") == [(2, {"a": "1"}), (3, {"a": "1", "b": "2"})]


@pytest.mark.parametrize("text", ["", "\n\n", ",,,\n1,2,3\n"])
def test_a_table_without_a_header_is_damaged(text):
    with pytest.raises(DamagedReportError):
        read(text)


def test_a_row_that_is_too_large_is_left_out_and_said():
    source = Source(io.BytesIO(b"a,b\n1,2\n" + b"x" * 3_000_000 + b"\n3,4\n"))
    assert [row for _, row in rows(source)] == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert source.troubles


def test_a_quoted_field_that_goes_on_for_ever_is_damaged():
    with pytest.raises(DamagedReportError, match="cannot be read on at line"):
        read('a,b\n"' + "x\n" * 2_000_000)


def test_a_row_of_endless_quoted_lines_is_damaged():
    with pytest.raises(DamagedReportError, match="larger"):
        read("a,b\n" + '"x\n",' * 1_000_000)


def test_nul_and_other_dirt_is_no_end():
    assert read(b"a,b\n\x001\x00,\xff\n") == [(2, {"a": "1", "b": "\ufffd"})]
