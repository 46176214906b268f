import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.check.exposure.entropy import bits


@pytest.mark.parametrize(
    ("value", "expected"), [(b"", 0.0), (b"aaaa", 0.0), (b"ab", 1.0), (b"abcd", 2.0), (bytes(range(16)), 4.0)]
)
def test_bits_a_character_are_what_shannon_says(value, expected):
    assert bits(value) == pytest.approx(expected)


@given(st.binary(min_size=1, max_size=300))
def test_there_are_never_more_bits_than_in_a_byte_and_order_does_not_matter(value):
    assert 0.0 <= bits(value) <= 8.0
    assert bits(value) == pytest.approx(bits(bytes(sorted(value))))
