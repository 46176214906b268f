"""A developer leaves a credential in a file: it is found, in every form, and its value is shown nowhere."""

import subprocess
from pathlib import Path

import pytest

from wardline.check.exposure.catalogue import providers
from wardline.check.exposure.examples import firing

GIT = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@shop.example", "-c", "init.defaultBranch=main")
FORMATS = ("text", "json", "sarif", "gitlab", "junit", "markdown", "html")


def leaked() -> tuple[str, str]:
    """Return a line with a credential of GitHub's shape, and the credential, made here."""
    provider = next(one for one in providers() if one.name == "GitHub")
    _, line, value = next(iter(firing(provider, "a story")))
    return line, value


def git(folder: Path, *arguments: str) -> None:
    subprocess.run([*GIT, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init")
    (folder / "app.py").write_text("print('open')\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "begin")
    return folder


@pytest.mark.parametrize("form", FORMATS)
def test_it_blocks_and_its_value_is_in_no_report(wardline, shop, form) -> None:
    line, value = leaked()
    (shop / "settings.txt").write_text(f"{line}\n")
    said = wardline("check", shop, "--only", "exposure", "--format", form)
    assert said.status == 1
    assert "settings.txt" in said.out
    assert value not in said.out + said.err
    assert value[-12:] not in said.out + said.err


def test_what_stands_nowhere_passes(wardline, shop) -> None:
    said = wardline("check", shop, "--only", "exposure", "--format", "json")
    assert (said.status, said.json()["coverage"]["exposure"]["examined"]) == (0, 1)


def test_a_change_is_asked_for_what_it_brings_and_not_for_what_stood_there(wardline, shop) -> None:
    line, _ = leaked()
    (shop / "old.txt").write_text(f"{line}\n")
    git(shop, "add", ".")
    git(shop, "commit", "-m", "an old sin")
    git(shop, "mv", "old.txt", "moved.txt")
    assert wardline("check", shop, "--only", "exposure", "--staged").status == 0
    (shop / "new.txt").write_text(f"{line}\n")
    git(shop, "add", ".")
    said = wardline("check", shop, "--only", "exposure", "--staged", "--format", "json")
    assert [finding["file"] for finding in said.json()["findings"]] == ["new.txt"]


def test_what_was_removed_is_still_found_in_the_history(wardline, shop) -> None:
    line, value = leaked()
    (shop / "old.txt").write_text(f"{line}\n")
    git(shop, "add", ".")
    git(shop, "commit", "-m", "an old sin")
    git(shop, "rm", "old.txt")
    git(shop, "commit", "-m", "nobody saw it")
    assert wardline("check", shop, "--only", "exposure").status == 0
    said = wardline("check", shop, "--only", "exposure", "--history", "--format", "json")
    assert said.status == 1
    assert value not in said.out
    assert len(said.json()["findings"]) == 1


def test_a_rule_is_explained(wardline) -> None:
    said = wardline("explain", "github-personal-access-token")
    assert said.status == 0
    assert "How to repair it" in said.out
