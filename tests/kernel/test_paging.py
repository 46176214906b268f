"""Cursors carry a sort key and are refused where they are not ours."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.paging import Page, cursor


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80), st.integers(-(2**53), 2**53))
def test_a_cursor_gives_back_its_key(text: str, number: int) -> None:
    assert Page(cursor=cursor(text, number)).after(str, int) == (text, number)


def test_no_cursor_is_the_start() -> None:
    assert Page().after(str) is None


@pytest.mark.parametrize(
    "text",
    ["", "!", "é", "AAAA", cursor("a"), cursor(1, "a"), cursor(True, 1), base64.urlsafe_b64encode(b"[" * 700).decode(),
     base64.urlsafe_b64encode(b'{"a":1}').decode(), "A" * 5000],
)  # fmt: skip
def test_a_cursor_of_another_list_is_refused(text: str) -> None:
    with pytest.raises(AskedWronglyError, match="no list of ours"):
        Page(cursor=text).after(str, int)


@pytest.mark.parametrize("value", [2**63, -(2**70), float("nan"), float("inf"), "\x00", "a\ud800"])
def test_what_no_database_gives_is_no_key(value: str | float) -> None:
    with pytest.raises(AskedWronglyError):
        Page(cursor=cursor(value)).after(type(value))


@given(st.text(max_size=200))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    try:
        key = Page(cursor=text).after(str)
    except AskedWronglyError:
        return
    assert key is not None
    assert isinstance(key[0], str)
