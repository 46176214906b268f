import click
import pytest

from wardline.cli import root
from wardline.kernel.errors import AskedWronglyError, CannotSayError


def answering(monkeypatch, work):
    monkeypatch.setattr(root.LazyGroup, "get_command", lambda *_: click.Command("explain", callback=work))
    return root.command(["explain"])


def raising(error):
    def work():
        raise error

    return work


@pytest.mark.parametrize("status", [0, 1, 2, 3])
def test_a_commands_answer_is_the_exit_status(monkeypatch, status) -> None:
    assert answering(monkeypatch, lambda: status) == status


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AskedWronglyError("bad", hint="good"), 2),
        (CannotSayError("bad", hint="good"), 3),
        (click.UsageError("bad"), 2),
        (KeyboardInterrupt(), 130),
        (ValueError("the secret is hunter2"), 3),
    ],
)
def test_an_error_becomes_words_and_a_status_and_never_one(monkeypatch, capsys, error, status) -> None:
    assert answering(monkeypatch, raising(error)) == status
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "hunter2" not in said


def test_an_error_of_ours_says_where_it_was(monkeypatch, capsys) -> None:
    answering(monkeypatch, raising(ValueError("x")))
    said = capsys.readouterr().err
    assert "ValueError at tests.cli.test_root:" in said or "ValueError at test_root:" in said
    assert "report this line" in said


def test_every_command_named_by_string_exists() -> None:
    group = root.wardline
    for name in root.COMMANDS:
        loaded = group.get_command(click.Context(group), name)
        assert isinstance(loaded, click.Command)
        assert loaded.help
        assert group.get_command(click.Context(group), "no-such") is None


def test_help_lists_every_command(capsys) -> None:
    assert root.command(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in root.COMMANDS)
    assert "0 yes, 1 no, 2 asked wrongly, 3 cannot say" in shown
