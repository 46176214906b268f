"""T-02: a folder or file is swapped for a symbolic link between the look and the step."""

import os
import threading

import pytest
from tests.attacks.conftest import SECRET

from wardline.check.tree import UnreadableError
from wardline.check.worktree import WorkTree


@pytest.fixture
def swapped(tmp_path, secret, monkeypatch):
    """Return a tree in which `a` becomes a link to the victim's folder as soon as somebody opens something."""
    (tmp_path / "tree/a").mkdir(parents=True)
    (tmp_path / "tree/a/id_ed25519").write_text("harmless")
    honest = os.open

    def late(path, *arguments, **keywords):
        if path == "a" and not (tmp_path / "tree/a").is_symlink():
            (tmp_path / "tree/a").rename(tmp_path / "away")
            (tmp_path / "tree/a").symlink_to(secret.parent)
        return honest(path, *arguments, **keywords)

    monkeypatch.setattr(os, "open", late)
    return tmp_path / "tree"


def test_a_folder_swapped_before_it_is_entered_is_not_entered(swapped) -> None:
    tree = WorkTree(swapped)
    assert tree.files() == []
    assert [found.path for found in tree.unlisted()] == ["a"]


def test_a_folder_swapped_before_a_read_is_not_followed(swapped) -> None:
    with pytest.raises(UnreadableError, match="symbolic link"):
        WorkTree(swapped).read("a/id_ed25519", max_bytes=100)


def test_a_folder_swapped_after_it_was_opened_stays_the_one_that_was_opened(tmp_path, secret) -> None:
    (tmp_path / "tree/a").mkdir(parents=True)
    (tmp_path / "tree/a/one").write_text("harmless")
    (tmp_path / "tree/a/id_ed25519").write_text("harmless")
    tree = WorkTree(tmp_path / "tree")
    tree.read("a/one", max_bytes=100)
    (tmp_path / "tree/a").rename(tmp_path / "away")
    (tmp_path / "tree/a").symlink_to(secret.parent)
    assert tree.read("a/id_ed25519", max_bytes=100) == b"harmless"


def test_whatever_the_moment_the_victims_file_is_never_read(tmp_path, secret) -> None:
    place = tmp_path / "tree/a"
    place.mkdir(parents=True)
    (place / "id_ed25519").write_text("harmless")
    (tmp_path / "link").symlink_to(secret.parent)
    over = threading.Event()

    def swap():
        while not over.is_set():
            place.rename(tmp_path / "away")
            (tmp_path / "link").rename(place)
            place.rename(tmp_path / "link")
            (tmp_path / "away").rename(place)

    attacker = threading.Thread(target=swap)
    attacker.start()
    read = set()
    try:
        for _ in range(1500):
            tree = WorkTree(tmp_path / "tree")
            try:
                read |= {tree.read(entry.path, max_bytes=100) for entry in tree.files()}
                read.add(tree.read("a/id_ed25519", max_bytes=100))
            except (FileNotFoundError, UnreadableError):
                continue
            finally:
                tree.close()
    finally:
        over.set()
        attacker.join()
    assert SECRET.encode() not in b"".join(read)
    assert read <= {b"harmless"}
