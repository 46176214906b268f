"""T-01: a symbolic link makes the check read, or print, a file of the victim's."""

import os

import pytest
from tests.attacks.conftest import SECRET

from wardline.check.tree import UnreadableError
from wardline.check.worktree import WorkTree


def test_a_lockfile_that_is_a_link_is_a_gap_and_its_target_stays_unread(check, tree, secret) -> None:
    (tree / "poetry.lock").symlink_to(secret)
    (tree / "package-lock.json").symlink_to("../home/.ssh/id_ed25519")
    seen = check(tree)
    assert SECRET not in seen.everything
    assert seen.status == 3
    assert "poetry.lock" in seen.gaps()
    assert "package-lock.json" in seen.gaps()


def test_a_neighbour_that_is_a_link_stays_unread(check, tree, secret) -> None:
    (tree / "more.txt").symlink_to(secret)
    (tree / "requirements.txt").write_text("honest==1.0\n-r more.txt\n-r ../home/.ssh/id_ed25519\n-c /etc/passwd\n")
    seen = check(tree)
    assert SECRET not in seen.everything
    assert "root:" not in seen.everything
    assert seen.status == 3


def test_a_folder_that_is_a_link_is_not_walked(tmp_path, secret) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/ssh").symlink_to(secret.parent)
    (tmp_path / "tree/up").symlink_to("..")
    (tmp_path / "tree/loop").symlink_to(".")
    tree = WorkTree(tmp_path / "tree")
    assert tree.files() == []
    for path in ("ssh/id_ed25519", "up/home/.ssh/id_ed25519", "loop/loop/ssh/id_ed25519"):
        with pytest.raises(UnreadableError):
            tree.read(path, max_bytes=100)


def test_a_hard_link_shows_no_more_than_the_attacker_had(tmp_path, secret) -> None:
    """Making one takes access to the file: what it shows, its maker could have copied."""
    (tmp_path / "tree").mkdir()
    os.link(secret, tmp_path / "tree/a")
    assert [entry.path for entry in WorkTree(tmp_path / "tree").files()] == ["a"]
