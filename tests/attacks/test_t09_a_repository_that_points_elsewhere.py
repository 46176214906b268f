"""T-09: a `.git` that leads to another repository of the victim's, so that the report shows what is in there."""

import pytest
from tests.repositories import Made


@pytest.fixture
def private(tmp_path):
    made = Made(tmp_path / "private")
    made.commit(requirements_txt="private-thing==1.0\n")
    made.commit(requirements_txt="private-thing==1.0\nknown==1.0\n")
    return made


def seen(check, tree, *arguments):
    found = check(tree, *arguments)
    assert "private-thing" not in found.everything
    assert found.status in {2, 3}
    return found.everything


@pytest.mark.parametrize("arguments", [("--staged",), ("--diff", "HEAD~1")])
def test_a_pointer_file(check, tree, private, arguments) -> None:
    (tree / ".git").write_text(f"gitdir: {private.path}/.git\n")
    assert "does not know of this work tree" in seen(check, tree, *arguments)


@pytest.mark.parametrize("arguments", [("--staged",), ("--diff", "HEAD~1")])
def test_a_link(check, tree, private, arguments) -> None:
    (tree / ".git").symlink_to(private.path / ".git")
    assert "symbolic link" in seen(check, tree, *arguments)


@pytest.mark.parametrize("arguments", [("--staged",), ("--diff", "HEAD~1")])
def test_a_common_folder(check, tmp_path, private, arguments) -> None:
    made = Made(tmp_path / "made")
    (made.path / ".git/commondir").write_text(f"{private.path}/.git")
    assert "objects are elsewhere" in seen(check, made.path, *arguments)


def test_borrowed_objects(check, tmp_path, private) -> None:
    made = Made(tmp_path / "made")
    base, head = private.git("rev-parse", "HEAD~1"), private.git("rev-parse", "HEAD")
    (made.path / ".git/objects/info").mkdir(exist_ok=True)
    (made.path / ".git/objects/info/alternates").write_text(f"{private.path}/.git/objects\n")
    (made.path / ".git/refs/heads/main").write_text(head + "\n")
    assert "another" in seen(check, made.path, "--diff", base)


def test_an_index_that_is_a_link(check, tmp_path, private) -> None:
    made = Made(tmp_path / "made")
    (made.path / ".git/index").symlink_to(private.path / ".git/index")
    assert "symbolic link" in seen(check, made.path, "--staged")


def test_an_index_that_the_environment_names(check, tmp_path, private) -> None:
    made = Made(tmp_path / "made")
    made.commit(a="x")
    found = check(made.path, "--staged", GIT_INDEX_FILE=str(private.path / ".git/index"), GIT_DIR=str(private.path))
    assert "private-thing" not in found.everything
