import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel import toml


def test_a_document_is_read_with_a_byte_order_mark_and_without() -> None:
    assert toml.load(b"a = 1\n") == toml.load(b"\xef\xbb\xbfa = 1\r\n") == {"a": 1}


@pytest.mark.parametrize(
    ("data", "line", "word"),
    [
        (b"a = 1\na = 2\n", 2, "duplicate"),
        (b'a = "open\n', 1, "not TOML"),
        (b"a = 1\n\xff = 2\n", 2, "UTF-8"),
        (b"a = 2027-02-30\n", 1, "not TOML"),
        (b"x = " + b"[" * 100_000, 1, "recursion|not TOML"),
        (b"a" + b".a" * 100_000 + b" = 1", None, "recursion|not TOML"),
        (b"#" * (toml.MAX_BYTES + 1), None, "larger"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(data: bytes, line: int | None, word: str) -> None:
    with pytest.raises(toml.TomlError, match=word) as caught:
        toml.load(data)
    assert caught.value.line == line
    assert len(caught.value.detail) < 300


@settings(max_examples=100)
@given(st.one_of(st.binary(max_size=200), st.text(alphabet="ab[]{}=\"\n',.#1", max_size=200).map(str.encode)))
def test_any_bytes_are_a_document_or_a_toml_error(data: bytes) -> None:
    try:
        assert isinstance(toml.load(data), dict)
    except toml.TomlError as error:
        assert len(error.detail) < 300  # noqa: PT017 - either outcome is right
