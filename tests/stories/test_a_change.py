"""A developer changes pins: what the change introduces is judged, and what was there before is not held against it."""

import shutil

import pytest
from tests.stories.conftest import git

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def repository(project):
    folder = project("leaky==1.0", "fine==1.0")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


def check(wardline, folder, advisories, *more):
    return wardline("check", folder, "--only", "dependencies", "--advisories", advisories, "--format", "json", *more)


def test_debt_that_was_there_before_does_not_block_a_change(wardline, repository, advisories) -> None:
    git(repository, "checkout", "-qb", "change")
    (repository / "requirements.txt").write_text("leaky==1.0\nfine==1.1\n")
    git(repository, "commit", "-qam", "change")
    said = check(wardline, repository, advisories, "--diff", "main")
    assert said.status == 0, said.out
    assert check(wardline, repository, advisories).status == 1


def test_what_a_change_introduces_blocks_it(wardline, repository, advisories) -> None:
    git(repository, "checkout", "-qb", "change")
    (repository / "requirements.txt").write_text("leaky==1.0\nfine==1.0\nunrated==1.0\n")
    git(repository, "commit", "-qam", "change")
    said = check(wardline, repository, advisories, "--diff", "main")
    assert said.status == 1
    assert [finding["package"]["name"] for finding in said.json()["findings"]] == ["unrated"]


def test_a_moved_lockfile_introduces_nothing(wardline, repository, advisories) -> None:
    git(repository, "checkout", "-qb", "change")
    (repository / "app").mkdir()
    git(repository, "mv", "requirements.txt", "app/requirements.txt")
    git(repository, "commit", "-qm", "move")
    assert check(wardline, repository, advisories, "--diff", "main").status == 0


def test_a_change_without_lockfiles_is_a_yes(wardline, repository, advisories) -> None:
    git(repository, "checkout", "-qb", "change")
    (repository / "README").write_text("words\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "words")
    said = check(wardline, repository, advisories, "--diff", "main")
    assert said.status == 0
    assert said.json()["coverage"]["dependencies"]["in_scope"] == 0


def test_only_what_is_staged_is_judged(wardline, repository, advisories) -> None:
    (repository / "requirements.txt").write_text("leaky==1.0\nfine==1.0\nunrated==1.0\n")
    assert check(wardline, repository, advisories, "--staged").status == 0
    git(repository, "add", ".")
    said = check(wardline, repository, advisories, "--staged")
    assert said.status == 1
    assert [finding["package"]["name"] for finding in said.json()["findings"]] == ["unrated"]


def test_a_first_commit_is_judged_whole(wardline, project, advisories) -> None:
    folder = project("leaky==1.0")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    assert check(wardline, folder, advisories, "--staged").status == 1


def test_an_unknown_base_is_asked_wrongly(wardline, repository, advisories) -> None:
    said = check(wardline, repository, advisories, "--diff", "no-such-branch")
    assert said.status == 2
    assert "no-such-branch" in said.err


def test_a_folder_without_git_has_no_changes_to_judge(wardline, project, advisories) -> None:
    said = check(wardline, project("fine==1.0"), advisories, "--staged")
    assert said.status == 2
    assert "git" in said.err
