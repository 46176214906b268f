"""Every guard is tried for real, in the child; and where the guard is taken away, the same attempt succeeds."""

import ctypes
import errno
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wardline.kernel.confinement import child, landlock, parent, seccomp
from wardline.kernel.errors import CannotSayError, WardlineError
from wardline.kernel.sandbox import Limits, run, stream

needs_landlock = pytest.mark.skipif(
    sys.platform != "linux" or landlock.abi() == 0, reason="this kernel has no Landlock: nothing to test it against"
)
needs_seccomp = pytest.mark.skipif(
    sys.platform != "linux" or seccomp.architecture() is None, reason="no table of system calls for this architecture"
)


def tried(action, **arguments):
    """Do something in a confined child; return "done", or the name of the error that the system gave."""

    def work(_channel):
        try:
            action()
        except OSError as error:
            return errno.errorcode[error.errno].encode()
        return b"done"

    arguments.setdefault("readable", [])
    outcome = run(work, **arguments)
    return outcome.answer.decode() if outcome.answer is not None else f"died: {outcome.died}"


def unguarded(monkeypatch, module, name, result=None):
    monkeypatch.setattr(module, name, lambda *_args, **_keywords: result)


def test_the_answer_comes_back() -> None:
    assert run(lambda _: b"\x00answer\n", readable=[]).answer == b"\x00answer\n"


def test_a_large_answer_comes_back_whole() -> None:
    answer = os.urandom(1024) * 20_000
    assert run(lambda _: answer, readable=[]).answer == answer


def test_on_a_whole_system_everything_is_enforced() -> None:
    if sys.platform != "linux" or landlock.abi() < 6 or seccomp.architecture() is None:
        pytest.skip("this kernel lacks some of the guards")
    assert run(lambda _: b"", readable=[]).unenforced == ()


# files


@needs_landlock
def test_a_file_outside_is_not_read(tmp_path, monkeypatch) -> None:
    secret = tmp_path / "id_ed25519"
    secret.write_text("private")
    assert tried(secret.read_bytes) == "EACCES"
    assert tried(lambda: Path("/etc/passwd").read_bytes()) == "EACCES"
    assert tried(lambda: list(Path("/proc/self/fd").iterdir())) == "EACCES"
    unguarded(monkeypatch, landlock, "enforce", [])
    assert tried(secret.read_bytes) == "done"


@needs_landlock
def test_a_readable_folder_is_read_and_not_written(tmp_path, monkeypatch) -> None:
    (tmp_path / "a").write_text("x")
    assert tried((tmp_path / "a").read_bytes, readable=[tmp_path]) == "done"
    for write in (
        lambda: (tmp_path / "a").write_text("y"),
        lambda: (tmp_path / "b").write_text("y"),
        (tmp_path / "a").unlink,
        lambda: os.truncate(tmp_path / "a", 0),
        lambda: (tmp_path / "a").rename(tmp_path / "c"),
        lambda: (tmp_path / "l").symlink_to("a"),
        (tmp_path / "d").mkdir,
    ):
        assert tried(write, readable=[tmp_path]) == "EACCES"
    assert (tmp_path / "a").read_text() == "x"
    unguarded(monkeypatch, landlock, "enforce", [])
    assert tried(lambda: (tmp_path / "b").write_text("y"), readable=[tmp_path]) == "done"


@needs_landlock
def test_a_writable_folder_is_written(tmp_path) -> None:
    (tmp_path / "into").mkdir()
    assert tried(lambda: (tmp_path / "into/a").write_text("y"), writable=[tmp_path / "into"]) == "done"
    assert (tmp_path / "into/a").read_text() == "y"
    assert tried(lambda: (tmp_path / "a").write_text("y"), writable=[tmp_path / "into"]) == "EACCES"


@needs_seccomp
def test_modes_and_times_of_files_are_not_changed(tmp_path, monkeypatch) -> None:
    (tmp_path / "a").touch()
    assert tried(lambda: (tmp_path / "a").chmod(0o777), readable=[tmp_path]) == "EPERM"
    assert tried(lambda: os.utime(tmp_path / "a"), readable=[tmp_path]) == "EPERM"
    assert tried(lambda: os.chown(tmp_path / "a", os.geteuid(), os.getegid()), readable=[tmp_path]) == "EPERM"
    unguarded(monkeypatch, seccomp, "enforce")
    assert tried(lambda: (tmp_path / "a").chmod(0o777), readable=[tmp_path]) == "done"


