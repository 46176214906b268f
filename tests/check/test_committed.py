import pytest
from tests.repositories import Made

from wardline.check.committed import CommittedTree, CommitTree, StagedTree
from wardline.check.tree import Entry, UnreadableError
from wardline.kernel.git.repository import Listed, Repository


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "made")
    made.write(a__b="ab", a__c="longer", a0="x")
    (made.path / "link").symlink_to("/etc/passwd")
    made.commit()
    return made


@pytest.fixture
def repository(made):
    with Repository.at(made.path) as opened:
        yield opened


def test_a_commit_is_a_tree_in_path_order(made, repository) -> None:
    tree = CommitTree(repository, repository.head())
    assert tree.files() == [Entry("a/b", 2), Entry("a/c", 6), Entry("a0", 1)]
    made.write(a__b="changed on disk")
    assert tree.read("a/b", max_bytes=10) == b"ab"


def test_what_is_staged_is_a_tree(made, repository) -> None:
    made.write(a__b="staged")
    made.git("add", "a/b")
    made.write(a__b="not staged any more")
    tree = StagedTree(repository)
    assert tree.read("a/b", max_bytes=10) == b"staged"
    assert CommitTree(repository, repository.head()).read("a/b", max_bytes=10) == b"ab"


def test_a_folder_of_it_is_a_tree_of_its_own(repository) -> None:
    tree = CommitTree(repository, repository.head(), "a")
    assert [entry.path for entry in tree.files()] == ["b", "c"]
    assert tree.read("c", max_bytes=6) == b"longer"
    for path in ("../a0", "a0", "/a/b", ""):
        with pytest.raises(FileNotFoundError):
            tree.read(path, max_bytes=9)


def test_a_link_is_unlisted_and_not_read(repository) -> None:
    tree = CommitTree(repository, repository.head())
    assert [(found.path, found.kind) for found in tree.unlisted()] == [("link", "link")]
    with pytest.raises(UnreadableError, match="not followed"):
        tree.read("link", max_bytes=9)


def test_a_file_over_the_bound_is_not_read(repository) -> None:
    tree = CommitTree(repository, repository.head())
    with pytest.raises(UnreadableError, match="more than the 5 bytes"):
        tree.read("a/c", max_bytes=5)
    assert tree.read("a/c", max_bytes=6) == b"longer"


def test_submodules_and_conflicts_are_unlisted(repository) -> None:
    name = "0" * 40
    entries = [
        Listed("sub", 0o160000, name),
        *(Listed("both", 0o100644, name, stage) for stage in (1, 2, 3)),
    ]
    tree = CommittedTree(repository, entries)
    assert tree.files() == []
    assert [(found.path, found.kind) for found in tree.unlisted()] == [("sub", "submodule"), ("both", "folder")]
    for path in ("sub", "both"):
        with pytest.raises(UnreadableError):
            tree.read(path, max_bytes=9)


def test_what_a_partial_clone_lacks_is_listed_and_says_so(made, tmp_path) -> None:
    made.git("config", "uploadpack.allowFilter", "true")
    made.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{made.path}", tmp_path / "partial")
    with Repository.at(tmp_path / "partial") as repository:
        tree = CommitTree(repository, repository.head())
        assert [entry.path for entry in tree.files()] == ["a/b", "a/c", "a0"]
        with pytest.raises(UnreadableError) as caught:
            tree.read("a/b", max_bytes=9)
    assert "partial clone" in caught.value.hint
    assert not list((tmp_path / "partial/.git/objects").glob("[0-9a-f][0-9a-f]/*")), "nothing was fetched"


def test_a_name_from_a_tree_object_leads_nowhere(made, repository, tmp_path) -> None:
    blob = made.git("rev-parse", "HEAD:a0")
    (tmp_path / "outside").write_text("outside")
    entries = [Listed("../outside", 0o100644, blob), Listed("/etc/passwd", 0o100644, blob)]
    tree = CommittedTree(repository, entries)
    assert {tree.read(entry.path, max_bytes=9) for entry in tree.files()} == {b"x"}
