"""CSV that stays data."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.kernel.spreadsheet import cell, line


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""), (True, "true"), (-5, "-5"), (1.5, "1.5"), ("plain", "plain"), ("a,b", '"a,b"'), ('a"b', '"a""b"'),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"), ("=1", "'=1"), ("-1", "'-1"),
        (" +1", "' +1"),
        ("\uff1d1", "'\uff1d1"), ("a=b", "a=b"), ("\x00", "\ufffd"), ("\ud800", "?"),
    ],
)  # fmt: skip
def test_a_value_is_one_cell_and_no_formula(value: object, shown: str) -> None:
    assert cell(value) == shown


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_a_row_comes_back_as_it_was_but_for_the_apostrophe(texts: list[str]) -> None:
    (row,) = csv.reader(io.StringIO(line([*texts, "end"]), newline=""))
    right = [text.replace("\x00", "\ufffd") for text in texts]
    assert [one.removeprefix("'") if one != text else one for one, text in zip(row[:-1], right, strict=True)] == right
