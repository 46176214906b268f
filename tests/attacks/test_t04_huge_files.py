"""T-04: one file uses up the memory, the time or the disk."""

import time

import pytest

from wardline.check.tree import UnreadableError
from wardline.check.worktree import WorkTree

TEN_GB = 10 * 1024**3


def test_a_sparse_file_of_ten_gigabytes_costs_nothing(tmp_path) -> None:
    with (tmp_path / "uv.lock").open("wb") as file:
        file.truncate(TEN_GB)
    started = time.process_time()
    tree = WorkTree(tmp_path)
    assert tree.files()[0].size == TEN_GB
    with pytest.raises(UnreadableError, match="10737418240 bytes"):
        tree.read("uv.lock", max_bytes=128 * 1024**2)
    assert time.process_time() - started < 1


def test_a_lockfile_of_ten_gigabytes_is_a_gap(check, tree) -> None:
    for name in ("uv.lock", "package-lock.json", "pom.xml"):
        with (tree / name).open("wb") as file:
            file.truncate(TEN_GB)
    seen = check(tree, seconds=30)
    assert seen.status == 3
    for name in ("uv.lock", "package-lock.json", "pom.xml"):
        assert name in seen.gaps()
