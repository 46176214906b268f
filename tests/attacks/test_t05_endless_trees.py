"""T-05: so many files, folders or levels that the check does not come to an end."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from wardline.check import worktree
from wardline.check.worktree import WorkTree


@pytest.fixture
def crowded():
    """Return a folder of 100,000 files and one lockfile, in memory where that is possible: a disk takes seconds."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        descriptor = os.open(folder, os.O_RDONLY)
        for number in range(100_000):
            os.mknod(f"f{number}", dir_fd=descriptor)
        os.close(descriptor)
        (Path(folder) / "requirements.txt").write_text("honest==1.0\n")
        yield Path(folder)


def test_a_hundred_thousand_files_in_one_folder_are_walked(check, crowded) -> None:
    assert len(WorkTree(crowded).files()) == 100_001
    seen = check(crowded, seconds=60)
    assert seen.status == 0
    assert seen.report["coverage"]["dependencies"]["examined"] == 1


def nest(folder: Path, name: str, levels: int) -> None:
    above = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=above)
        below = os.open(name, os.O_RDONLY, dir_fd=above)
        os.close(above)
        above = below
    os.close(os.open("uv.lock", os.O_WRONLY | os.O_CREAT, dir_fd=above))
    os.close(above)


def test_folders_nested_deeper_than_a_path_can_say_are_a_gap(check, tree) -> None:
    nest(tree, "d", 2100)  # a path of 4,200 characters: longer than PATH_MAX
    found = WorkTree(tree).unlisted()
    assert found[0].reason == f"nested more than {worktree.MAX_DEPTH} folders deep"
    seen = check(tree, seconds=30)
    assert seen.status == 3
    assert "folders deep" in seen.gaps()
    subprocess.run(["rm", "-rf", tree], check=True)  # pytest's own clean-up recurses


def test_long_names_on_the_way_are_a_gap(tree) -> None:
    nest(tree, "x" * 250, 30)
    assert "bytes" in WorkTree(tree).unlisted()[0].reason
    subprocess.run(["rm", "-rf", tree], check=True)
