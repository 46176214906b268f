import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.repositories import ENVIRONMENT, Made

from wardline.kernel.git import repository as room
from wardline.kernel.git.errors import GitError, RevisionError
from wardline.kernel.git.repository import Change, Listed, Repository
from wardline.kernel.sandbox import Limits, run


@pytest.fixture
def made(tmp_path):
    return Made(tmp_path / "made")


@pytest.fixture
def opened():
    """Open repositories, and close them after the test."""
    kept = []

    def at(path):
        kept.append(Repository.at(path))
        return kept[-1]

    yield at
    for repository in kept:
        if repository is not None:
            repository.close()


# where it is


def test_a_folder_outside_any_repository_has_none(tmp_path) -> None:
    assert Repository.at(tmp_path) is None


def test_a_repository_is_found_from_any_folder_inside(made, opened) -> None:
    made.commit(src__deep__a="x")
    repository = opened(made.path / "src/deep")
    assert repository.top == made.path.resolve()
    assert not repository.bare
    assert repository.inside(made.path / "src/deep") == "src/deep"
    assert repository.inside(made.path) == ""


def test_a_bare_repository_has_commits_and_no_work_tree(made, opened, tmp_path) -> None:
    commit = made.commit(a="x")
    made.git("clone", "-q", "--bare", made.path, tmp_path / "bare.git")
    repository = opened(tmp_path / "bare.git")
    assert repository.bare
    assert repository.head() == commit
    assert [listed.path for listed in repository.tree(commit)] == ["a"]


def test_a_linked_work_tree_has_its_own_head_and_index(made, opened, tmp_path) -> None:
    first = made.commit(a="x")
    made.git("worktree", "add", "-q", "-b", "other", tmp_path / "linked")
    linked = Made(tmp_path / "linked")
    second = linked.commit(b="y")
    repository = opened(tmp_path / "linked")
    assert repository.head() == second
    assert repository.tracked() == {"a", "b"}
    assert repository.merge_base("main") == first
    assert made.path / ".git" in repository.readable
    assert opened(made.path).head() == first


def test_a_submodule_is_a_repository_of_its_own(made, opened, tmp_path) -> None:
    inner = Made(tmp_path / "inner").commit(b="y")
    made.commit(a="x")
    made.git("submodule", "add", "-q", tmp_path / "inner", "sub")
    made.commit()
    assert opened(made.path / "sub").head() == inner
    assert opened(made.path).tree(made.git("rev-parse", "HEAD"))[-1] == Listed("sub", 0o160000, inner)


@pytest.mark.parametrize("options", [("--object-format=sha256",), ("--ref-format=reftable",)])
def test_other_formats_are_read(opened, tmp_path, options) -> None:
    try:
        made = Made(tmp_path / "made", *options)
    except AssertionError as error:
        pytest.skip(f"this git does not know {options}: {error}")
    commit = made.commit(a="x")
    repository = opened(made.path)
    assert repository.head() == commit
    assert repository.changed(None, staged=True) == [Change("a", None, "A")]
    assert [content for _, content in repository.blobs([made.git("rev-parse", "HEAD:a")], max_bytes=9)] == [b"x"]


def test_a_split_index_is_read(made, opened) -> None:
    made.commit(a="x", b="y")
    made.git("update-index", "--split-index")
    made.write(c="z")
    made.git("add", "c")
    assert list(made.path.glob(".git/sharedindex.*"))
    assert opened(made.path).tracked() == {"a", "b", "c"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only a superuser gives files away")
def test_a_repository_of_another_owner_is_read(made, opened) -> None:
    commit = made.commit(a="x")
    for path in (made.path, *made.path.rglob("*")):
        os.chown(path, 65534, 65534)
    assert opened(made.path).head() == commit
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=made.path, env={"HOME": "/nonexistent"}, check=False)
    assert done.returncode != 0, "git itself refuses, so the above says something"


