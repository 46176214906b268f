"""Idempotency keys as clients write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.idempotency.model import digest_of, key_of


@pytest.mark.parametrize("header", ['"8e03978e-40d5"', "8e03978e-40d5", '  "8e03978e-40d5" '])
def test_a_key_is_a_string_of_a_structured_field_or_a_bare_word(header) -> None:
    assert key_of(header) == "8e03978e-40d5"


@pytest.mark.parametrize(
    "header", ["", '""', '"', '"a', 'a"', "a b", "a,b", "é", "x" * 129, '"a";p=1', "a\\b", "a\x00"]
)
def test_anything_else_is_refused(header) -> None:
    with pytest.raises(AskedWronglyError):
        key_of(header)


@given(st.text(max_size=200))
def test_every_header_is_a_key_or_refused(header) -> None:
    try:
        key = key_of(header)
    except AskedWronglyError:
        return
    assert 1 <= len(key) <= 128
    assert key.isascii()


def test_parts_do_not_run_together() -> None:
    assert digest_of(b"ab", b"c") != digest_of(b"a", b"bc")
