import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check import worktree
from wardline.check.tree import Entry, Unlisted, UnreadableError
from wardline.check.worktree import WorkTree
from wardline.kernel.errors import AskedWronglyError

NOBODY = 65534


def made(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    return root


def paths(tree: WorkTree) -> list[str]:
    return [entry.path for entry in tree.files()]


def test_files_come_with_their_sizes_in_path_order(tmp_path) -> None:
    made(tmp_path, "b", "a/x", "a-b", "a.c", "a/b/c", "a0", "Z", "é")
    found = paths(WorkTree(tmp_path))
    assert found == sorted(found) == ["Z", "a-b", "a.c", "a/b/c", "a/x", "a0", "b", "é"]
    assert WorkTree(tmp_path).files()[3] == Entry("a/b/c", 5)


def test_an_empty_folder_has_no_files(tmp_path) -> None:
    tree = WorkTree(tmp_path)
    assert (tree.files(), tree.unlisted(), tree.installed) == ([], [], [])


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS refuses names that are not UTF-8")
@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.binary(min_size=1, max_size=40).filter(lambda name: not {0, 47} & {*name} and name not in {b".", b".."}),
        min_size=1,
        max_size=5,
        unique=True,
    )
)
def test_any_name_survives_the_round_trip(names) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            with open(os.path.join(os.fsencode(folder), name), "wb") as file:  # noqa: PTH118, PTH123 - bytes
                file.write(name)
        tree = WorkTree(Path(folder))
        found = {os.fsencode(entry.path): tree.read(entry.path, max_bytes=100) for entry in tree.files()}
        tree.close()
        assert found == {name: name for name in names if name != b".git"}


def test_a_file_is_read_whole_or_not_at_all(tmp_path) -> None:
    made(tmp_path, "a/exactly")
    tree = WorkTree(tmp_path)
    assert tree.read("a/exactly", max_bytes=9) == b"a/exactly"
    with pytest.raises(UnreadableError, match="a/exactly: 9 bytes, more than the 8"):
        tree.read("a/exactly", max_bytes=8)


def test_an_empty_file_is_read(tmp_path) -> None:
    (tmp_path / "empty").touch()
    assert WorkTree(tmp_path).read("empty", max_bytes=0) == b""


def test_a_large_file_is_read_in_pieces(tmp_path) -> None:
    content = os.urandom(3 * 1024 * 1024 + 17)
    (tmp_path / "large").write_bytes(content)
    assert WorkTree(tmp_path).read("large", max_bytes=len(content)) == content


def test_a_file_that_grows_while_it_is_read_stays_within_bounds(tmp_path, monkeypatch) -> None:
    (tmp_path / "growing").write_bytes(b"x" * 10)
    read = os.read

    def grow(descriptor, count):
        with (tmp_path / "growing").open("ab") as file:
            file.write(b"y" * 1000)
        return read(descriptor, count)

    monkeypatch.setattr(os, "read", grow)
    with pytest.raises(UnreadableError, match="more than the 5000"):
        WorkTree(tmp_path).read("growing", max_bytes=5000)


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../../x", "a/../b", "/etc/passwd", "", ".", "a//b", "a\0b", "..", "a/..", ".git/config", "a/.git"],
)
def test_a_path_that_could_lead_out_is_not_read(tmp_path, path) -> None:
    made(tmp_path, "root/a/b", "root/b", "x", "root/.git/config")
    with pytest.raises(UnreadableError):
        WorkTree(tmp_path / "root").read(path, max_bytes=100)


def test_a_path_may_begin_here(tmp_path) -> None:
    assert WorkTree(made(tmp_path, "a/b")).read("./a/./b", max_bytes=9) == b"a/b"


@pytest.mark.parametrize("path", ["nope", "a/nope", "nope/a"])
def test_a_file_that_is_not_there_is_not_found(tmp_path, path) -> None:
    with pytest.raises(FileNotFoundError):
        WorkTree(made(tmp_path, "a/b")).read(path, max_bytes=100)


def test_a_file_is_no_folder(tmp_path) -> None:
    with pytest.raises(UnreadableError, match="no folder"):
        WorkTree(made(tmp_path, "a")).read("a/b", max_bytes=100)
    with pytest.raises(UnreadableError, match="a: a folder"):
        WorkTree(made(tmp_path / "t", "a/b")).read("a", max_bytes=100)


