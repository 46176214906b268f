"""Strangers wrote the tree: whatever is in it, the check ends, says what it did not look at, and does nothing else."""

import contextlib
import json
import os
import shutil
import socket
import stat

import pytest
from tests.stories.conftest import git

PIN = "leaky==1.0\n"
LEAKY_LOCK = '[[package]]\nname = "leaky"\nversion = "1.0"\nsource = { registry = "https://registry.example/simple" }\n'


def check(wardline, folder, advisories, *more, **environment):
    scope = ("--only", "dependencies", "--advisories", advisories, "--format", "json")
    return wardline("check", folder, *scope, *more, **environment)


def gaps(said):
    return {gap["scope"]: gap["reason"] for gap in said.json()["gaps"]}


@pytest.fixture
def tree(project):
    return project("fine==1.0")


def test_a_link_out_of_the_tree_is_not_followed(wardline, tree, advisories, tmp_path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "uv.lock").write_text(LEAKY_LOCK)
    (tree / "uv.lock").symlink_to(tmp_path / "outside" / "uv.lock")
    (tree / "folder").symlink_to(tmp_path / "outside")
    said = check(wardline, tree, advisories)
    assert said.status == 3
    assert said.json()["findings"] == []
    assert "uv.lock" in gaps(said)


def test_a_requirements_file_cannot_include_what_is_outside(wardline, tree, advisories, tmp_path) -> None:
    (tmp_path / "secret.txt").write_text("leaky==1.0\nhunter2-is-the-password\n")
    (tree / "requirements.txt").write_text("-r ../secret.txt\n-r /etc/passwd\nfine==1.0\n")
    said = check(wardline, tree, advisories)
    assert said.status == 3
    assert said.json()["findings"] == []
    assert "hunter2" not in said.out + said.err
    assert "root:" not in said.out