# programs


@needs_landlock
def test_a_program_in_the_examined_tree_is_not_run(tmp_path, monkeypatch) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    assert tried(lambda: subprocess.run([program], check=True), readable=[tmp_path]) == "EACCES"
    unguarded(monkeypatch, landlock, "enforce", [])
    assert tried(lambda: subprocess.run([program], check=True), readable=[tmp_path]) == "done"


@needs_seccomp
def test_a_program_is_not_run_from_memory(monkeypatch) -> None:
    assert tried(lambda: os.memfd_create("program")) == "EPERM"
    unguarded(monkeypatch, seccomp, "enforce")
    assert tried(lambda: os.memfd_create("program")) == "done"


def test_git_runs() -> None:
    assert b"git version" in run(lambda _: subprocess.check_output(["git", "--version"]), readable=[]).answer


def test_lazy_imports_work() -> None:
    modules = ("sqlite3", "ssl", "decimal", "xml.parsers.expat", "zipfile", "orjson", "yaml", "rtoml")
    assert run(lambda _: str([__import__(name) for name in modules]).encode(), readable=[]).died == ""


@needs_seccomp
def test_where_no_process_may_be_started_none_is(monkeypatch) -> None:
    alone = Limits(max_processes=1)
    assert tried(os.fork, limits=alone) == "EPERM"
    assert tried(lambda: subprocess.run(["git", "--version"], check=True), limits=alone) == "EPERM"
    unguarded(monkeypatch, seccomp, "enforce")
    assert tried(lambda: os.fork() or os._exit(0), limits=alone) == "done"


# the network and other processes


@needs_seccomp
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET", "AF_VSOCK"])
def test_there_is_no_socket_of_any_family(family) -> None:
    assert tried(lambda: socket.socket(getattr(socket, family), socket.SOCK_RAW)) == "EPERM"


@needs_seccomp
def test_a_listening_service_is_not_reached(tmp_path, monkeypatch) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "service"))
        listening.listen()

        def call():
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(str(tmp_path / "service"))

        assert tried(call, readable=[tmp_path]) == "EPERM"
        unguarded(monkeypatch, seccomp, "enforce")
        assert tried(call, writable=[tmp_path]) == "done"


def test_descriptors_of_the_parent_are_gone(tmp_path, monkeypatch) -> None:
    ours, theirs = socket.socketpair()

    def kind(_channel):
        return b"socket" if stat.S_ISSOCK(os.fstat(ours.fileno()).st_mode) else b"nothing"

    with ours, theirs:
        assert run(kind, readable=[]).answer == b"nothing"
        unguarded(monkeypatch, child, "_only_descriptor", [])
        assert run(kind, readable=[]).answer == b"socket"


@pytest.mark.skipif(sys.platform != "linux" or landlock.abi() < 6, reason="signals are scoped since Landlock 6")
def test_no_signal_reaches_another_process(monkeypatch) -> None:
    us = os.getpid()
    assert tried(lambda: os.kill(us, 0)) == "EPERM"
    unguarded(monkeypatch, landlock, "enforce", [])
    assert tried(lambda: os.kill(us, 0)) == "done"


@needs_seccomp
def test_nobody_steps_out_of_the_process_group(monkeypatch) -> None:
    def leave():
        if os.fork() == 0:
            try:
                os.setsid()
            finally:
                os._exit(0)
        _, status = os.wait()
        assert status == 0

    assert tried(os.setsid) == "EPERM"
    unguarded(monkeypatch, seccomp, "enforce")
    assert tried(leave) == "done"


@needs_seccomp
@pytest.mark.parametrize("name", ["ptrace", "bpf", "keyctl", "userfaultfd", "io_uring_setup", "perf_event_open"])
def test_a_dangerous_part_of_the_kernel_is_not_reached(name) -> None:
    number = seccomp.syscalls.REFUSED[name][0 if seccomp.architecture() == "x86_64" else 1]

    def call():
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syscall(ctypes.c_long(number), *[ctypes.c_long(0)] * 6) < 0:
            raise OSError(ctypes.get_errno(), name)

    assert tried(call) == "EPERM"


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only a superuser has privileges to give up")
def test_a_superuser_keeps_no_privilege_but_reading(tmp_path, monkeypatch) -> None:
    unguarded(monkeypatch, landlock, "enforce", [])  # which would refuse /proc

    def effective(_channel):
        status = Path("/proc/self/status").read_text()
        return next(line for line in status.splitlines() if line.startswith("CapEff")).split()[1].encode()

    assert int(run(effective, readable=[]).answer, 16) & ~(1 << 2) == 0


