"""T-03: a named pipe, device or socket makes the check wait for ever, or does something when it is opened."""

import os
import socket
import stat

import pytest

from wardline.check.tree import UnreadableError
from wardline.check.worktree import WorkTree


def test_a_pipe_named_as_a_lockfile_is_a_gap(check, tree) -> None:
    os.mkfifo(tree / "uv.lock")
    os.mkfifo(tree / "package-lock.json")
    seen = check(tree, seconds=30)
    assert seen.status == 3
    assert "uv.lock" in seen.gaps()
    assert "package-lock.json" in seen.gaps()


def test_a_pipe_as_a_neighbour_is_a_gap(check, tree) -> None:
    os.mkfifo(tree / "more.txt")
    (tree / "requirements.txt").write_text("honest==1.0\n-r more.txt\n")
    assert check(tree, seconds=30).status == 3


def test_a_pipe_as_the_policy_file_is_an_error_and_not_a_wait(check, tree) -> None:
    (tree / ".wardline").mkdir()
    os.mkfifo(tree / ".wardline/policy.toml")
    assert check(tree, seconds=30).status in {2, 3}


@pytest.fixture
def opened(monkeypatch):
    """Remember the names that were opened."""
    names = []
    honest = os.open
    monkeypatch.setattr(os, "open", lambda path, *rest, **more: names.append(path) or honest(path, *rest, **more))
    return names


def test_what_is_no_file_is_not_even_opened(tmp_path, opened) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(tmp_path / "service"))
    tree = WorkTree(tmp_path)
    assert tree.files() == []
    assert {(found.path, found.kind) for found in tree.unlisted()} == {("pipe", "special"), ("service", "special")}
    for path in ("pipe", "service"):
        with pytest.raises(UnreadableError):
            tree.read(path, max_bytes=100)
    assert not {"pipe", "service"} & {*opened}


@pytest.mark.skipif(os.geteuid() != 0, reason="only a superuser makes devices")
def test_a_device_is_not_even_opened(tmp_path, opened) -> None:
    try:
        os.mknod(tmp_path / "zero", 0o666 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this container makes no devices")
    tree = WorkTree(tmp_path)
    assert [found.reason for found in tree.unlisted()] == ["a device"]
    with pytest.raises(UnreadableError, match="a device"):
        tree.read("zero", max_bytes=100)
    assert "zero" not in opened
