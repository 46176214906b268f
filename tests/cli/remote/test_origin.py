"""Where a report comes from, as CI systems and repositories say it."""

import json

import pytest
from tests.cli.remote.test_branches import NAMES as BRANCH_NAMES

from wardline.cli.remote import origin
from wardline.kernel.errors import AskedWronglyError

_NAMES = (
    "WARDLINE_SERVICE", "GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_RUN_ID", "CI_PROJECT_PATH", "CI_COMMIT_SHA",
    "CI_JOB_ID",
    *BRANCH_NAMES,
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_ci(monkeypatch):
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)


def of(path, **said):
    return origin.of(path, **{"service": None, "branch": None, **said})


def test_the_services_own_file_outweighs_the_ci_and_the_remote(tmp_path, monkeypatch) -> None:
    for part in ("objects", "refs/heads"):
        (tmp_path / ".git" / part).mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git" / "refs" / "remotes" / "origin").mkdir(parents=True)
    (tmp_path / ".git" / "refs" / "remotes" / "origin" / "HEAD").write_text("ref: refs/remotes/origin/main\n")
    (tmp_path / ".git" / "config").write_text('[remote "origin"]\n\turl = git@forge.example:team/Web-Shop.git\n')
    assert of(tmp_path).service == "web-shop"
    monkeypatch.setenv("CI_PROJECT_PATH", "group/payments")
    assert of(tmp_path).service == "payments"
    (tmp_path / "security").mkdir()
    (tmp_path / "security" / "service.yaml").write_text("name: orders\n")
    assert of(tmp_path).service == "orders"
    assert of(tmp_path, service="said").service == "said"


def test_without_any_name_the_way_out_is_said(tmp_path) -> None:
    with pytest.raises(AskedWronglyError) as caught:
        of(tmp_path)
    assert "--service" in caught.value.hint


def test_github_says_commit_and_branch(tmp_path, monkeypatch) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"repository": {"default_branch": "trunk"}}))
    for name, value in (
        ("GITHUB_REPOSITORY", "a/orders"),
        ("GITHUB_SHA", "a" * 40),
        ("GITHUB_REF_TYPE", "branch"),
        ("GITHUB_REF_NAME", "trunk"),
        ("GITHUB_EVENT_PATH", str(event)),
        ("GITHUB_RUN_ID", "7"),
    ):
        monkeypatch.setenv(name, value)
    assert of(tmp_path) == origin.Origin("orders", "a" * 40, None, "7")
    monkeypatch.setenv("GITHUB_REF_NAME", "try")
    assert of(tmp_path).branch == "try"
    monkeypatch.setenv("GITHUB_HEAD_REF", "from-a-fork")
    assert of(tmp_path).branch == "from-a-fork"


def test_gitlab_says_commit_and_branch(tmp_path, monkeypatch) -> None:
    for name, value in (
        ("CI_PROJECT_PATH", "a/b/orders"),
        ("CI_COMMIT_SHA", "b" * 40),
        ("CI_COMMIT_BRANCH", "main"),
        ("CI_DEFAULT_BRANCH", "main"),
        ("CI_JOB_ID", "9"),
    ):
        monkeypatch.setenv(name, value)
    assert of(tmp_path) == origin.Origin("orders", "b" * 40, None, "9")
    monkeypatch.setenv("CI_COMMIT_BRANCH", "try")
    assert of(tmp_path).branch == "try"


@pytest.mark.parametrize("commit", ["", "HEAD", "a" * 39, "a" * 40 + "; rm", "A" * 40])
def test_what_is_no_commit_is_not_sent(tmp_path, monkeypatch, commit) -> None:
    monkeypatch.setenv("CI_COMMIT_SHA", commit)
    assert of(tmp_path, service="x").commit is None


def test_a_link_in_the_tree_is_not_followed(tmp_path) -> None:
    (tmp_path / "tree" / "security").mkdir(parents=True)
    (tmp_path / "elsewhere").write_text("name: theirs\n")
    (tmp_path / "tree" / "security" / "service.yaml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AskedWronglyError):
        of(tmp_path / "tree")
