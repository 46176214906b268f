import os

import pytest
from tests.repositories import Made

from wardline.kernel.git import layout
from wardline.kernel.git.errors import GitError


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "made")
    made.commit(a="x")
    return made


@pytest.fixture
def private(tmp_path):
    """Another repository of the user's, which no stranger's tree may lead to."""
    made = Made(tmp_path / "private")
    made.commit(secret="x")
    return made


def test_a_plain_repository_is_all_in_one_place(made) -> None:
    found = layout.find(made.path / "a")
    git_dir = made.path.resolve() / ".git"
    assert found == layout.Places(made.path.resolve(), git_dir, git_dir, "sha1", "files")


def test_a_folder_named_git_that_is_no_repository_is_passed_by(made) -> None:
    (made.path / "sub/.git").mkdir(parents=True)
    found = layout.find(made.path / "sub")
    assert found is not None
    assert found.top == made.path.resolve()


def test_a_pointer_to_a_repository_that_does_not_point_back_is_refused(tmp_path, private) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/.git").write_text(f"gitdir: {private.path}/.git\n")
    with pytest.raises(GitError, match="does not know of this work tree"):
        layout.find(tmp_path / "tree")


def test_a_separate_repository_that_points_back_is_found(tmp_path) -> None:
    Made(tmp_path / "made", "--separate-git-dir", str(tmp_path / "kept.git"))
    with pytest.raises(GitError) as caught:
        layout.find(tmp_path / "made")
    assert "git config core.worktree" in caught.value.hint
    Made(tmp_path / "made").git("config", "core.worktree", tmp_path / "made")
    found = layout.find(tmp_path / "made")
    assert found is not None
    assert found.git_dir == (tmp_path / "kept.git").resolve()


def test_a_work_tree_that_is_not_the_one_its_repository_knows_is_refused(made, tmp_path) -> None:
    made.git("worktree", "add", "-q", tmp_path / "linked")
    (tmp_path / "stolen").mkdir()
    (tmp_path / "stolen/.git").write_text((tmp_path / "linked/.git").read_text())
    assert layout.find(tmp_path / "linked") is not None
    with pytest.raises(GitError):
        layout.find(tmp_path / "stolen")


def test_a_work_trees_folder_that_borrows_another_repository_is_refused(tmp_path, private) -> None:
    tree = tmp_path / "tree"
    (tree / "fake").mkdir(parents=True)
    (tree / ".git").write_text("gitdir: fake")
    (tree / "fake/gitdir").write_text(str(tree / ".git"))
    (tree / "fake/commondir").write_text(str(private.path / ".git"))
    (tree / "fake/HEAD").write_text("ref: refs/heads/main")
    with pytest.raises(GitError):
        layout.find(tree)


def test_a_git_folder_that_says_its_objects_are_elsewhere_is_refused(made, private) -> None:
    (made.path / ".git/commondir").write_text(str(private.path / ".git"))
    with pytest.raises(GitError, match="objects are elsewhere"):
        layout.find(made.path)


@pytest.mark.parametrize("part", ["config", "objects", "objects/pack", "refs", "packed-refs", "index"])
def test_a_part_that_is_a_symbolic_link_is_refused(made, private, part) -> None:
    private.git("pack-refs", "--all")
    place = made.path / ".git" / part
    if place.exists():
        place.rename(made.path / "away")
    place.symlink_to(private.path / ".git" / part)
    if part in {"objects", "refs"}:  # then it is no repository at all
        assert layout.find(made.path) is None
        return
    with pytest.raises(GitError, match="symbolic link"):
        layout.find(made.path)


def test_a_git_folder_that_is_a_symbolic_link_is_refused(tmp_path, private) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/.git").symlink_to(private.path / ".git")
    with pytest.raises(GitError, match="symbolic link"):
        layout.find(tmp_path / "tree")


@pytest.mark.parametrize(
    ("text", "section", "name", "value"),
    [
        ("[core]\n\tworktree = /a b\n", "core", "worktree", "/a b"),
        ('[ CORE ] worktree="/a"', "core", "worktree", "/a"),
        ("[core]\nworktree=1\nworktree=2", "core", "worktree", "2"),
        ('[core "x"]\nworktree=1', "core", "worktree", None),
        ("worktree=1", "core", "worktree", None),
        ("[remote]\nworktree=1\n[core]\n#worktree=2", "core", "worktree", None),
        ("", "core", "worktree", None),
    ],
)
def test_a_setting_is_read_where_it_is_plain(text, section, name, value) -> None:
    assert layout._setting(text, section, name) == value


def test_a_format_that_is_not_known_is_refused(made) -> None:
    with (made.path / ".git/config").open("a") as file:
        file.write("[extensions]\nobjectformat = sha3\n")
    with pytest.raises(GitError, match="'sha3' is not known"):
        layout.find(made.path)


@pytest.mark.parametrize("trap", ["config", ".git"])
def test_a_pipe_is_not_waited_for(made, tmp_path, trap) -> None:
    if trap == "config":
        (made.path / ".git/config").unlink()
        os.mkfifo(made.path / ".git/config")
        with pytest.raises(GitError, match="not what git puts there"):
            layout.find(made.path)
    else:
        os.mkfifo(tmp_path / ".git")
        assert layout.find(tmp_path) is None


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"gitdir: ", b"gitdir: \0", b"gitdir: " + b"x" * 100_000, b"\xff"]
)
def test_a_pointer_that_is_none_is_an_error(tmp_path, content) -> None:
    (tmp_path / ".git").write_bytes(content)
    with pytest.raises(GitError):
        layout.find(tmp_path)


def test_objects_that_are_borrowed_are_named(made, private) -> None:
    found = layout.find(made.path)
    assert found is not None
    assert layout.borrowed(found) is None
    alternates = made.path / ".git/objects/info/alternates"
    alternates.write_text("# nothing\n")
    assert layout.borrowed(found) is None
    alternates.write_text("../../../private/.git/objects\n")
    assert layout.borrowed(found) == "../../../private/.git/objects"
    alternates.write_text(f"{private.path}/.git/objects\n")
    assert layout.borrowed(found) == f"{private.path}/.git/objects"
