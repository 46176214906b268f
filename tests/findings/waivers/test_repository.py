"""Which waiver files a repository holds, and who wrote each, as its history tells."""

import subprocess

import pytest

from wardline.findings.waivers.files import FOLDER
from wardline.findings.waivers.repository import written

PATH = f"{FOLDER}one.toml"


def git(folder, *arguments, who="ada"):
    names = ["-c", f"user.name={who}", "-c", f"user.email={who}@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


def put(tree, text, who, message="a waiver"):
    file = tree / PATH
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    top = tree if (tree / ".git").exists() else tree.parent
    git(top, "add", "-A", who=who)
    git(top, "commit", "-q", "-m", message, who=who)


@pytest.fixture
def tree(tmp_path):
    made = tmp_path / "tree"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    return made


def test_everybody_who_wrote_a_file_is_named(tree):
    put(tree, "one", "ada")
    put(tree, "two", "bo", "more\n\nCo-authored-by: Cy <cy@example.org>")
    (tree / "other").write_text("x")
    git(tree, "add", "-A", who="di")
    git(tree, "commit", "-q", "-m", "beside it", who="di")
    (one,) = written(tree)
    assert (one.path, one.content) == (PATH, b"two")
    assert one.authors == ("ada@example.org", "bo@example.org", "cy@example.org")


def test_the_files_of_a_service_that_is_a_part_of_its_repository(tree):
    (tree / "shop").mkdir()
    put(tree / "shop", "one", "ada")
    assert [(one.path, one.authors) for one in written(tree / "shop")] == [(PATH, ("ada@example.org",))]
    assert written(tree) == ()


def test_what_is_not_there_as_committed_was_written_by_nobody_known(tree):
    put(tree, "one", "ada")
    (tree / PATH).write_text("two")
    (tree / FOLDER / "new.toml").write_text("x")
    assert [one.authors for one in written(tree)] == [(), ()]


def test_a_history_that_was_cut_off_tells_nothing(tree, tmp_path):
    put(tree, "one", "ada")
    put(tree, "two", "bo")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tree}", "clone")
    assert [one.authors for one in written(tmp_path / "clone")] == [()]


def test_without_a_repository_nobody_wrote_it(tmp_path):
    file = tmp_path / PATH
    file.parent.mkdir(parents=True)
    file.write_text("one")
    assert [one.authors for one in written(tmp_path)] == [()]


def test_links_are_not_followed(tree, tmp_path):
    put(tree, "one", "ada")
    (tree / FOLDER / "link.toml").symlink_to(tmp_path / "elsewhere")
    assert [one.path for one in written(tree)] == [PATH]
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / ".wardline").symlink_to(tree / ".wardline")
    assert written(tmp_path / "bare") == ()