def test_git_that_is_not_installed_is_said(made, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(GitError, match="not installed"):
        Repository.at(made.path)


# revisions


def test_before_the_first_commit_there_is_no_head(made, opened) -> None:
    repository = opened(made.path)
    assert repository.head() is None
    made.git("hash-object", "-w", "-t", "tree", os.devnull)
    commit = made.git("commit-tree", room._EMPTY_TREE["sha1"], "-m", "x")
    with pytest.raises(GitError, match="no commit yet"):
        repository.merge_base(commit)


def test_a_commit_is_named_in_every_usual_way(made, opened) -> None:
    first, second = made.commit(a="x"), made.commit(a="y")
    made.git("tag", "-a", "-m", "x", "v1", first)
    made.git("update-ref", "refs/remotes/origin/main", second)
    (made.path / ".git/FETCH_HEAD").write_text(f"{first}\t\tbranch 'main' of elsewhere\n")
    made.git("pack-refs", "--all")
    repository = opened(made.path)
    for revision in ("HEAD~1", "v1", "tags/v1", first[:10], "FETCH_HEAD", "main^", "origin/main~"):
        assert repository.commit(revision) == first
    for revision in ("HEAD", "@", "origin/main", second):
        assert repository.commit(revision) == second


@pytest.mark.parametrize(
    "revision",
    ["", "nope", "-h", "--help", "--git-dir=/", "-", "a\nb", "a\0b", "HEAD:a", "HEAD^{tree}", "^HEAD", "@{u}"],
)
def test_what_is_no_revision_is_asked_wrongly(made, opened, revision) -> None:
    made.commit(a="x")
    with pytest.raises(RevisionError):
        opened(made.path).commit(revision)


def test_the_merge_base_is_where_head_left(made, opened) -> None:
    fork = made.commit(a="x")
    made.git("checkout", "-q", "-b", "feature")
    made.commit(b="y")
    made.git("checkout", "-q", "main")
    made.commit(c="z")
    made.git("checkout", "-q", "feature")
    assert opened(made.path).merge_base("main") == fork


def test_histories_that_never_met_have_no_merge_base(made, opened) -> None:
    made.commit(a="x")
    made.git("checkout", "-q", "--orphan", "other")
    made.commit(b="y")
    with pytest.raises(GitError, match="no commit in common"):
        opened(made.path).merge_base("main")


def test_a_shallow_clone_without_the_merge_base_says_how_to_get_it(made, opened, tmp_path) -> None:
    made.commit(a="x")
    made.git("checkout", "-q", "-b", "feature")
    made.commit(b="y")
    made.git("checkout", "-q", "main")
    made.commit(c="z")
    made.git(
        "clone", "-q", "--depth=1", "--no-single-branch", "-b", "feature", f"file://{made.path}", tmp_path / "clone"
    )
    repository = opened(tmp_path / "clone")
    with pytest.raises(GitError) as caught:
        repository.merge_base("origin/main")
    assert "fetch-depth: 0" in caught.value.hint
    with pytest.raises(RevisionError) as unknown:
        repository.commit("HEAD~1")
    assert "--unshallow" in unknown.value.hint


@pytest.mark.parametrize("name", ["--output=/tmp/x", "HEAD:a", "a\nb", "", "é"])
def test_where_an_id_is_asked_for_nothing_else_is_passed_on(made, opened, name) -> None:
    made.commit(a="x")
    repository = opened(made.path)
    for call in (
        lambda: repository.tree(name),
        lambda: repository.changed(name or "-", staged=True),
        lambda: repository.sizes([name]),
        lambda: list(repository.blobs([name], max_bytes=9)),
    ):
        with pytest.raises(RevisionError):
            call()


# changes


def test_what_is_staged_is_compared(made, opened) -> None:
    base = made.commit(a="x\n" * 20, b="y", c="z")
    made.git("mv", "a", "moved")
    made.write(b="changed", new="n", later="not staged")
    (made.path / "c").unlink()
    made.git("add", "-A", "b", "c", "new")
    repository = opened(made.path)
    expected = [Change("b", None, "M"), Change("c", None, "D"), Change("moved", "a", "R"), Change("new", None, "A")]
    assert repository.changed(base, staged=True) == expected
    assert repository.changed(base, staged=None) == []
    made.git("commit", "-qm", "x")
    assert repository.changed(base, staged=None) == expected
    assert repository.changed(repository.head(), staged=True) == []


def test_before_the_first_commit_everything_staged_is_new(made, opened) -> None:
    made.write(a="x")
    made.git("add", "a")
    repository = opened(made.path)
    assert repository.changed(repository.head(), staged=True) == [Change("a", None, "A")]
    assert repository.changed(None, staged=None) == []


def test_the_work_tree_is_compared_by_content(made, opened) -> None:
    base = made.commit(a="x", b="y", c="z", d="d")
    made.write(b="changed")
    os.utime(made.path / "a", (1, 1))
    (made.path / "c").unlink()
    (made.path / "d").chmod(0o755)
    os.utime(made.path / "d", (1, 1))
    repository = opened(made.path)
    index = (made.path / ".git/index").read_bytes()
    assert repository.changed(base, staged=False) == [
        Change("b", None, "M"),
        Change("c", None, "D"),
        Change("d", None, "M"),
    ]
    assert (made.path / ".git/index").read_bytes() == index, "nothing of the user's is written"


def test_odd_names_come_through(made, opened) -> None:
    names = [b"a\nb", b"\xff\xfe", "naïve".encode(), b" lead", b"-dash", b":(top)x", b'"quoted"', b"tab\tb"]
    for name in names:
        (made.path / os.fsdecode(name)).write_bytes(name)
    commit = made.commit()
    repository = opened(made.path)
    expected = {os.fsdecode(name) for name in names}
    assert repository.tracked() == expected
    assert {listed.path for listed in repository.tree(commit)} == expected
    assert {listed.path for listed in repository.index()} == expected
    assert {change.path for change in repository.changed(None, staged=None)} == expected
    for name in names:
        (made.path / os.fsdecode(name)).write_bytes(b"changed")
    assert {change.path for change in repository.changed(commit, staged=False)} == expected
    assert repository.ignored(expected) == set()


def test_both_sides_of_a_conflict_are_in_the_index(made, opened) -> None:
    made.commit(a="x")
    made.git("checkout", "-q", "-b", "other")
    made.commit(a="y")
    made.git("checkout", "-q", "main")
    made.commit(a="z")
    subprocess.run(["git", "merge", "-q", "other"], cwd=made.path, env=ENVIRONMENT, capture_output=True, check=False)
    repository = opened(made.path)
    assert [listed.stage for listed in repository.index()] == [1, 2, 3]
    assert "U" in {change.status for change in repository.changed(repository.head(), staged=True)}


# what is tracked


def test_untracked_and_ignored_files_are_told_apart(made, opened) -> None:
    made.commit(_gitignore="*.log\n", a="x")
    made.write(b="y", c_log="z")
    (made.path / ".git/info").mkdir(exist_ok=True)
    (made.path / ".git/info/exclude").write_text("*.tmp\n")
    made.write(d_tmp="t")
    repository = opened(made.path / ".git" / "..")
    assert repository.untracked() == ["b"]
    assert repository.ignored(["a", "b", "c.log", "d.tmp", "deep/e.log"]) == {"c.log", "d.tmp", "deep/e.log"}
    assert repository.ignored([]) == set()


def test_the_index_of_a_hook_is_the_one_that_counts(made, opened, monkeypatch, tmp_path) -> None:
    made.commit(a="x")
    made.write(b="y")
    shutil.copy(made.path / ".git/index", made.path / ".git/next-index-1.lock")
    subprocess.run(
        ["git", "add", "b"],
        cwd=made.path,
        env={**os.environ, "GIT_INDEX_FILE": ".git/next-index-1.lock"},
        check=True,
    )
    assert opened(made.path).tracked() == {"a"}
    monkeypatch.chdir(made.path)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-1.lock")
    assert opened(made.path).tracked() == {"a", "b"}
    shutil.copy(made.path / ".git/next-index-1.lock", tmp_path / "index")
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert opened(made.path).tracked() == {"a"}, "another repository's index is none of ours"


# objects


def test_blobs_come_in_order_within_bounds(made, opened) -> None:
    made.commit(**{f"f{n}": str(n) * n for n in range(600)})
    repository = opened(made.path)
    ids = [listed.id for listed in repository.tree(made.git("rev-parse", "HEAD"))]
    sizes = repository.sizes(ids)
    found = list(repository.blobs(ids, max_bytes=1000))
    assert [name for name, _ in found] == ids
    for name, content in found:
        assert (content is None) == (sizes[name] > 1000)
        assert content is None or len(content) == sizes[name]


def test_what_is_missing_or_no_blob_has_no_bytes(made, opened) -> None:
    commit = made.commit(a="x")
    blob = made.git("rev-parse", "HEAD:a")
    ids = ["0" * 40, commit, made.git("rev-parse", "HEAD^{tree}"), blob]
    repository = opened(made.path)
    assert [content for _, content in repository.blobs(ids, max_bytes=9)] == [None, None, None, b"x"]
    assert repository.sizes(ids) == {blob: 1}


def test_a_walk_over_blobs_can_be_left_and_another_begun(made, opened) -> None:
    made.commit(a="x", b="y")
    repository = opened(made.path)
    ids = [listed.id for listed in repository.tree(made.git("rev-parse", "HEAD"))]
    walk = repository.blobs(ids, max_bytes=9)
    assert next(walk) == (ids[0], b"x")
    assert list(repository.blobs(reversed(ids), max_bytes=9)) == [(ids[1], b"y"), (ids[0], b"x")]
    assert next(walk) == (ids[1], b"y")
    half = repository.blobs(ids, max_bytes=9)
    next(half)
    half.close()
    assert list(repository.blobs(ids, max_bytes=9)) == [(ids[0], b"x"), (ids[1], b"y")]


def test_a_damaged_repository_is_an_error_with_a_way_out(made, opened) -> None:
    commit = made.commit(a="x")
    tree = made.git("rev-parse", "HEAD^{tree}")
    shutil.rmtree(made.path / ".git/objects" / tree[:2])
    with pytest.raises(GitError, match="could not read the repository") as caught:
        opened(made.path).tree(commit)
    assert caught.value.hint == "git fsck"


def test_a_damaged_index_is_an_error(made, opened) -> None:
    made.commit(a="x")
    (made.path / ".git/index").write_bytes(b"DIRC" + bytes(100))
    with pytest.raises(GitError):
        opened(made.path).tracked()


def test_all_of_it_works_in_the_sandbox(made, tmp_path) -> None:
    base = made.commit(_gitignore="*.log\n", a="x")
    made.commit(b="y", src__c="z")
    with Repository.at(made.path / "src") as repository:

        def work(_channel):
            assert repository.merge_base(base) == base
            assert [change.path for change in repository.changed(base, staged=None)] == ["b", "src/c"]
            assert repository.changed(repository.head(), staged=False) == []
            assert repository.changed(repository.head(), staged=True) == []
            assert repository.untracked() == []
            assert repository.ignored(["x.log"]) == {"x.log"}
            ids = [listed.id for listed in repository.index()]
            assert repository.sizes(ids)
            return b"".join(content for _, content in repository.blobs(ids, max_bytes=99))

        outcome = run(work, readable=repository.readable, limits=Limits(wall_seconds=30))
    assert outcome.answer == b"*.log\nxyz"


def test_closing_leaves_nothing_behind(made, monkeypatch, tmp_path, new_children) -> None:
    made.commit(a="x")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = {*tmp_path.iterdir()}
    with Repository.at(made.path) as repository:
        assert len({*tmp_path.iterdir()} - before) == 1
        list(repository.blobs([made.git("rev-parse", "HEAD:a")], max_bytes=9))
    assert {*tmp_path.iterdir()} == before
    assert new_children() == set()
    assert made.git("cat-file", "-p", "HEAD:a") == "x"


def test_a_child_that_closes_leaves_the_parents_folder(made) -> None:
    with Repository.at(made.path) as repository:
        pid = os.fork()
        if pid == 0:
            repository.close()
            os._exit(0)
        os.waitpid(pid, 0)
        assert repository._shadow.is_dir()


def test_the_empty_trees_are_gits(made) -> None:
    assert made.git("hash-object", "-t", "tree", os.devnull) == room._EMPTY_TREE["sha1"]
    sha256 = subprocess.run(
        ["git", "-c", "init.defaultObjectFormat=sha256", "hash-object", "-t", "tree", os.devnull],
        cwd="/",
        env={"PATH": os.environ["PATH"], "GIT_DEFAULT_HASH": "sha256"},
        capture_output=True,
        check=False,
    )
    if sha256.returncode == 0 and len(sha256.stdout) == 65:
        assert sha256.stdout.decode().strip() == room._EMPTY_TREE["sha256"]


def test_a_file_where_a_folder_is_asked_for_is_in_the_repository_too(made, opened) -> None:
    made.commit(a="x")
    assert opened(made.path / "a").top == Path(made.path).resolve()


def test_the_own_line_of_a_history_leaves_out_what_was_merged(made, opened) -> None:
    first = made.commit(a="1")
    made.git("checkout", "-q", "-b", "side")
    made.commit(b="2")
    made.git("checkout", "-q", "-")
    second = made.commit(a="3")
    made.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    rows = opened(made.path).first_parents()
    assert [commit for commit, _ in rows] == [first, second, opened(made.path).head()]
    assert all(seconds > 0 for _, seconds in rows)
