import pytest

from wardline.check.exposure.placeholders import placeholder

NONE = [
    "your_api_key",
    "YOUR-TOKEN-HERE",
    "changeme",
    "AKIA0EXAMPLE0KEY",
    "<secret>",
    "${TOKEN}",
    "{{ token }}",
    "%(token)s",
    "xxxxxxxxxxxxxxxx",
    "0000000000000000",
    "abababababababab",
    "1234567890",
    "abcdefghij",
    "$TOKEN",
    "********",
    "__TOKEN__",
]
REAL = ["tR7-kwolp", "9f8e7d6c5b4a39281706f5e4d3c2b1a0"[::-1], "Zq3vN8xw", "correct-horse"]


@pytest.mark.parametrize("value", NONE)
def test_a_value_that_says_it_is_none_is_none(value):
    assert placeholder(value.encode())


@pytest.mark.parametrize("value", REAL)
def test_other_values_are_taken_seriously(value):
    assert not placeholder(value.encode())
