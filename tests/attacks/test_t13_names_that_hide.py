"""T-13: what is to be hidden stands in a folder that looks like installed packages, or like git's own."""

from tests.repositories import Made

from wardline.check.worktree import WorkTree
from wardline.kernel.git.repository import Repository


def test_a_file_that_git_tracks_does_not_hide_in_what_looks_installed(tmp_path) -> None:
    made = Made(tmp_path / "made")
    for place in ("src/pyvenv.cfg", "src/requirements.txt", "node_modules/evil/requirements.txt"):
        (made.path / place).parent.mkdir(parents=True, exist_ok=True)
        (made.path / place).write_text("known==1.0\n")
    made.commit()
    with Repository.at(made.path) as repository:
        tree = WorkTree(made.path, tracked=repository.tracked)
        paths = [entry.path for entry in tree.files()]
    assert "src/requirements.txt" in paths
    assert "node_modules/evil/requirements.txt" in paths
    assert tree.installed == []


def test_a_whole_check_finds_it(check, tmp_path) -> None:
    made = Made(tmp_path / "made")
    for place in ("app/src/pyvenv.cfg", "app/src/requirements.txt", "app/node_modules/evil/requirements.txt"):
        (made.path / place).parent.mkdir(parents=True, exist_ok=True)
        (made.path / place).write_text("known==1.0\n")
    made.commit()
    for folder in (made.path, made.path / "app"):
        seen = check(folder)
        assert seen.status == 1
        assert len(seen.report["findings"]) == 2


def test_what_is_not_entered_is_said(tree) -> None:
    (tree / "node_modules").mkdir()
    (tree / "node_modules/requirements.txt").write_text("known==1.0\n")
    found = WorkTree(tree)
    found.files()
    assert found.installed == ["node_modules"]


def test_no_name_but_gits_own_is_passed_over(tree) -> None:
    for name in (".git ", ".Git", "git", ".github", "...", " ", ".hidden", "NUL"):
        (tree / name).mkdir()
        (tree / name / "requirements.txt").write_text("known==1.0\n")
    assert len(WorkTree(tree).files()) == 9
