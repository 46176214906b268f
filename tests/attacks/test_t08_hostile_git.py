"""T-08: a `.git` folder whose settings, hooks or attributes run a program or read a file."""

import os
import subprocess

import pytest
from tests.attacks.conftest import SECRET
from tests.repositories import ENVIRONMENT, Made

from wardline.kernel.git.errors import GitError
from wardline.kernel.git.repository import Repository

# Everything known that names a program, with PROGRAM where it goes.
SETTINGS = {
    "core.fsmonitor": "PROGRAM",
    "core.hooksPath": "HOOKS",
    "core.sshCommand": "PROGRAM",
    "core.gitProxy": "PROGRAM",
    "core.pager": "PROGRAM",
    "core.editor": "PROGRAM",
    "core.askPass": "PROGRAM",
    "core.alternateRefsCommand": "PROGRAM",
    "pager.diff-index": "PROGRAM",
    "pager.ls-files": "PROGRAM",
    "diff.external": "PROGRAM",
    "diff.evil.command": "PROGRAM",
    "diff.evil.textconv": "PROGRAM",
    "merge.evil.driver": "PROGRAM",
    "filter.evil.clean": "PROGRAM",
    "filter.evil.smudge": "PROGRAM",
    "filter.evil.process": "PROGRAM",
    "filter.evil.required": "true",
    "alias.ls-files": "!PROGRAM",
    "alias.cat-file": "!PROGRAM",
    "credential.helper": "!PROGRAM",
    "gpg.program": "PROGRAM",
    "trailer.evil.command": "PROGRAM",
    "sequence.editor": "PROGRAM",
    "uploadpack.packObjectsHook": "PROGRAM",
    "url.ext::PROGRAM.insteadOf": "https://",
    "remote.origin.url": "ext::PROGRAM",
    "remote.origin.uploadpack": "PROGRAM",
    "remote.origin.vcs": "ext",
    "remote.origin.promisor": "true",
    "remote.origin.partialclonefilter": "blob:none",
    "extensions.partialClone": "origin",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "submodule.recurse": "true",
    "status.submoduleSummary": "true",
    "diff.ignoreSubmodules": "none",
    "diff.submodule": "log",
    "core.untrackedCache": "true",
    "core.preloadIndex": "true",
    "index.recordEndOfIndexEntries": "true",
    "core.attributesFile": "ATTRIBUTES",
}
ATTRIBUTES = "* diff=evil filter=evil merge=evil text working-tree-encoding=UTF-16 ident export-subst\n"
HOOKS = ("post-index-change", "post-checkout", "fsmonitor-watchman", "query-watchman", "pre-auto-gc", "post-rewrite")


@pytest.fixture
def hostile(tmp_path, tree):
    """Return an attacker's repository, and the file that appears once anything of it has run."""
    ran = tmp_path / "ran"
    made = Made(tree / "repository")
    base = made.commit(a="x", b="y")
    made.commit(a="changed", sub__requirements_txt="known==1.0\n", requirements_txt="honest==1.0\n")
    program = tree / "program"
    program.write_text(f"#!/bin/sh\ntouch '{ran}'\ncat\n")
    program.chmod(0o755)
    hooks = made.path / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).write_text(program.read_text())
        (hooks / name).chmod(0o755)
    (made.path / ".gitattributes").write_text(ATTRIBUTES)
    (made.path / ".git/info").mkdir(exist_ok=True)
    (made.path / ".git/info/attributes").write_text(ATTRIBUTES)
    made.write(a="changed on disk", b="changed on disk", c="new")
    words = {"PROGRAM": str(program), "HOOKS": str(hooks), "ATTRIBUTES": str(made.path / ".gitattributes")}
    for name, value in SETTINGS.items():
        for word, meaning in words.items():
            name, value = name.replace(word, meaning), value.replace(word, meaning)  # noqa: PLW2901 - as it goes
        made.git("config", name, value)
    return made, base, ran


def use(repository: Repository, base: str) -> None:
    """Do everything that a repository can be asked."""
    head = repository.head()
    repository.merge_base(base)
    for staged in (True, False, None):
        repository.changed(base, staged=staged)
        repository.changed(head, staged=staged)
    repository.tracked()
    repository.untracked()
    repository.ignored(["a", "c", "new.log"])
    ids = [listed.id for listed in [*repository.tree(head), *repository.index()]]
    repository.sizes([*ids, "0" * 40])
    list(repository.blobs([*ids, "0" * 40], max_bytes=1000))


