from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.reports.terminal import Terminal, columns, cut, shown, wrapped


def test_wide_characters_take_two_columns_and_combining_ones_none():
    assert columns("abc") == 3
    assert columns("漢字") == 4
    assert columns("e\u0301") == 1


@given(st.text(alphabet="ab 漢e\u0301🎉", max_size=60), st.integers(2, 30))
@settings(max_examples=100)
def test_lines_fit_and_lose_nothing(text, width):
    lines = wrapped(text, width)
    assert all(columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="ab漢e\u0301", max_size=40), st.integers(1, 20))
@settings(max_examples=100)
def test_what_is_cut_fits(text, width):
    assert columns(cut(text, width)) <= width
    if columns(text) <= width:
        assert cut(text, width) == text


def test_a_line_of_100_kb_is_wrapped_in_no_time():
    assert len(wrapped("x" * 100_000, 80)) == 1250


def test_no_colour_means_no_escape():
    assert Terminal(colour=False, width=80).paint("a", "red") == "a"
    assert Terminal(colour=True, width=80).paint("a", "bold", "red") == "\x1b[1;31ma\x1b[0m"
    assert Terminal(colour=True, width=80).paint("", "red") == ""


def test_left_and_right_share_a_line():
    assert Terminal(colour=False, width=12).spread("ab", "cd") == "ab        cd"
    assert Terminal(colour=False, width=12).spread("abcdefghijkl", "cd") == "abcdefg…  cd"


def test_a_log_line_is_no_command_to_a_ci_server():
    assert Terminal(colour=False, width=80).block("::error::x", "  ") == [r"  \x3a:error::x"]
    assert Terminal(colour=False, width=8).block("aaaaaa ::stop", "") == ["aaaaaa", r"\x3a:stop"]
    assert shown("##vso[task.complete]") == r"#\x23vso[task.complete]"
    assert shown("##[error]") == r"#\x23[error]"
    assert shown("std::io ## title") == "std::io ## title"


def test_what_a_stranger_wrote_is_one_printable_line():
    assert shown("a\x1b[31m\nb\u202e") == r"a\x1b[31m\x0ab\u202e"
    assert len(shown("x" * 1000)) == 600
