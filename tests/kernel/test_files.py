import os
from pathlib import Path

import pytest

from wardline.kernel import files


def test_what_was_written_is_read_and_folders_are_made(tmp_path: Path) -> None:
    files.replace(tmp_path, "a/b/c.txt", b"one")
    files.replace(tmp_path, "a/b/c.txt", b"two")
    assert files.read(tmp_path, "a/b/c.txt", max_bytes=3) == b"two"
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["c.txt"]


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    assert files.read(tmp_path, "c.txt", max_bytes=1) is None
    assert files.read(tmp_path, "no/c.txt", max_bytes=1) is None


def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"")
    (tmp_path / "c").chmod(0o600)
    files.replace(tmp_path, "c", b"new")
    assert (tmp_path / "c").stat().st_mode & 0o777 == 0o600


def test_a_link_is_neither_read_nor_replaced_nor_passed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f").write_bytes(b"theirs")
    root = tmp_path / "root"
    root.mkdir()
    (root / "file").symlink_to(outside / "f")
    (root / "folder").symlink_to(outside)
    for path in ("file", "folder/f"):
        with pytest.raises(files.UnsafeFileError):
            files.read(root, path, max_bytes=10)
        with pytest.raises(files.UnsafeFileError):
            files.replace(root, path, b"ours")
    assert (outside / "f").read_bytes() == b"theirs"
    assert [path.name for path in outside.iterdir()] == ["f"]


def test_a_fifo_a_folder_and_a_large_file_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "large").write_bytes(b"12345")
    for name in ("fifo", "folder", "large"):
        with pytest.raises(files.UnsafeFileError):
            files.read(tmp_path, name, max_bytes=4)
    for name in ("fifo", "folder"):
        with pytest.raises(files.UnsafeFileError):
            files.replace(tmp_path, name, b"")


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(files.UnsafeFileError, match="No space left"):
        files.replace(tmp_path, "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_new_file_brings_its_folders_and_is_never_written_over_another(tmp_path: Path) -> None:
    files.create(tmp_path, "a/b.txt", b"one")
    assert files.names(tmp_path, "a") == ["b.txt"]
    with pytest.raises(files.UnsafeFileError, match="exists"):
        files.create(tmp_path, "a/b.txt", b"two")
    assert (tmp_path / "a/b.txt").read_bytes() == b"one"


def test_nothing_is_created_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    root = tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (root / "file").symlink_to(outside / "f")
    (root / "folder").symlink_to(outside)
    for path in ("file", "folder/f", "folder/g/f"):
        with pytest.raises(files.UnsafeFileError):
            files.create(root, path, b"ours")
    assert list(outside.iterdir()) == []
    assert files.names(root, "folder") == []


def test_the_names_of_what_is_no_folder_are_none(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    assert files.names(tmp_path) == ["f"]
    assert files.names(tmp_path, "f") == files.names(tmp_path, "none") == files.names(tmp_path / "none") == []
