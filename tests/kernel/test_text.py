import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel.text import printable


@pytest.mark.parametrize("text", ["", "a/b-c.lock", "naïve", "日本語", "a b", "ﬀ", "👩"])
def test_plain_names_stay_as_they_are(text) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", r"a\x0ab"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b2J", r"\x9b2J"),  # the one-byte CSI
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        ("a\u200bb", r"a\u200bb"),
        ("a\u2028b", r"a\u2028b"),
        ("\U000e0041", r"\U000e0041"),
        (os.fsdecode(b"\xff"), r"\xff"),
        ("\ud800", r"\ud800"),
    ],
)
def test_what_could_deceive_a_terminal_is_spelled_out(text, shown) -> None:
    assert printable(text) == shown


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_whatever_it_was_it_can_be_printed(text) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert shown.encode().decode() == shown
    assert printable(shown) == shown


@settings(max_examples=50)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=30), st.integers(1, 20))
def test_a_shortened_text_is_the_beginning(text, max_chars) -> None:
    shown, whole = printable(text, max_chars=max_chars), printable(text)
    assert len(shown) <= max_chars
    assert shown == whole or (shown[-1] == "…" and whole.startswith(shown[:-1]))


def test_only_what_is_shown_is_worked_on() -> None:
    assert len(printable("\x00" * 50_000_000, max_chars=80)) == 80
