import hashlib
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from wardline.vault.custodian import fences
from wardline.vault.custodian.fences import SupersededError
from wardline.vault.custodian.rotator import RefusedByTargetError, TargetError, UnsafeTargetError, Version
from wardline.vault.custodian.rotators import exec as exec_rotator
from wardline.vault.custodian.rotators.exec import Exec, Program

# The simplest honest program: its target is a folder, and mkdir is its compare-and-set.
_SCRIPT = """\
#!/usr/bin/env python3
import json, os, sys
folder = {folder!r}
said = json.load(sys.stdin)
kept = os.path.join(folder, "kept.json")
target = json.load(open(kept)) if os.path.exists(kept) else {{"highest": 0, "works": {{}}}}
with open(os.path.join(folder, "calls"), "a") as calls:
    calls.write(json.dumps([sys.argv[1:], sorted(os.environ), said]) + "\\n")
print("value", said["fields"])
number = said["number"]
if sys.argv[1] == "apply":
    if number < target["highest"]:
        sys.exit(10)
    target = {{"highest": number, "works": {{**target["works"], str(number): said["fields"]["password"]}}}}
elif sys.argv[1] == "verify":
    sys.exit(0 if target["works"].get(str(number)) == said["fields"]["password"] else 1)
elif sys.argv[1] == "retire":
    target["works"].pop(str(number), None)
json.dump(target, open(kept, "w"))
"""


@pytest.fixture(autouse=True)
def _owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exec_rotator, "_OWNER", os.getuid())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    for parent in [tmp_path, *tmp_path.parents]:
        if parent.stat().st_uid != os.getuid():
            pytest.skip(f"{parent} is not this user's: run as root")
    return tmp_path


def program(folder: Path, text: str = _SCRIPT) -> Program:
    file = folder / "rotate-mailbox"
    file.write_text(text.format(folder=str(folder)) if text is _SCRIPT else text)
    file.chmod(0o700)
    return Program("mail/box", file, hashlib.sha256(file.read_bytes()).digest(), {"username": "box"})


WORD = "made-up"


def version(number: int, word: str = WORD) -> Version:
    return Version(number, fences.digest(str(number)), {"username": "box", "password": word})


def test_a_whole_rotation(folder: Path) -> None:
    rotator = Exec(program(folder))
    assert rotator.missing() == ()
    assert rotator.create(1, WORD) == {"username": "box", "password": WORD}
    rotator.apply(version(1))
    rotator.verify(version(1))
    rotator.apply(version(2, "another"))
    rotator.verify(version(1))
    rotator.verify(version(2, "another"))
    rotator.refuse(1)
    with pytest.raises(RefusedByTargetError):
        rotator.verify(version(1))
    rotator.verify(version(2, "another"))


def test_a_late_step_is_superseded(folder: Path) -> None:
    rotator = Exec(program(folder))
    rotator.apply(version(2))
    with pytest.raises(SupersededError):
        rotator.apply(version(1))


def test_the_value_is_on_standard_input_and_nowhere_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WARDLINE_SOMETHING", "of the custodian's own")
    Exec(program(folder)).apply(version(fences.order(2, 7)))
    arguments, environment, said = json.loads((folder / "calls").read_text())
    assert arguments == ["apply"]
    assert set(environment) <= {"LANG", "LC_CTYPE", "PATH"}
    assert (said["path"], said["epoch"], said["number"]) == ("mail/box", 2, 7)
    assert said["fields"] == {"username": "box", "password": WORD}
    assert capfd.readouterr() == ("", "")  # it prints the value, and nobody reads it


def test_a_sweep_sets_the_newest_again(folder: Path) -> None:
    rotator = Exec(program(folder))
    assert rotator.sweep([version(1)]) == ("version 1 was set again",)
    assert rotator.sweep([version(1)]) == ()


def test_a_program_that_was_changed_is_not_run(folder: Path) -> None:
    approved = program(folder)
    approved.file.write_text(approved.file.read_text() + "# and more\n")
    rotator = Exec(approved)
    with pytest.raises(UnsafeTargetError, match="not the one that was approved"):
        rotator.apply(version(1))
    assert rotator.missing() == ("the rotator's program rotate-mailbox is not the one that was approved",)
    assert not (folder / "calls").exists()


def test_what_is_hashed_is_what_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approved = program(folder)
    hashed = hashlib.file_digest

    def swapped(file: object, name: str) -> object:
        approved.file.write_text("#!/bin/sh\nexit 10\n")  # in place, by somebody who is quick
        return hashed(file, name)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "file_digest", swapped)
    Exec(approved).apply(version(1))
    assert (folder / "calls").exists()


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