def test_a_program_gains_no_privilege(monkeypatch) -> None:
    if sys.platform != "linux":
        pytest.skip("no_new_privs is Linux's")
    unguarded(monkeypatch, landlock, "enforce", [])
    outcome = run(lambda _: Path("/proc/self/status").read_bytes(), readable=[])
    assert b"NoNewPrivs:\t1" in outcome.answer
    assert b"Seccomp:\t2" in outcome.answer


def test_the_environment_has_no_secret_and_no_home(monkeypatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("GIT_SSH_COMMAND", "made-up")
    monkeypatch.setenv("PATH", "relative:/usr/bin::/bin")
    seen = run(lambda _: repr(dict(os.environ)).encode(), readable=[]).answer.decode()
    assert "made-up" not in seen
    assert "'HOME': '/nonexistent'" in seen
    assert "'PATH': '/usr/bin:/bin'" in seen


# limits


def test_sleeping_for_ever_is_ended() -> None:
    def work(channel):
        channel.doing("reading a.lock")
        time.sleep(60)

    outcome = run(work, readable=[], limits=Limits(wall_seconds=0.3))
    assert outcome == (None, "took longer than 0.3 seconds", "reading a.lock", outcome.unenforced)


def test_running_for_ever_is_ended() -> None:
    def work(_channel):
        while True:
            pass

    assert run(work, readable=[], limits=Limits(cpu_seconds=1)).died == "used more than 1 seconds of processor time"


def test_a_memory_hog_is_ended() -> None:
    outcome = run(lambda _: b"%d" % len(bytearray(200 << 20)), readable=[], limits=Limits(memory_bytes=64 << 20))
    assert outcome.died == "ran out of memory (limit 64 MB)"
    assert run(lambda _: b"%d" % len(bytearray(200 << 20)), readable=[]).answer == b"209715200"


def test_many_small_hogs_are_ended_together(monkeypatch) -> None:
    def work(_channel):
        for _ in range(4):
            if os.fork() == 0:
                kept = os.urandom(30 << 20)
                time.sleep(60 if kept else 0)
        time.sleep(60)

    outcome = run(work, readable=[], limits=Limits(memory_bytes=64 << 20, wall_seconds=10))
    assert outcome.died.startswith("ran out of memory together with the processes it started")


def test_a_fork_bomb_is_ended() -> None:
    def work(_channel):
        while True:
            try:
                os.fork()
            except OSError:
                time.sleep(0.01)

    # The tests' own process is large, and counts once for each of them: it is their number that is looked at here.
    outcome = run(work, readable=[], limits=Limits(wall_seconds=20, memory_bytes=64 * 1024 * 1024 * 1024))
    assert "processes (limit 16)" in outcome.died


def test_an_answer_that_is_too_long_is_refused() -> None:
    outcome = run(lambda _: bytes(100_000), readable=[], limits=Limits(max_answer_bytes=99_999))
    assert outcome.answer is None
    assert outcome.died == "answered more than 99999 bytes"
    assert run(lambda _: bytes(99_999), readable=[], limits=Limits(max_answer_bytes=99_999)).answer is not None


def test_open_files_and_their_size_are_limited(tmp_path) -> None:
    few = Limits(max_open_files=32, max_file_bytes=1000)
    assert tried(lambda: [os.dup(0) for _ in range(64)], limits=few) == "EMFILE"
    assert tried(lambda: (tmp_path / "a").write_bytes(bytes(2000)), writable=[tmp_path], limits=few) == "EFBIG"


def test_descriptors_that_the_parent_holds_are_not_counted() -> None:
    kept = [os.dup(0) for _ in range(100)]
    try:
        assert tried(lambda: [os.dup(0) for _ in range(16)], limits=Limits(max_open_files=32)) == "done"
        assert tried(lambda: [os.dup(0) for _ in range(40)], limits=Limits(max_open_files=32)) == "EMFILE"
    finally:
        for descriptor in kept:
            os.close(descriptor)


# what is said of the dead


@pytest.mark.parametrize(("number", "words"), [(signal.SIGSEGV, "crashed (SIGSEGV)"), (signal.SIGKILL, "was killed")])
def test_a_child_that_was_killed_says_what_it_was_doing(number, words) -> None:
    def work(channel):
        channel.doing("reading first")
        channel.doing("reading naïve\udcff.lock")
        os.kill(os.getpid(), number)

    outcome = run(work, readable=[])
    assert outcome.answer is None
    assert outcome.died.startswith(words)
    assert outcome.doing == "reading naïve\udcff.lock"


def test_an_error_is_told_by_type_and_place_without_contents() -> None:
    def work(_channel):
        raise ValueError("password=made-up")

    died = run(work, readable=[]).died
    assert died.startswith("raised ValueError in kernel/test_sandbox.py, line ")
    assert "made-up" not in died


def test_an_error_of_our_own_is_told_in_its_words() -> None:
    def work(_channel):
        raise WardlineError("a.lock: line 3 is\nno line")

    assert run(work, readable=[]).died == "raised WardlineError: a.lock: line 3 is\\x0ano line"


def test_endless_recursion_is_told() -> None:
    def work(channel):
        return work(channel)

    assert run(work, readable=[]).died == "was nested too deeply (RecursionError)"


def test_a_child_that_leaves_without_a_word_is_told() -> None:
    assert run(lambda _: os._exit(7), readable=[]).died == "ended without an answer (status 7)"


def test_a_child_that_shuts_its_mouth_is_waited_for_and_told() -> None:
    def work(_channel):
        os.closerange(3, 100)
        time.sleep(0.05)
        os._exit(3)

    assert run(work, readable=[]).died == "ended without an answer (status 3)"


@pytest.mark.parametrize("words", [b"X" * 100, b"A" + b"\xff" * 8, b"U" + bytes(8) + b"U" + bytes(8)])
def test_a_child_that_was_taken_over_gets_nothing_across(words) -> None:
    def work(_channel):
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, words)
            except OSError:
                continue
        time.sleep(60)

    outcome = run(work, readable=[], limits=Limits(wall_seconds=10))
    assert outcome.answer is None
    assert outcome.died.startswith("answered ")


