import csv
import io
import json

import pytest

from wardline.kernel.paging import Listing, Page
from wardline.web import exports


def pieces(numbers):
    def ask(page: Page):
        start = int(page.cursor or 0)
        rows = numbers[start : start + page.limit]
        end = start + len(rows)
        return Listing(rows, str(end) if end < len(numbers) else None)

    return ask


def test_every_row_is_asked_for_a_piece_at_a_time_up_to_a_bound():
    assert list(exports.every(pieces(list(range(1234))))) == list(range(1234))
    assert len(list(exports.every(pieces(list(range(1234))), most=700))) == 700
    assert list(exports.every(pieces([]))) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "%0A", "|calc"])
def test_a_spreadsheet_takes_no_text_for_a_formula(text):
    assert exports.cell(text).startswith("'")


def test_numbers_stay_numbers_and_nothing_stays_nothing():
    assert exports.cell(-5) == "-5"
    assert exports.cell(None) == ""
    assert exports.cell("plain") == "plain"


def test_csv_keeps_commas_quotes_and_lines_within_their_cell():
    rows = [{"a": 'x, "y"\nz', "b": 1}, {"a": "\udcff", "b": None}]
    answer = exports.answer("csv", "things", rows, ("a", "b"))
    assert list(csv.reader(io.StringIO(answer.body.decode(), newline=""))) == [
        ["a", "b"],
        ['x, "y"\nz', "1"],
        ["?", ""],
    ]
    assert 'filename="things.csv"' in answer.headers["content-disposition"]


def test_json_has_every_value():
    answer = exports.answer("json", "things", [{"a": frozenset({"y", "x"}), "b": None}], ("a",))
    assert json.loads(answer.body) == [{"a": ["x", "y"], "b": None}]
