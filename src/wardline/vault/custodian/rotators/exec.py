"""Anything else: a program that somebody wrote for a target, held to a digest that two people approved.

The program lies in a folder that only root writes to, and is run with one argument: `create`, `apply`, `verify` or
`retire`. Standard input is one line of JSON, `{"path", "epoch", "number", "mark", "fields"}`; the value is in `fields`,
and nowhere else: not in an argument, not in the environment (which is empty but for `PATH` and `LANG`). What it prints
is thrown away. Exit status 0 means done; 1, the target refuses (with `verify`: this value does not work); 10, the
target has seen a later number; anything else, not now, and it is called again. It has a minute, then it and all that it
started are killed.

The bytes that are hashed are the bytes that run: the program is copied into memory, sealed there, compared with the
digest in the grant, and executed from there. Whatever happens to the file meanwhile changes nothing.

What the program owes, because only it knows the target: each step may be repeated; numbers are ordered by epoch first;
`create` and `apply` compare the number with the highest one that the target has seen (10 for a lower one, and for
another `mark` under the same number) in one transaction with the change; the values of lower numbers go on working
until `retire` names a number, which takes that one and every lower one away and ends their sessions, and refuses the
highest one with 1: it is the last that works. So a value that was applied and then abandoned, which no `retire` names,
ends with the next rotation.
"""

import fcntl
import hashlib
import hmac
import json
import os
import signal
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from wardline.kernel.text import printable
from wardline.vault.custodian import fences
from wardline.vault.custodian.fences import SupersededError, told
from wardline.vault.custodian.rotator import (
    Fields,
    Here,
    RefusedByTargetError,
    Standing,
    TargetError,
    UnsafeTargetError,
    Version,
)
from wardline.vault.protocol.model.grant import Grant

ID: Final = "exec"
TITLE: Final = "a program of one's own"

SECONDS: Final = 60.0
MAX_PROGRAM_BYTES: Final = 64 * 1024 * 1024
_OWNER: Final = 0
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_ENVIRONMENT: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
_REFUSED: Final = 1
_SUPERSEDED: Final = 10
# linux/fcntl.h; Python has them on Linux only
_SEALS: Final = 0x0001 | 0x0002 | 0x0004 | 0x0008  # SEAL, SHRINK, GROW, WRITE
_ADD_SEALS: Final = 1033

Argument = Literal["create", "apply", "verify", "retire"]


@dataclass(frozen=True, slots=True)
class Program:
    """A program as a grant names it: its file, its SHA-256, and the fields that a value has beside a password."""

    path: str  # of the secret
    file: Path
    digest: bytes
    fields: Mapping[str, str] = field(default_factory=dict)
    seconds: float = SECONDS


def rotator(grant: Grant, here: Here) -> "Exec":
    """Return the rotator of a grant whose strategy is `exec`: settings `program`, and `field_…` for its values.

    Raises: `UnsafeTargetError` where the grant names no program or pins none.
    """
    del here  # a program has its own way to its target
    if not grant.rotator or not grant.setting("program"):
        raise UnsafeTargetError("the grant names no program for this secret, or does not pin its digest")
    fields = {one.name.removeprefix("field_"): one.value for one in grant.settings if one.name.startswith("field_")}
    return Exec(Program(grant.path, Path(grant.setting("program")), grant.rotator, fields))


