import hashlib
import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import Clock
from tests.vault.custodian.rotators.contract import Bench, Contract
from tests.vault.custodian.world import GRANT, World

from wardline.vault.custodian import fences
from wardline.vault.custodian.rotator import TargetError, UnsafeTargetError, Version
from wardline.vault.custodian.rotators import exec as exec_rotator
from wardline.vault.custodian.rotators.exec import Exec, Program
from wardline.vault.custodian.turning import Turning

PROGRAM = Path(__file__).with_name("accounts_program.py")
STEPS = ("create", "apply", "verify", "retire")


@pytest.fixture(autouse=True)
def _owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exec_rotator, "_OWNER", os.getuid())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    for parent in [tmp_path, *tmp_path.parents]:
        if parent.stat().st_uid != os.getuid():
            pytest.skip(f"{parent} is not this user's: run as root")
    return tmp_path


def program(folder: Path, text: str = "") -> Program:
    file = folder / "rotate-mailbox"
    installed = PROGRAM.read_text().replace("/usr/bin/python3", sys.executable).replace('"FOLDER"', repr(str(folder)))
    file.write_text(text or installed)
    file.chmod(0o700)
    return Program("mail/box", file, hashlib.sha256(file.read_bytes()).digest(), {"username": "box"})


WORD = "made-up"


def version(number: int, word: str = WORD) -> Version:
    return Version(number, fences.digest(str(number)), {"username": "box", "password": word})


class Real(Bench):
    """A real program with a real target, whose accounts are looked at from outside as whoever logs in there would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rotator, self.other = Exec(program(folder)), Exec(program(folder))

    def accounts(self, statement: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(self.folder / "accounts.db", isolation_level=None)) as target:
            return target.execute(statement, values).fetchall()

    def log_in(self, version: Version) -> bool:
        verifier = hashlib.sha256(version.fields["password"].encode()).hexdigest()
        return bool(self.accounts("SELECT 1 FROM credential WHERE verifier = ? AND works", verifier))

    def open(self, version: Version, *, busy: bool) -> object:
        raise AssertionError("accounts have no sessions")

    def alive(self, session: object) -> bool:
        raise AssertionError("accounts have no sessions")

    def lose(self, version: Version) -> None:
        epoch, number = fences.numbers(version.number)
        self.accounts("DELETE FROM credential WHERE epoch = ? AND number = ?", epoch, number)

    def log(self) -> str:
        return (self.folder / "log").read_text() + (self.folder / "accounts.db").read_bytes().decode(errors="replace")


@pytest.fixture
def bench(folder: Path) -> Real:
    return Real(folder)


class TestExec(Contract):
    pass


def test_a_lost_value_is_set_again(bench: Real) -> None:
    first = bench.rotate(1)
    bench.lose(first)
    assert not bench.log_in(first)
    assert bench.rotator.sweep([first]) == ("version 1 was set again",)
    assert bench.log_in(first)


def test_wherever_the_program_is_killed_readers_go_on_and_the_rotation_ends_without_hands(
    bench: Real, tmp_path: Path
) -> None:
    clock = Clock()
    world = World(tmp_path / "world", grant=replace(GRANT, path="mail/box", strategy="exec"), clock=clock)
    turning = Turning(world, world, lambda path: bench.rotator, clock)
    turning.finish("mail/box")
    for moment in [f"{step}, {when}" for step in STEPS for when in ("changed", "done")]:
        before = world.held("mail/box")
        assert before
        (bench.folder / "moment").write_text(moment)
        turn = turning.turn("mail/box", reason="asked")
        while turn.rotation and not turn.rotation.finished:
            held = world.held("mail/box")
            assert held
            assert bench.log_in(held), moment
            clock.forward(seconds=1)
            turn = turning.turn("mail/box")
        assert not (bench.folder / "moment").exists()  # it was killed, once
        after = world.held("mail/box")
        assert after
        assert after.number == before.number + 1
        assert bench.log_in(after)
        assert not bench.log_in(before)


def test_a_custodian_that_knows_less_than_the_programs_target_says_so_and_goes_on_in_a_new_epoch(
    bench: Real, tmp_path: Path
) -> None:
    clock = Clock()
    bench.rotate(fences.order(1, 7))
    world = World(tmp_path / "world", grant=replace(GRANT, path="mail/box", strategy="exec"), clock=clock)
    turning = Turning(world, world, lambda path: bench.rotator, clock)
    turn = turning.turn("mail/box")
    assert "seen a later version" in turn.finding
    assert "wardline vault epoch" in turn.finding
    world.epoch = 2
    clock.forward(seconds=1)
    turn = turning.finish("mail/box")
    held = world.held("mail/box")
    assert held
    assert bench.log_in(held)


_TELLING = """\
#!{python}
import json, os, sys
said = json.load(sys.stdin)
with open({folder!r} + "/calls", "a") as calls:
    calls.write(json.dumps([sys.argv[1:], sorted(os.environ), said]))
