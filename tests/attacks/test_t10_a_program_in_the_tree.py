"""T-10: the tree holds a program of a name that the check runs, where the search path leads to it."""

import os

import pytest
from tests.repositories import Made

from wardline.kernel.git.errors import GitError
from wardline.kernel.git.repository import Repository


@pytest.fixture
def trapped(tmp_path):
    made = Made(tmp_path / "made")
    made.commit(requirements_txt="honest==1.0\n")
    for place in ("git", "bin/git", ".venv/bin/git", "node_modules/.bin/git"):
        program = made.path / place
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
        program.chmod(0o755)
    return made.path


@pytest.mark.parametrize("before", ["", ".", "bin", "{tree}/.venv/bin", "{tree}/node_modules/.bin", "{tree}/../made"])
def test_git_in_the_tree_is_not_run(trapped, check, tmp_path, before, monkeypatch) -> None:
    path = before.format(tree=trapped) + ":" + os.environ["PATH"]
    monkeypatch.chdir(trapped)
    assert check(trapped, "--staged", PATH=path).status in {0, 3}
    assert not (tmp_path / "ran").exists()


def test_a_link_outside_that_leads_into_the_tree_is_not_run(trapped, tmp_path, monkeypatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(trapped / "git")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(GitError, match="not installed"):
        Repository.at(trapped)


def test_a_module_in_the_tree_is_not_imported(check, tree, tmp_path) -> None:
    for name in ("orjson", "rtoml", "yaml", "json", "sitecustomize", "usercustomize", "wardline"):
        (tree / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    (tree / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')
    (tree / "uv.lock").write_text("version = 1\n")
    check(tree)
    assert not (tmp_path / "ran").exists()
