import sys

import pytest

from wardline.cli import terminal


class Screen:
    """A terminal that remembers."""

    def __init__(self, *, terminal: bool) -> None:
        self._terminal = terminal
        self.written = ""

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> None:
        self.written += text

    def flush(self) -> None:
        return


@pytest.mark.parametrize(
    ("settings", "is_terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(monkeypatch, settings, is_terminal, expected) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Screen(terminal=is_terminal))
    assert terminal.colour() is expected


def test_progress_is_silent_for_a_second_and_leaves_no_trace(monkeypatch) -> None:
    screen = Screen(terminal=True)
    now = [0.0]
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(terminal, "monotonic", lambda: now[0])
    with terminal.progress() as told:
        told("first")
        assert screen.written == ""
        now[0] = 1.5
        told("second\x1b[2J")
        assert "second\\x1b[2J" in screen.written
        told("third")
        assert "third" not in screen.written
    assert screen.written.endswith("\r\x1b[K")


def test_progress_is_silent_where_there_is_no_terminal(monkeypatch) -> None:
    screen = Screen(terminal=False)
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.progress() as told:
        told("anything")
    assert screen.written == ""


def test_markdown_is_plain_where_there_is_no_colour(monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.markdown("# Title\n\n**Why** it\x1b[2J matters\n\n\n") == "Title\n\nWhy it\\x1b[2J matters\n"