def test_reading_opens_few_descriptors_and_gives_them_back(tmp_path) -> None:
    tree = WorkTree(made(tmp_path, "a/b/c", "a/b/d", "e/f"))
    before = len(list(Path("/dev/fd").iterdir()))
    for path in ("a/b/c", "a/b/d", "e/f"):
        tree.read(path, max_bytes=100)
    for path in ("a/b", "nope/x", "a/b/nope"):
        with pytest.raises((OSError, UnreadableError)):
            tree.read(path, max_bytes=100)
    assert len(list(Path("/dev/fd").iterdir())) <= before + 1
    tree.close()
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_a_tree_from_before_a_fork_reads_in_the_child(tmp_path) -> None:
    tree = WorkTree(made(tmp_path, "a/b", "a/c"))
    tree.read("a/b", max_bytes=100)
    pid = os.fork()
    if pid == 0:
        os.closerange(3, 64)
        os._exit(0 if tree.read("a/c", max_bytes=100) == b"a/c" else 1)
    assert os.waitpid(pid, 0)[1] == 0


# the root


def test_a_single_file_is_a_tree_of_one_with_neighbours(tmp_path) -> None:
    tree = WorkTree(made(tmp_path, "a.lock", "a.toml", "sub/x") / "a.lock")
    assert tree.files() == [Entry("a.lock", 6)]
    assert tree.read("a.toml", max_bytes=9) == b"a.toml"
    assert tree.read("sub/x", max_bytes=9) == b"sub/x"


def test_a_root_that_is_a_link_is_resolved_once(tmp_path) -> None:
    made(tmp_path, "real/a", "other/b")
    (tmp_path / "link").symlink_to("real")
    tree = WorkTree(tmp_path / "link")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("other")
    assert paths(tree) == ["a"]


def test_a_root_that_is_not_there_is_asked_wrongly(tmp_path) -> None:
    with pytest.raises(AskedWronglyError):
        WorkTree(tmp_path / "nope")
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(AskedWronglyError):
        WorkTree(tmp_path / "circle")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(AskedWronglyError, match="a named pipe, neither a folder nor a file"):
        WorkTree(tmp_path / "pipe")


def test_the_kernels_own_files_are_not_walked(monkeypatch, tmp_path) -> None:
    made(tmp_path, "proc/kcore", "sys/x", "dev/y", "etc/proc/z")
    assert len(paths(WorkTree(tmp_path))) == 4
    monkeypatch.setattr(worktree, "_MACHINE", tmp_path.resolve())
    tree = WorkTree(tmp_path)
    assert paths(tree) == ["etc/proc/z"]
    assert [unlisted.path for unlisted in tree.unlisted()] == ["dev", "proc", "sys"]


# what is left out


def test_git_is_not_entered(tmp_path) -> None:
    tree = WorkTree(made(tmp_path, ".git/config", "a/.git", "b/.git/HEAD", "b/c", ".gitignore"))
    assert paths(tree) == [".gitignore", "b/c"]
    assert tree.unlisted() == []


def test_what_is_excluded_is_left_out_and_said(tmp_path) -> None:
    made(tmp_path, "vendor/a/b", "vendor/c", "src/a.min.js", "src/a.js")
    tree = WorkTree(tmp_path, excluded=lambda path: path == "vendor/" or path.endswith(".min.js"))
    assert paths(tree) == ["src/a.js"]
    assert tree.left_out == ["src/a.min.js", "vendor/"]


def test_installed_packages_are_listed_and_not_entered(tmp_path) -> None:
    made(tmp_path, "node_modules/a/x", "web/node_modules/b/x", "env/pyvenv.cfg", "env/bin/python", "src/x")
    tree = WorkTree(tmp_path)
    assert paths(tree) == ["src/x"]
    assert tree.installed == ["env", "node_modules", "web/node_modules"]


def test_what_git_tracks_is_no_installed_package(tmp_path) -> None:
    made(tmp_path, "node_modules/a/x", "src/pyvenv.cfg", "src/evil.py", "env/pyvenv.cfg", "src0")
    tree = WorkTree(tmp_path, tracked=lambda: {"node_modules/a/x", "src/evil.py", "env0"})
    assert paths(tree) == ["node_modules/a/x", "src/evil.py", "src/pyvenv.cfg", "src0"]
    assert tree.installed == ["env"]


def test_what_git_tracks_is_asked_once_and_only_if_it_matters(tmp_path) -> None:
    asked = []
    paths(WorkTree(made(tmp_path, "a", "b/c"), tracked=lambda: asked.append(1) or ()))
    assert asked == []
    paths(WorkTree(made(tmp_path, "node_modules/a", "b/node_modules/c"), tracked=lambda: asked.append(1) or ()))
    assert asked == [1]


def test_the_root_itself_is_examined_even_if_it_is_installed(tmp_path) -> None:
    made(tmp_path, "node_modules/a", "env/pyvenv.cfg", "env/x")
    assert paths(WorkTree(tmp_path / "node_modules")) == ["a"]
    assert paths(WorkTree(tmp_path / "env")) == ["pyvenv.cfg", "x"]


