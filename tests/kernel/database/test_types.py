import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel.database.types import loaded, storable, stored

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_a_document_is_read_as_it_was_written(value: object) -> None:
    assert loaded(json.dumps(value)) == value
    assert loaded(json.dumps(value).encode()) == value


@pytest.mark.parametrize("said", ['"\\ud800"', "123456789012345678901234567890", "[1e400]"])
def test_what_the_quick_way_cannot_read_is_read_all_the_same(said: str) -> None:
    assert loaded(said) == json.loads(said)


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        loaded("{")
    with pytest.raises(TypeError):
        loaded(7)  # type: ignore[arg-type]


def test_text_that_postgresql_refuses_is_shown_as_replaced() -> None:
    assert stored("a\x00b") == "a\ufffdb"
    assert storable({"\x00": ["\ud800", 1]}) == {"\ufffd": ["?", 1]}
