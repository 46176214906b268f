from pathlib import Path

import pytest
from click.testing import CliRunner

from wardline.cli.suppress import command
from wardline.kernel.errors import AskedWronglyError

FINGERPRINT = "0123456789abcdef" * 2
GIVEN = [FINGERPRINT, "--reason", "upstream's fix is out next week", "--until", "30d"]


def written(path: Path) -> str:
    return (path / ".wardline/suppressions.toml").read_text()


def test_a_suppression_is_written_into_the_repository(tmp_path: Path) -> None:
    answer = CliRunner().invoke(command, [*GIVEN, str(tmp_path), "--subject", "requests 2.19.0"])
    assert answer.exit_code == 0
    assert "suppressed until" in answer.output
    assert f'fingerprint = "{FINGERPRINT}"\nreason = "upstream\'s fix is out next week"\nuntil = 2' in written(tmp_path)


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    CliRunner().invoke(command, [*GIVEN, str(tmp_path)])
    before = written(tmp_path)
    CliRunner().invoke(command, [*GIVEN, str(tmp_path)])
    assert written(tmp_path) == before


def test_a_wrong_fingerprint_is_answered_with_how_to_find_it(tmp_path: Path) -> None:
    answer = CliRunner().invoke(command, ["01234567", *GIVEN[1:], str(tmp_path)])
    assert isinstance(answer.exception, AskedWronglyError)
    assert answer.exception.exit_status == 2
    assert "wardline check --format json" in answer.exception.hint
    assert not (tmp_path / ".wardline").exists()


def test_it_never_writes_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / ".wardline").symlink_to(outside)
    answer = CliRunner().invoke(command, [*GIVEN, str(root)])
    assert isinstance(answer.exception, AskedWronglyError)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("missing", ["--reason", "--until"])
def test_reason_and_date_are_mandatory(tmp_path: Path, missing: str) -> None:
    at = GIVEN.index(missing)
    answer = CliRunner().invoke(command, [*GIVEN[:at], *GIVEN[at + 2 :], str(tmp_path)])
    assert answer.exit_code == 2