class Exec:
    """Rotates one secret by a program. The target's state is the program's to know: `standing` has nothing to say."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def missing(self) -> tuple[str, ...]:
        """Return what is wrong with the program, if anything is."""
        try:
            with _sealed(self._program):
                return ()
        except UnsafeTargetError as error:
            return (error.detail,)

    def standing(self) -> Standing:
        """Return nothing: what the target has seen is compared by the program, at each step."""
        return Standing(0, (), (), ())

    def create(self, number: int, password: str) -> Fields:
        """Return the grant's fields and the password; the program may prepare its target for the number, without it."""
        self._run("create", number, "", {})
        return {**self._program.fields, "password": password}

    def apply(self, version: Version) -> None:
        """Have the program set the value on its target."""
        self._run("apply", version.number, version.mark, version.fields)

    def verify(self, version: Version) -> None:
        """Have the program try the value out."""
        self._run("verify", version.number, version.mark, version.fields)

    def publish(self, version: Version) -> None:
        """Do nothing: the program learns of it by `retire` for the version before."""

    def refuse(self, number: int, *, held: int = 0) -> None:
        """Have the program retire the values up to a number, and end their sessions."""
        del held  # it is the program that compares
        with suppress(SupersededError):  # retired, and more has happened since
            self._run("retire", number, "", {})

    def drain(self, number: int, *, force: bool) -> int:
        """Return 0: `retire` has ended the sessions."""
        del number, force
        return 0

    def sweep(self, live: Sequence[Version]) -> tuple[str, ...]:
        """Have each published value tried out, the newest set again where it does not work."""
        done = []
        for version in sorted(live, key=lambda one: one.number)[-1:]:
            try:
                self.verify(version)
            except RefusedByTargetError:
                self.apply(version)
                self.verify(version)
                done.append(f"version {told(version.number)} was set again")
        return tuple(done)

    def close(self) -> None:
        """Do nothing: no step leaves anything open."""

    def _run(self, argument: Argument, order: int, mark: str, fields: Fields) -> None:
        epoch, number = fences.numbers(order)
        said = {"path": self._program.path, "epoch": epoch, "number": number, "mark": mark, "fields": dict(fields)}
        with _sealed(self._program) as program:
            status = self._asked(program, argument, json.dumps(said).encode() + b"\n")
        if status == _REFUSED:
            raise RefusedByTargetError(f"the rotator's program refuses: {argument} of version {told(order)}")
        if status == _SUPERSEDED:
            raise SupersededError(f"the target has seen a later version than {told(order)}")
        if status:
            raise TargetError(f"the rotator's program ended with status {status} at {argument}")

    def _asked(self, program: int, argument: Argument, said: bytes) -> int:
        name = self._program.file.name
        try:
            running = subprocess.Popen(
                [name, argument],
                executable=f"/proc/self/fd/{program}",
                pass_fds=(program,),
                cwd="/",
                env=_ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                umask=0o077,
            )
        except OSError as error:
            raise UnsafeTargetError(
                f"the rotator's program {printable(name)} cannot be run: {error.strerror}"
            ) from None
        try:
            with suppress(BrokenPipeError):
                running.communicate(said, timeout=self._program.seconds)
        except subprocess.TimeoutExpired:
            raise TargetError(f"the rotator's program took longer than {self._program.seconds:.0f} s") from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        return running.returncode


@contextmanager
def _sealed(program: Program) -> Iterator[int]:
    """Give a descriptor of the program's bytes in sealed memory, once they have the digest that the grant names.

    Raises: `UnsafeTargetError`.
    """
    if not hasattr(os, "memfd_create"):
        raise UnsafeTargetError("programs of one's own are run on Linux only")
    content = _read(program.file)
    memory = os.memfd_create("rotator", os.MFD_ALLOW_SEALING)
    try:
        with open(os.dup(memory), "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(content)
        fcntl.fcntl(memory, _ADD_SEALS, _SEALS)
        os.lseek(memory, 0, os.SEEK_SET)
        with open(os.dup(memory), "rb") as file:  # noqa: PTH123 - as above
            digest = hashlib.file_digest(file, "sha256").digest()
        if not hmac.compare_digest(digest, program.digest):
            raise UnsafeTargetError(
                f"the rotator's program {printable(program.file.name)} is not the one that was approved",
                hint="a new program takes a new grant, with its SHA-256",
            )
        yield memory
    finally:
        os.close(memory)


def _read(file: Path) -> bytes:
    """Return a program's bytes: it and every folder above are root's own, and nobody else writes there."""
    if not file.is_absolute() or ".." in file.parts:
        raise UnsafeTargetError("the rotator's program is named by its whole path")
    at = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in file.parts[1:-1]:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
            os.close(at)
            at = below
            _require_owned(os.fstat(at), part)
        opened = os.open(file.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
    except OSError as error:
        raise UnsafeTargetError(f"the rotator's program {printable(str(file))}: {error.strerror}") from None
    finally:
        os.close(at)
    with open(opened, "rb") as reading:  # noqa: PTH123 - a descriptor, not a path
        status = os.fstat(opened)
        _require_owned(status, file.name)
        if not stat.S_ISREG(status.st_mode):
            raise UnsafeTargetError("the rotator's program is no regular file")
        content = reading.read(MAX_PROGRAM_BYTES + 1)
    if len(content) > MAX_PROGRAM_BYTES:
        raise UnsafeTargetError(f"the rotator's program is larger than {MAX_PROGRAM_BYTES // 1024 // 1024} MiB")
    return content


def _require_owned(status: os.stat_result, name: str) -> None:
    shared = (
        stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    )  # /tmp: others cannot replace what is root's
    if status.st_uid != _OWNER or (status.st_mode & _OTHERS_WRITE and not shared):
        raise UnsafeTargetError(
            f"{printable(name)}, on the way to the rotator's program, belongs to somebody else or is written by others",
            hint="the program and every folder above it are root's, and only root's to write",
        )
