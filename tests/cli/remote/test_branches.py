"""Which branch a report is of, as CI systems and repositories say it; and where nobody says it, nothing is guessed."""

import json
import subprocess

import pytest

from wardline.cli.remote import branches
from wardline.kernel.errors import AskedWronglyError

NAMES = (
    *branches._CHANGES, *branches._TAGS, *branches._BRANCHES, *branches._DEFAULTS,
    "GITHUB_REF_TYPE", "GITHUB_REF_NAME", "GITHUB_EVENT_PATH", "GITHUB_EVENT_NAME", "BRANCH_IS_PRIMARY",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_ci(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def of(path, said=None, *, default=False):
    return branches.branch(path, said=said, default=default)


def git(folder, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    git(made, "init", "-q", "-b", "trunk")
    git(made, "commit", "-q", "--allow-empty", "-m", "first")
    return made


@pytest.fixture
def clone(repository, tmp_path):
    git(tmp_path, "clone", "-q", repository, "clone")
    return tmp_path / "clone"


def test_a_clones_default_branch_is_the_one_of_where_it_came_from(clone):
    assert of(clone) is None
    git(clone, "switch", "-q", "-c", "topic/one")
    assert of(clone) == "topic/one"
    (clone / "below").mkdir()
    assert of(clone / "below") == "topic/one"
    assert of(clone, "trunk") is None
    assert of(clone, "other") == "other"
    assert of(clone, default=True) is None


def test_a_work_tree_has_its_own_branch(clone, tmp_path):
    git(clone, "worktree", "add", "-q", "-b", "beside", tmp_path / "tree")
    assert of(tmp_path / "tree") == "beside"


def test_a_repository_that_was_never_shared_has_one_branch_or_it_is_not_clear(repository, tmp_path):
    assert of(repository) is None
    git(repository, "branch", "topic")
    git(repository, "pack-refs", "--all")
    with pytest.raises(AskedWronglyError, match="not clear whether 'trunk'") as caught:
        of(repository)
    assert "--default-branch" in caught.value.hint
    assert of(repository, default=True) is None
    assert of(tmp_path) is None  # no repository, no branch


def test_a_remote_that_does_not_say_its_default_is_not_guessed_at(clone):
    git(clone, "remote", "set-head", "origin", "--delete")
    with pytest.raises(AskedWronglyError, match="not clear"):
        of(clone)


def test_no_branch_is_not_the_default_one(clone):
    git(clone, "switch", "-q", "--detach")
    with pytest.raises(AskedWronglyError, match="no branch is checked out"):
        of(clone)


def test_two_answers_at_once_are_refused(tmp_path):
    with pytest.raises(AskedWronglyError, match="exclude"):
        of(tmp_path, "a", default=True)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "main"}, None),
        ({"GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "try"}, "try"),
        ({"GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v1"}, "refs/tags/v1"),
        ({"GITHUB_HEAD_REF": "main", "GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "7/merge"}, "main"),  # of a fork
        ({"CI_COMMIT_BRANCH": "dev", "CI_DEFAULT_BRANCH": "dev"}, None),
        ({"CI_COMMIT_BRANCH": "try", "CI_DEFAULT_BRANCH": "dev"}, "try"),
        ({"CI_COMMIT_TAG": "v1", "CI_DEFAULT_BRANCH": "dev"}, "refs/tags/v1"),
        ({"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "fix", "CI_DEFAULT_BRANCH": "dev"}, "fix"),
        ({"BUILD_SOURCEBRANCH": "refs/heads/main"}, None),
        ({"BUILD_SOURCEBRANCH": "refs/pull/7/merge", "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/a"}, "a"),
        ({"BRANCH_NAME": "whatever", "BRANCH_IS_PRIMARY": "true"}, None),
        ({"BRANCH_NAME": "PR-7", "CHANGE_BRANCH": "main"}, "main"),
        ({"BUILDKITE_BRANCH": "x", "BUILDKITE_PIPELINE_DEFAULT_BRANCH": "x"}, None),
    ],
)
def test_what_the_ci_says_is_believed(tmp_path, monkeypatch, said, found):
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"repository": {"default_branch": "main"}}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert of(tmp_path) == found


def test_a_scheduled_run_on_github_is_of_the_default_branch(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_REF_TYPE", "branch")
    monkeypatch.setenv("GITHUB_REF_NAME", "trunk")
    with pytest.raises(AskedWronglyError):
        of(tmp_path)
    monkeypatch.setenv("GITHUB_EVENT_NAME", "schedule")
    assert of(tmp_path) is None
