import os
from pathlib import Path

import pytest

from wardline.check.adoption.folder import MAX_BYTES, Folder, RefusedError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "repository"
    path.mkdir()
    return path


def test_a_new_file_brings_its_folders(root: Path) -> None:
    folder = Folder(root)
    assert folder.read("a/b/c.txt") is None
    folder.create("a/b/c.txt", b"x")
    assert (root / "a/b/c.txt").read_bytes() == b"x"
    assert folder.read("a/b/c.txt") == b"x"
    assert folder.names("a/b") == ["c.txt"]


def test_what_is_there_is_never_created_over(root: Path) -> None:
    (root / "c.txt").write_bytes(b"mine")
    with pytest.raises(RefusedError, match="there already"):
        Folder(root).create("c.txt", b"x")
    assert (root / "c.txt").read_bytes() == b"mine"


@pytest.mark.parametrize("target", ["outside.txt", "nowhere"])
def test_a_linked_file_is_neither_read_nor_written(root: Path, target: str) -> None:
    (root.parent / "outside.txt").write_bytes(b"outside")
    (root / "c.txt").symlink_to(root.parent / target)
    folder = Folder(root)
    with pytest.raises(RefusedError, match="symbolic link"):
        folder.read("c.txt")
    with pytest.raises(RefusedError):
        folder.create("c.txt", b"x")
    with pytest.raises(RefusedError):
        folder.replace("c.txt", b"outside", b"x")
    assert (root.parent / "outside.txt").read_bytes() == b"outside"
    assert not (root.parent / "nowhere").exists()


def test_a_linked_folder_on_the_way_is_not_entered(root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "c.txt").write_bytes(b"outside")
    (root / "a").symlink_to(outside)
    folder = Folder(root)
    with pytest.raises(RefusedError):
        folder.read("a/c.txt")
    for path in ("a/new.txt", "a/b/new.txt"):
        with pytest.raises(RefusedError):
            folder.create(path, b"x")
    assert folder.names("a") == []
    assert sorted(path.name for path in outside.iterdir()) == ["c.txt"]


def test_the_folder_that_the_user_names_may_be_a_link(root: Path) -> None:
    link = root.parent / "link"
    link.symlink_to(root)
    Folder(link).create("c.txt", b"x")
    assert (root / "c.txt").read_bytes() == b"x"


def test_a_pipe_does_not_keep_anybody_waiting(root: Path) -> None:
    os.mkfifo(root / "c.txt")
    with pytest.raises(RefusedError, match="no regular file"):
        Folder(root).read("c.txt")


def test_a_folder_or_a_file_in_the_wrong_place_is_refused(root: Path) -> None:
    (root / "c.txt").mkdir()
    (root / "a").write_bytes(b"")
    folder = Folder(root)
    with pytest.raises(RefusedError):
        folder.read("c.txt")
    with pytest.raises(RefusedError):
        folder.read("a/b")
    with pytest.raises(RefusedError):
        folder.create("a/b", b"")


def test_a_huge_file_is_not_read(root: Path) -> None:
    with (root / "c.txt").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(RefusedError, match="larger"):
        Folder(root).read("c.txt")


def test_a_replaced_file_keeps_its_mode_and_leaves_nothing_beside_it(root: Path) -> None:
    (root / "c.txt").write_bytes(b"old")
    (root / "c.txt").chmod(0o640)
    Folder(root).replace("c.txt", b"old", b"new")
    assert (root / "c.txt").read_bytes() == b"new"
    assert (root / "c.txt").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in root.iterdir()] == ["c.txt"]


def test_a_file_that_changed_meanwhile_is_not_replaced(root: Path) -> None:
    (root / "c.txt").write_bytes(b"changed")
    with pytest.raises(RefusedError, match="changed meanwhile"):
        Folder(root).replace("c.txt", b"old", b"new")
    assert (root / "c.txt").read_bytes() == b"changed"


def test_a_root_that_is_gone_says_so(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "gone")
    assert folder.read("c.txt") is None
    assert folder.names() == []
    with pytest.raises((RefusedError, FileNotFoundError)):
        folder.create("c.txt", b"")
