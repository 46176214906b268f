import os
import sys

import pytest

from wardline.cli import words
from wardline.kernel.errors import AskedWronglyError, CannotSayError


def raising(error):
    def work():
        raise error

    return work


def test_an_error_in_hostile_words_is_one_line_each(capsys) -> None:
    words.say("a\x1b[2J\nb", "c\nd")
    assert capsys.readouterr().err == "a\\x1b[2J\\x0ab\n  c\\x0ad\n"


@pytest.mark.parametrize(("answer", "status"), [(0, 0), (1, 1), (3, 3), (None, 0)])
def test_what_a_command_answers_is_the_status(answer, status) -> None:
    assert words.status_of(lambda: answer) == status


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AskedWronglyError("bad", hint="good"), 2),
        (CannotSayError("bad", hint="good"), 3),
        (KeyboardInterrupt(), 130),
        (ValueError("the secret is hunter2"), 3),
    ],
)
def test_what_a_command_raises_is_said_and_never_a_pass(capsys, error, status) -> None:
    assert words.status_of(raising(error)) == status
    assert "hunter2" not in capsys.readouterr().err


def test_a_reader_who_left_is_no_error_of_ours(monkeypatch, capsys) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as left:
        monkeypatch.setattr(sys, "stdout", left)
        assert words.status_of(lambda: left.write("nobody hears this")) == 3
    assert capsys.readouterr().err == ""