def test_what_could_not_be_enforced_is_said(monkeypatch) -> None:
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    monkeypatch.setattr(seccomp, "architecture", lambda: None)
    outcome = run(lambda _: b"answer", readable=[])
    assert outcome.answer == b"answer"
    assert [words.partition(":")[0] for words in outcome.unenforced] == ["files", "system calls and the network"]


def test_work_never_starts_where_confining_failed(tmp_path, monkeypatch) -> None:
    def broken(_files):
        raise OSError(errno.EINVAL, "landlock")

    monkeypatch.setattr(landlock, "enforce", broken)
    outcome = run(lambda _: (tmp_path / "worked").touch() or b"", readable=[])
    assert outcome.answer is None
    assert outcome.died.startswith("could not be confined: it raised OSError")
    assert not (tmp_path / "worked").exists()


# nothing stays behind


def gone(pid: int) -> bool:
    """Wait a moment for a process to disappear; one that only its new parent has yet to reap has gone."""
    for _ in range(200):
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return True
        if words[0] == "Z":
            return True
        time.sleep(0.01)
    return False


def grandchild(_channel):
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    return b"%d" % pid


def test_grandchildren_are_killed(monkeypatch) -> None:
    assert gone(int(run(grandchild, readable=[]).answer))
    spared = []
    monkeypatch.setattr(os, "killpg", lambda *_: None)
    spared.append(int(run(grandchild, readable=[]).answer))
    alive = Path(f"/proc/{spared[0]}").exists()
    os.kill(spared[0], signal.SIGKILL)
    assert alive


def test_no_zombie_and_no_descriptor_is_left(new_children) -> None:
    before = sorted(Path("/dev/fd").iterdir())
    for work in (lambda _: b"", lambda _: os._exit(1), grandchild):
        run(work, readable=[])
    assert sorted(Path("/dev/fd").iterdir()) == before
    assert new_children() == set()