def test_links_and_special_files_are_unlisted_with_their_kind(tmp_path) -> None:
    made(tmp_path, "a")
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "folder-link").symlink_to(".")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    tree = WorkTree(tmp_path)
    assert paths(tree) == ["a"]
    assert [(found.path, found.kind) for found in tree.unlisted()] == [
        ("dangling", "link"),
        ("folder-link", "link"),
        ("link", "link"),
        ("pipe", "special"),
    ]
    for path in ("link", "dangling", "pipe"):
        with pytest.raises(UnreadableError):
            tree.read(path, max_bytes=100)


def as_nobody(action) -> bool:
    """Return whether `action` returned true, done by a user who owns nothing (by this one, if it is no superuser)."""
    if os.geteuid() != 0:
        return bool(action())
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            status = 0 if action() else 1
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1] == 0


@pytest.fixture
def open_folder():
    """Return a folder that anybody may enter; pytest's own are private."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(folder)


def test_an_unreadable_folder_is_unlisted_with_its_reason(open_folder) -> None:
    made(open_folder, "a", "closed/b", "z")
    (open_folder / "closed").chmod(0)

    def looks():
        tree = WorkTree(open_folder)
        return paths(tree) == ["a", "z"] and tree.unlisted() == [Unlisted("closed", "permission denied", "folder")]

    assert as_nobody(looks)


def test_an_unreadable_root_is_unlisted(open_folder) -> None:
    made(open_folder, "closed/b")
    (open_folder / "closed").chmod(0o311)
    closed = open_folder / "closed"

    def looks():
        return WorkTree(closed).unlisted() == [Unlisted(".", "permission denied", "folder")]

    assert as_nobody(looks)


def test_an_unreadable_file_is_listed_and_says_why_it_is_not_read(open_folder) -> None:
    made(open_folder, "a")
    (open_folder / "a").chmod(0)

    def reads():
        tree = WorkTree(open_folder)
        try:
            tree.read(tree.files()[0].path, max_bytes=9)
        except UnreadableError as error:
            return error.detail == "a: permission denied"
        return False

    assert as_nobody(reads)


# limits


def test_more_files_than_the_limit_are_said(tmp_path) -> None:
    tree = WorkTree(made(tmp_path, *"abcdef"), max_files=4)
    assert paths(tree) == ["a", "b", "c", "d"]
    assert tree.unlisted() == [Unlisted("e", "more than 4 files: this one and all after it", "folder")]


def test_a_folder_with_too_many_names_is_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(worktree, "MAX_FILES", 3)
    for name in "abc":
        (tmp_path / name).symlink_to("x")
    assert all(found.kind == "link" for found in WorkTree(tmp_path).unlisted())
    made(tmp_path, "d")
    assert Unlisted(".", "more than 3 names in one folder: all after those", "folder") in WorkTree(tmp_path).unlisted()


def test_exactly_as_many_files_as_the_limit_are_no_excess(tmp_path) -> None:
    tree = WorkTree(made(tmp_path, *"abcd"), max_files=4)
    assert paths(tree) == ["a", "b", "c", "d"]
    assert tree.unlisted() == []


def test_folders_too_deep_are_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(worktree, "MAX_DEPTH", 3)
    tree = WorkTree(made(tmp_path, "1/2/3/a", "1/2/3/4/b"))
    assert paths(tree) == ["1/2/3/a"]
    assert tree.unlisted() == [Unlisted("1/2/3/4", "nested more than 3 folders deep", "folder")]


def test_a_path_too_long_is_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(worktree, "MAX_PATH_BYTES", 8)
    tree = WorkTree(made(tmp_path, "éé/a", "ééé/ab/c"))
    assert paths(tree) == ["éé/a"]
    assert [found.path for found in tree.unlisted()] == ["ééé/ab"]


def test_the_list_of_what_is_unlisted_is_bounded(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(worktree, "MAX_UNLISTED", 3)
    for name in "abcdef":
        (tmp_path / name).symlink_to("x")
    assert len(WorkTree(tmp_path).unlisted()) == 3


def test_the_walk_gives_its_descriptors_back(tmp_path) -> None:
    made(tmp_path, "a/b/c/d", "e")
    before = len(list(Path("/dev/fd").iterdir()))
    WorkTree(tmp_path).files()
    WorkTree(tmp_path, max_files=1).files()
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_a_file_that_turns_into_something_else_before_it_is_opened_is_not_read(tmp_path, monkeypatch) -> None:
    made(tmp_path, "a")
    os.mkfifo(tmp_path / "pipe")
    honest = os.stat

    def stale(path, *arguments, **keywords):
        facts = honest(path, *arguments, **keywords)
        if stat.S_ISREG(facts.st_mode) and path == "a":
            (tmp_path / "a").unlink()
            (tmp_path / "pipe").rename(tmp_path / "a")
        return facts

    monkeypatch.setattr(os, "stat", stale)
    with pytest.raises(UnreadableError, match="a named pipe"):
        WorkTree(tmp_path).read("a", max_bytes=100)
