from pathlib import Path

import pytest

from wardline.cli.root import command


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / ".git/config").write_text('[remote "origin"]\n\turl = git@github.com:a/b.git\n')
    return root


def files(root: Path) -> list[str]:
    return sorted(
        str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and ".git/" not in str(path)
    )


def test_what_was_made_is_said_with_its_purpose_and_the_next_step(repository: Path, capsys) -> None:
    assert command(["init", str(repository)]) == 0
    out = capsys.readouterr().out
    made = files(repository)
    assert made == [
        ".github/pull_request_template.md",
        ".github/workflows/wardline.yml",
        ".pre-commit-config.yaml",
        ".wardline/policy.toml",
    ]
    assert all(f"made              {path}\n" in out for path in made)
    assert "checks every pull request" in out
    assert "wardline advisories sync" in out
    assert max(map(len, out.splitlines())) <= 100


def test_a_second_run_says_that_all_is_there(repository: Path, capsys) -> None:
    command(["init", str(repository)])
    capsys.readouterr()
    assert command(["init", str(repository)]) == 0
    out = capsys.readouterr().out
    assert out.count("there already") == 4
    assert "made" not in out
    assert "Next:" not in out


def test_a_dry_run_writes_nothing(repository: Path, capsys) -> None:
    assert command(["init", str(repository), "--dry-run"]) == 0
    assert files(repository) == []
    assert "would be made" in capsys.readouterr().out


def test_the_forge_can_be_named(repository: Path) -> None:
    assert command(["init", str(repository), "--forge", "gitlab"]) == 0
    assert ".gitlab/wardline.yml" in files(repository)
    assert ".github/workflows/wardline.yml" not in files(repository)


def test_what_hooks_and_pipelines_install_can_be_named(repository: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    named = f"wardline @ git+https://forge.example/w@{commit}"
    assert command(["init", str(repository), "--install", named]) == 0
    assert f'WARDLINE: "{named}"' in (repository / ".github/workflows/wardline.yml").read_text()


def test_an_inexact_requirement_is_asked_wrongly(repository: Path, capsys) -> None:
    assert command(["init", str(repository), "--install", "wardline"]) == 2
    assert files(repository) == []
    assert "no exact requirement" in capsys.readouterr().err


def test_a_file_that_is_left_is_said_with_what_is_wanted(repository: Path, capsys) -> None:
    (repository / ".github").mkdir()
    (repository / ".github/pull_request_template.md").write_text("## What\n")
    assert command(["init", str(repository)]) == 0
    out = capsys.readouterr().out
    assert "left as it is" in out
    assert "+**Submitter**" in out


def test_a_refused_link_is_exit_status_2_and_the_rest_is_made(repository: Path, capsys) -> None:
    (repository / ".pre-commit-config.yaml").symlink_to(repository.parent / "outside")
    assert command(["init", str(repository)]) == 2
    assert "refused" in capsys.readouterr().out
    assert not (repository.parent / "outside").exists()
    assert ".wardline/policy.toml" in files(repository)


def test_no_folder_is_asked_wrongly(tmp_path: Path, capsys) -> None:
    assert command(["init", str(tmp_path / "none")]) == 2
    assert "no folder" in capsys.readouterr().err


def test_outside_a_repositorys_root_it_is_said(tmp_path: Path, capsys) -> None:
    assert command(["init", str(tmp_path)]) == 0
    assert "not the root of a git repository" in capsys.readouterr().out