def test_nothing_of_a_hostile_repository_runs(hostile) -> None:
    made, base, ran = hostile
    with Repository.at(made.path) as repository:
        use(repository, base)
    assert not ran.exists()


def test_the_same_repository_does_run_something_for_git_itself(hostile) -> None:
    """If git ran nothing either, the test above would say nothing."""
    made, _, ran = hostile
    subprocess.run(["git", "diff"], cwd=made.path, env=ENVIRONMENT, capture_output=True, check=False)
    assert ran.exists()


def test_nothing_runs_in_a_whole_check(hostile, check) -> None:
    made, base, ran = hostile
    for arguments in ((), ("--diff", base), ("--staged",)):
        seen = check(made.path, *arguments)
        assert seen.status in {0, 1, 3}
    assert not ran.exists()


def test_no_file_is_included(hostile, secret) -> None:
    made, base, _ = hostile
    pipe = secret.parent / "pipe"
    os.mkfifo(pipe)  # whoever reads it waits for ever
    made.git("config", "core.worktree", "/")
    with (made.path / ".git/config").open("a") as file:
        file.write(f'[include]\n\tpath = {pipe}\n\tpath = {secret}\n[includeIf "gitdir:/"]\n\tpath = {pipe}\n')
    with Repository.at(made.path) as repository:
        use(repository, base)
        assert repository.top == made.path
        assert "a" in repository.tracked()


def test_a_missing_object_is_not_fetched(hostile, tmp_path) -> None:
    made, _, ran = hostile
    blob = made.git("rev-parse", "HEAD:sub/requirements.txt")
    (made.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with Repository.at(made.path) as repository:
        assert [content for _, content in repository.blobs([blob], max_bytes=99)] == [None]
        assert repository.sizes([blob]) == {}
    assert not ran.exists()


def test_replaced_objects_and_grafts_change_nothing(tmp_path) -> None:
    """Otherwise what is examined would not be what is deployed."""
    made = Made(tmp_path / "made")
    first = made.commit(a="evil")
    second = made.commit(a="evil2")
    evil = made.git("rev-parse", "HEAD:a")
    harmless = made.git("hash-object", "-w", "--stdin", said=b"harmless")
    made.git("replace", evil, harmless)
    (made.path / ".git/info").mkdir(exist_ok=True)
    (made.path / ".git/info/grafts").write_text(f"{second}\n")
    assert made.git("cat-file", "-p", evil) == "harmless"
    with Repository.at(made.path) as repository:
        assert list(repository.blobs([evil], max_bytes=99)) == [(evil, b"evil2")]
        assert repository.merge_base(first) == first


def test_settings_that_git_cannot_even_read_do_not_matter(tmp_path) -> None:
    made = Made(tmp_path / "made")
    commit = made.commit(a="x")
    (made.path / ".git/config").write_bytes(b"\xff[[[ nonsense\n\0")
    with Repository.at(made.path) as repository:
        assert repository.head() == commit


@pytest.mark.parametrize("place", ["config", "packed-refs", "index", "shallow", "objects/info/alternates"])
def test_a_pipe_in_place_of_one_of_gits_files_is_refused(tmp_path, place) -> None:
    made = Made(tmp_path / "made")
    made.commit(a="x")
    (made.path / ".git" / place).unlink(missing_ok=True)
    os.mkfifo(made.path / ".git" / place)
    with pytest.raises(GitError, match="not what git puts there"):
        Repository.at(made.path)


@pytest.mark.parametrize("place", ["refs/heads/main", "an object"])
def test_a_pipe_that_only_git_finds_is_not_waited_for_ever(tmp_path, place, monkeypatch) -> None:
    monkeypatch.setattr("wardline.kernel.git.command.MAX_SECONDS", 0.5)
    made = Made(tmp_path / "made")
    commit = made.commit(a="x")
    pipe = made.path / ".git" / (place if "/" in place else f"objects/{commit[:2]}/{commit[2:]}")
    pipe.unlink()
    os.mkfifo(pipe)
    with Repository.at(made.path) as repository, pytest.raises(GitError, match="in time"):
        repository.head()


def test_what_the_check_prints_holds_nothing_of_the_victims(hostile, check, secret) -> None:
    made, base, _ = hostile
    (made.path / ".git/HEAD").write_text(secret.read_text())
    (made.path / ".git/packed-refs").write_text(secret.read_text())
    assert SECRET not in check(made.path, "--diff", base).everything