def test_an_interrupted_parent_takes_the_child_along(tmp_path) -> None:
    pids = []

    def interrupt(doing):
        pids.append(int(doing))
        raise KeyboardInterrupt

    def work(channel):
        channel.doing(str(os.getpid()))
        time.sleep(60)

    with pytest.raises(KeyboardInterrupt):
        run(work, readable=[], progress=interrupt)
    assert gone(pids[0])


@pytest.mark.skipif(sys.platform != "linux", reason="the signal of a parent's death is Linux's")
def test_the_child_dies_with_a_parent_that_is_killed(tmp_path) -> None:
    program = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from wardline.kernel.sandbox import run\n"
        "def work(channel):\n"
        "    channel.doing(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        "run(work, readable=[], progress=lambda doing: print(doing, flush=True))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as started:
        pid = int(started.stdout.readline())
        started.kill()
    assert gone(pid)


def test_progress_is_told_what_is_being_done() -> None:
    seen = []

    def work(channel):
        channel.doing("reading a.lock")
        time.sleep(0.6)
        return b""

    run(work, readable=[], progress=seen.append)
    assert set(seen) == {"reading a.lock"}


def test_a_system_that_starts_no_process_is_an_answer(monkeypatch) -> None:
    def full():
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", full)
    with pytest.raises(CannotSayError, match="no process can be started"):
        run(lambda _: b"", readable=[])


def test_without_a_descriptor_for_its_end_a_child_is_asked_for(monkeypatch) -> None:
    unguarded(monkeypatch, parent, "_exit_descriptor")
    assert run(lambda _: b"x", readable=[]).answer == b"x"
    assert run(lambda _: os._exit(7), readable=[]).died == "ended without an answer (status 7)"


def test_parts_come_while_the_work_goes_on_and_the_outcome_comes_last():
    heard = list(stream(lambda _, send: [send(b"%d" % number) for number in range(3)] and b"done", readable=[]))
    assert heard[:-1] == [b"0", b"1", b"2"]
    assert heard[-1].answer == b"done"


def test_a_child_that_is_faster_than_its_reader_waits():
    def work(channel, send):
        for number in range(64):
            channel.doing(str(number))
            send(bytes(1024 * 1024))
        return b""

    heard = stream(work, readable=[])
    size = len(next(heard))
    time.sleep(0.2)
    rest = list(heard)
    assert size + sum(len(part) for part in rest[:-1]) == 64 * 1024 * 1024


def test_parts_together_are_no_longer_than_an_answer_may_be():
    limits = Limits(max_answer_bytes=100_000)
    *parts, outcome = stream(
        lambda _, send: [send(bytes(30_000)) for _ in range(9)] and b"", readable=[], limits=limits
    )
    assert len(parts) == 3
    assert outcome.answer is None
    assert "answered more than 100000 bytes" in outcome.died


def test_parts_that_came_before_a_death_are_heard():
    def work(_, send):
        send(b"first")
        raise KeyError("private")

    *parts, outcome = stream(work, readable=[])
    assert parts == [b"first"]
    assert "KeyError" in outcome.died
    assert "private" not in outcome.died


def test_a_reader_that_leaves_early_leaves_no_child(new_children):
    heard = stream(lambda _, send: [send(b"x") for _ in range(1_000_000)] and b"", readable=[])
    assert next(heard) == b"x"
    heard.close()
    assert new_children() == set()


def test_meanwhile_is_done_once_in_the_parent_while_the_child_works() -> None:
    done: list[int] = []
    outcome = run(lambda _: str(os.getpid()).encode(), readable=[], meanwhile=lambda: done.append(os.getpid()))
    assert done == [os.getpid()]
    assert outcome.answer is not None
    assert int(outcome.answer) != os.getpid()


@pytest.mark.skipif(sys.platform != "linux", reason="children are listed through /proc")
def test_an_error_of_the_parents_meanwhile_leaves_no_child() -> None:
    started: list[str] = []

    def meanwhile() -> None:
        started.extend(children())
        raise KeyError

    before = children()
    with pytest.raises(KeyError):
        run(lambda _: b"", readable=[], meanwhile=meanwhile)
    assert len(started) == len(before) + 1
    assert children() == before


def children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
