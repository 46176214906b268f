"""The pipes to git, tried with programs that behave worse than git does."""

import time
from pathlib import Path

import pytest

from wardline.kernel.git import command
from wardline.kernel.git.command import BlobReader, Git, Process
from wardline.kernel.git.errors import GitError


def fake(tmp_path, script) -> Git:
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\n" + script)
    program.chmod(0o755)
    return Git(str(program), tmp_path, {"GIT_DIR": "/made-up"})


def test_much_is_said_and_heard_at_once(tmp_path) -> None:
    said = b"a line\n" * 200_000
    assert fake(tmp_path, "exec cat").ask(said=said).out == said


def test_a_program_that_does_not_listen_is_heard(tmp_path) -> None:
    answer = fake(tmp_path, "echo done; exit 3").ask(said=bytes(10_000_000))
    assert (answer.status, answer.out) == (3, b"done\n")


def test_a_program_that_takes_too_long_is_ended(tmp_path) -> None:
    started = time.monotonic()
    with pytest.raises(GitError, match="in time"):
        fake(tmp_path, "exec sleep 60").ask(seconds=0.1)
    assert time.monotonic() - started < 10


def test_an_answer_without_end_is_ended(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(command, "MAX_ANSWER_BYTES", 100_000)
    with pytest.raises(GitError, match="more than 100000 bytes"):
        fake(tmp_path, "exec yes").ask()


def test_complaints_without_end_do_not_stop_it(tmp_path) -> None:
    answer = fake(tmp_path, "yes complaint | head -c 1000000 >&2; echo done").ask()
    assert answer.out == b"done\n"
    assert len(answer.complaint) <= 64 * 1024


def test_a_program_that_is_killed_has_a_status(tmp_path) -> None:
    assert fake(tmp_path, "kill -9 $$").ask().status == -9


def test_what_cannot_be_run_is_an_error(tmp_path) -> None:
    with pytest.raises(GitError, match="cannot be run"):
        Git(str(tmp_path / "nope"), tmp_path, {}).ask()


def test_the_environment_is_made_from_a_list(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "made-up")
    monkeypatch.setenv("GIT_SSH", "made-up")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    said = fake(tmp_path, "exec env").ask().out.decode()
    names = {line.partition("=")[0] for line in said.splitlines()}
    assert {"GIT_DIR", "GIT_CONFIG_NOSYSTEM", "GIT_ALLOW_PROTOCOL", "GIT_NO_LAZY_FETCH"} <= names
    assert not {"GIT_EXTERNAL_DIFF", "GIT_SSH", "GIT_CONFIG_COUNT"} & names


def test_no_descriptor_and_no_process_is_left(tmp_path, new_children) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    git = fake(tmp_path, "exec cat")
    git.ask(said=b"x")
    with pytest.raises(GitError):
        fake(tmp_path, "exec sleep 60").ask(seconds=0.01)
    git.reader().close()
    assert len(list(Path("/dev/fd").iterdir())) == before
    assert new_children() == set()


def reader(tmp_path, script) -> BlobReader:
    git = fake(tmp_path, script)
    return BlobReader(Process(git._program, [git._program], git._environment))


def test_a_reader_whose_git_dies_says_so(tmp_path) -> None:
    asked = reader(tmp_path, "read line; printf 'a blob 100\\nshort'")
    with pytest.raises(GitError, match="stopped answering"):
        list(asked.blobs(["a"], max_bytes=1000, seconds=10))
    assert asked.unanswered == 1
    asked.close()


def test_a_reader_whose_git_hangs_says_so(tmp_path) -> None:
    asked = reader(tmp_path, "exec sleep 60")
    with pytest.raises(GitError, match="in time"):
        list(asked.blobs(["a"], max_bytes=1000, seconds=0.05))
    asked.close()


def test_a_reader_whose_git_is_gone_says_so(tmp_path) -> None:
    asked = reader(tmp_path, "exit 0")
    time.sleep(0.1)
    with pytest.raises(GitError, match="stopped answering"):
        list(asked.blobs(["a"], max_bytes=1000, seconds=10))
    asked.close()
