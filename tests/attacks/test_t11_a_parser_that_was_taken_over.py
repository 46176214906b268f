"""T-11: a lockfile exploits a parser, and the attacker's code runs in the examining process.

The exploit is played by a parser that does, in the child, what an attacker would try.
"""

import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from tests.attacks.conftest import SECRET

from wardline.check import asking
from wardline.check.model import Request
from wardline.kernel.confinement import landlock, seccomp
from wardline.kernel.errors import CannotSayError

MARK = b'"lockfileVersion": 3, "exploit": true'


@pytest.fixture
def exploited(tree, tmp_path, monkeypatch, check):
    """Return a check of a tree in whose child `action` runs while a lockfile is parsed, and what came of it."""
    (tree / "package-lock.json").write_bytes(b"{" + MARK + b', "packages": {}}')
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    honest = orjson.loads

    def run(action):
        victim = os.getpid()

        def parse(data):
            if os.getpid() != victim and MARK in bytes(data):
                action()
            return honest(data)

        monkeypatch.setattr(orjson, "loads", parse)
        request = Request(path=tree, only=("dependencies",), advisories=str(tmp_path / "advisories"))
        answer = asking.check(request, now=datetime.now(UTC), progress=lambda _: None)
        monkeypatch.setattr(orjson, "loads", honest)
        return answer.report

    return run


def attempt(action, *arguments):
    """Return a thing to try that ends the child with 0 if it worked."""

    def tried():
        try:
            action(*arguments)
        except OSError:
            return
        os.kill(os.getpid(), signal.SIGUSR1)

    return tried


def worked(report):
    return any("SIGUSR1" in gap.reason for gap in report.gaps)


needs_sandbox = pytest.mark.skipif(
    sys.platform != "linux" or landlock.abi() == 0 or seccomp.architecture() is None,
    reason="this kernel lacks Landlock or seccomp: nothing to test it against",
)


def test_the_attempts_below_would_be_noticed(exploited) -> None:
    assert worked(exploited(attempt(os.getpid)))


@needs_sandbox
def test_it_reads_nothing_of_the_victims(exploited, secret) -> None:
    for place in (
        secret,
        Path("/etc/passwd"),
        Path("/etc/shadow"),
        Path("/proc/1/environ"),
        Path("/proc/self/environ"),
    ):
        assert not worked(exploited(attempt(place.read_bytes)))
    assert not worked(exploited(attempt(os.listdir, secret.parent)))


@needs_sandbox
def test_it_sends_nothing(exploited) -> None:
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        assert not worked(exploited(attempt(socket.socket, family)))


@needs_sandbox
def test_it_changes_nothing(exploited, tree, tmp_path) -> None:
    before = sorted(tree.rglob("*"))
    for action in (
        lambda: (tree / "requirements.txt").write_text("clean==1.0"),
        (tree / "new").touch,
        (tree / "requirements.txt").unlink,
        lambda: (tree / "requirements.txt").chmod(0o777),
        lambda: (tmp_path / "cache/planted").write_text("x"),
        lambda: Path("/tmp/planted").write_text("x"),
        lambda: Path("/dev/shm/planted").write_text("x"),
    ):
        assert not worked(exploited(attempt(action)))
    assert sorted(tree.rglob("*")) == before


@needs_sandbox
def test_it_runs_no_program_of_its_own(exploited, tree) -> None:
    program = tree / "program"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    assert not worked(exploited(attempt(subprocess.check_call, [program])))
    assert not worked(exploited(attempt(os.memfd_create, "x")))


@needs_sandbox
def test_it_ends_no_other_process(exploited) -> None:
    if landlock.abi() < 6:
        pytest.skip("signals are scoped since Landlock 6")
    assert not worked(exploited(attempt(os.kill, os.getppid(), 0)))
    assert not worked(exploited(attempt(os.kill, os.getpid(), 0)))  # this process: the child's parent


def test_noise_in_the_place_of_an_answer_is_no_answer(exploited) -> None:
    """A false answer of the right shape is the limit of this: see the threat model."""

    def shout():
        for descriptor in range(4096):  # whatever this process had open when the pipe was made, the pipe is among them
            try:
                os.write(descriptor, b"A" + bytes(8) + SECRET.encode())
            except OSError:
                continue

    with pytest.raises(CannotSayError, match="an answer that is none") as caught:
        exploited(shout)
    assert caught.value.exit_status == 3