def test_pipes_and_sockets_named_as_lockfiles_are_not_opened(wardline, tree, advisories) -> None:
    os.mkfifo(tree / "poetry.lock")
    with contextlib.chdir(tree), socket.socket(socket.AF_UNIX) as server:  # a socket's path is short
        server.bind("uv.lock")
    said = check(wardline, tree, advisories)
    assert said.status == 3
    assert set(gaps(said)) == {"poetry.lock", "uv.lock"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a device file")
def test_a_device_named_as_a_lockfile_is_not_opened(wardline, tree, advisories) -> None:
    try:
        os.mknod(tree / "uv.lock", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero: endless
    except PermissionError:
        pytest.skip("this machine does not let root make device files")
    said = check(wardline, tree, advisories)
    assert said.status == 3
    assert set(gaps(said)) == {"uv.lock"}


def test_a_sparse_file_of_ten_gigabytes_costs_nothing(wardline, tree, advisories) -> None:
    with (tree / "package-lock.json").open("wb") as file:
        file.truncate(10 * 1024**3)
    said = check(wardline, tree, advisories)
    assert said.status == 3
    assert set(gaps(said)) == {"package-lock.json"}


def test_a_hundred_thousand_files_in_one_folder_are_walked(wardline, tree, advisories) -> None:
    folder = tree / "many"
    folder.mkdir()
    for number in range(100_000):
        os.close(os.open(folder / f"{number}.txt", os.O_CREAT | os.O_WRONLY))
    said = check(wardline, tree, advisories)
    shutil.rmtree(folder)
    assert said.status == 0
    assert said.json()["coverage"]["dependencies"]["examined"] == 1


def test_names_with_newlines_and_without_utf8_are_examined_and_shown_escaped(wardline, tree, advisories) -> None:
    for name in (b"new\nline", b"esc\x1b[2Jape", b"\xff\xfe"):
        folder = tree / os.fsdecode(name)
        folder.mkdir()
        (folder / "requirements.txt").write_text(PIN)
    said = check(wardline, tree, advisories)
    files = {finding["file"] for finding in said.json()["findings"]}
    assert files == {"new\\x0aline/requirements.txt", "esc\\x1b[2Jape/requirements.txt", "\\xff\\xfe/requirements.txt"}
    shown = wardline("check", tree, "--only", "dependencies", "--advisories", advisories)
    assert "\x1b" not in shown.out


def test_a_zip_bomb_is_no_lockfile(wardline, tree, advisories) -> None:
    import zipfile

    with zipfile.ZipFile(tree / "uv.lock", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("uv.lock", b"0" * 50_000_000)
    said = check(wardline, tree, advisories)
    assert said.status == 3
    assert "uv.lock" in " ".join(gaps(said))


def test_a_zip_bomb_among_the_advisories_is_refused(wardline, tree, tmp_path) -> None:
    import zipfile

    (tmp_path / "mirror" / "PyPI").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "mirror" / "PyPI" / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A-1.json", b'{"id": "A-1", "details": "' + b"0" * 300_000_000 + b'"}')
    said = wardline("check", tree, "--only", "dependencies", "--advisories", tmp_path / "mirror")
    assert said.status == 3


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"\x00" * 1000,
        b"\xff\xfe\x41",
        b"",
        b"{",
        b'{"lockfileVersion": 3, "packages": {"node_modules/a": 5, "node_modules/b": {"version": {}}}}',
        b'{"lockfileVersion": 3, "packages": [], "dependencies": 7}',
        b'{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1"}, "node_modules/a": {"version": "2"}}}',
        b"lockfileVersion: &a [*a, *a]\n",
    ],
    ids=lambda content: repr(content[:20]),
)
@pytest.mark.parametrize("name", ["package-lock.json", "uv.lock", "pnpm-lock.yaml", "pom.xml", "yarn.lock", "go.mod"])
def test_nonsense_is_a_gap_with_its_place_and_never_an_end(wardline, tree, advisories, name, content) -> None:
    (tree / name).write_bytes(content)
    (tree / "requirements.txt").write_text(PIN)
    said = check(wardline, tree, advisories)
    assert said.status == 1, said.out
    assert [finding["file"] for finding in said.json()["findings"]] == ["requirements.txt"]
    if content:
        assert any(scope.startswith(name) for scope in gaps(said)), said.out


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_repository_with_hostile_settings_and_hooks_runs_nothing(wardline, tree, advisories, tmp_path) -> None:
    git(tree, "init", "-q", "-b", "main")
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "first")
    mark = tmp_path / "it-ran"
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    trap.chmod(0o755)
    for hook in ("pre-commit", "post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction"):
        shutil.copy(trap, tree / ".git" / "hooks" / hook)
    (tree / ".git" / "config").write_text(
        f"""[core]
  fsmonitor = {trap}
  hooksPath = {tree / ".git" / "hooks"}
  sshCommand = {trap}
  pager = {trap}
  attributesFile = {tree / "attributes"}
[diff]
  external = {trap}
[diff "x"]
  textconv = {trap}
  command = {trap}
[filter "x"]
  clean = {trap}
  smudge = {trap}
  process = {trap}
  required = true
[include]
  path = /etc/passwd
[alias]
  rev-parse = !{trap}
"""
    )
    (tree / ".gitattributes").write_text("* filter=x diff=x\n")
    (tree / "requirements.txt").write_text("fine==1.0\n" + PIN)
    diffed = check(wardline, tree, advisories, "--diff", "HEAD")
    assert diffed.status == 1, diffed.err
    staged = check(wardline, tree, advisories, "--staged")
    assert staged.status == 0, staged.err
    assert wardline("check", tree, "--advisories", advisories, "--format", "sarif").status == 1
    assert not mark.exists()


def test_no_secret_of_the_environment_reaches_the_examining_process(wardline, tree, advisories, tmp_path) -> None:
    (tree / "requirements.txt").write_text("-r ${AWS_SECRET}.txt\nfine==${AWS_SECRET}\n")
    said = check(wardline, tree, advisories, AWS_SECRET="hunter2-is-the-password")
    assert "hunter2" not in said.out + said.err
    assert json.loads(said.out)["verdict"] == "cannot-say"