print("value", said["fields"])
"""


def test_the_value_is_on_standard_input_and_nowhere_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WARDLINE_SOMETHING", "of the custodian's own")
    telling = program(folder, _TELLING.format(python=sys.executable, folder=str(folder)))
    Exec(telling).apply(version(fences.order(2, 7)))
    arguments, environment, said = json.loads((folder / "calls").read_text())
    assert arguments == ["apply"]
    assert set(environment) <= {"LANG", "LC_CTYPE", "PATH"}
    assert (said["path"], said["epoch"], said["number"]) == ("mail/box", 2, 7)
    assert said["fields"] == {"username": "box", "password": WORD}
    assert capfd.readouterr() == ("", "")  # it prints the value, and nobody reads it


def test_a_program_that_was_changed_is_not_run(folder: Path) -> None:
    approved = program(folder)
    approved.file.write_text(approved.file.read_text() + "# and more\n")
    rotator = Exec(approved)
    with pytest.raises(UnsafeTargetError, match="not the one that was approved"):
        rotator.apply(version(1))
    assert rotator.missing() == ("the rotator's program rotate-mailbox is not the one that was approved",)
    assert not (folder / "log").exists()


def test_what_is_hashed_is_what_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approved = program(folder)
    hashed = hashlib.file_digest

    def swapped(file: object, name: str) -> object:
        approved.file.write_text("#!/bin/sh\nexit 10\n")  # in place, by somebody who is quick
        return hashed(file, name)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "file_digest", swapped)
    Exec(approved).apply(version(1))
    assert (folder / "log").exists()


@pytest.mark.parametrize("mode", [0o722, 0o770])
def test_a_program_or_folder_that_others_write_is_not_run(folder: Path, mode: int) -> None:
    approved = program(folder)
    for path in (approved.file, folder):
        path.chmod(mode)
        with pytest.raises(UnsafeTargetError, match="written by others"):
            Exec(approved).apply(version(1))
        path.chmod(0o700)


def test_somebody_elses_program_is_not_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approved = program(folder)
    monkeypatch.setattr(exec_rotator, "_OWNER", os.getuid() + 1)
    with pytest.raises(UnsafeTargetError, match="belongs to somebody else"):
        Exec(approved).apply(version(1))


@pytest.mark.parametrize("kind", ["link", "pipe", "missing", "relative"])
def test_what_is_no_plain_file_is_not_run(folder: Path, kind: str) -> None:
    approved = program(folder)
    other = folder / "other"
    if kind == "link":
        other.symlink_to(approved.file)
    elif kind == "pipe":
        os.mkfifo(other)
    elif kind == "relative":
        other = Path("other")
    with pytest.raises(UnsafeTargetError):
        Exec(replace(approved, file=other)).apply(version(1))


def test_a_program_that_hangs_is_killed_with_what_it_started(folder: Path) -> None:
    hanging = program(folder, f"#!/bin/sh\nsleep 60 &\necho $! > {folder}/pid\nsleep 60\n")
    began = time.monotonic()
    with pytest.raises(TargetError, match="took longer"):
        Exec(replace(hanging, seconds=0.5)).apply(version(1))
    assert time.monotonic() - began < 10
    pid = int((folder / "pid").read_text())
    deadline = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _runs(pid)


def test_another_status_means_not_now(folder: Path) -> None:
    with pytest.raises(TargetError, match="status 75 at verify"):
        Exec(program(folder, "#!/bin/sh\nexit 75\n")).verify(version(1))


def test_a_file_that_is_no_program_says_so(folder: Path) -> None:
    with pytest.raises(UnsafeTargetError, match="cannot be run"):
        Exec(program(folder, "no program")).apply(version(1))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
