"""What a rotator promises: one file in `rotators/` per kind of target, and the same contract test for all of them.

Each call is one step on the target, idempotent, and safe to repeat after the caller, the connection or the target died
at any point of it. Steps that change a credential compare-and-set the fence on the target (`fences.py`).
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Protocol

from wardline.kernel.errors import AskedWronglyError, UnavailableError, WardlineError

Fields = Mapping[str, str]


class TargetError(UnavailableError):
    """The target does not answer, or answers that it cannot now: the step is tried again."""

    code = "target"


class RefusedByTargetError(WardlineError):
    """The target answered, and refuses what a rotator needs: a privilege is missing, or a login does not work."""

    code: ClassVar[str] = "refused-by-target"


class UnsafeTargetError(AskedWronglyError):
    """A target that is not used as it was described: a password in its address, or a way to it that others can read."""

    code = "unsafe-target"


@dataclass(frozen=True, slots=True)
class Version:
    """One version as a rotator needs it: its order, its mark (a digest, `fences.digest`) and what its value holds."""

    number: int  # `fences.order` of epoch and number
    mark: str
    fields: Fields = field(repr=False)  # the value: in no message, no log, no traceback


@dataclass(frozen=True, slots=True)
class Standing:
    """What a target says about a secret: the highest number seen, the published ones, the ones to drain."""

    highest: int
    published: tuple[int, ...]
    pending: tuple[int, ...]
    draining: tuple[int, ...]


class Rotator(Protocol):
    """Changes credentials on one target."""

    def missing(self) -> tuple[str, ...]:
        """Return what the custodian lacks on the target, each with the way to give it; empty when all is there."""

    def standing(self) -> Standing:
        """Return what the target says about this secret."""

    def create(self, number: int, password: str) -> Fields:
        """Return the fields of a new value (user name, password, address); the target is not changed.

        Raises: `SupersededError` where the target has seen this number, `NotReadyError` where it has no room yet.
        """

    def apply(self, version: Version) -> None:
        """Set this version's verifier on the target. Raises: `SupersededError`, `NotReadyError`, `TargetError`."""

    def verify(self, version: Version) -> None:
        """Log in with this version on every endpoint. Raises: `RefusedByTargetError`, `TargetError`."""

    def publish(self, version: Version) -> None:
        """Note on the target, before it is so, that readers may hold this version. Raises: as `apply`."""

    def refuse(self, number: int, *, held: int = 0) -> None:
        """Refuse new logins with version `number`; nothing where the target does not hold it.

        `held` is the version that readers have, where nobody was told of this one. Raises: `NotReadyError` (a program:
        `RefusedByTargetError`) where neither a later version nor `held` is published.
        """

    def drain(self, number: int, *, force: bool) -> int:
        """End sessions of a refused version, idle ones only unless `force`; return how many were seen.

        0 means that none was left twice running, and that the target notes it.
        """

    def sweep(self, live: Sequence[Version]) -> tuple[str, ...]:
        """Log in with every published version on every endpoint, and set again what is missing; say what was done."""

    def close(self) -> None:
        """Let go of what the steps share (a connection); any later call opens it anew."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One place where a target answers: a host with a pinned CA, a loopback address, or a folder of a Unix socket."""

    host: str
    port: int = 5432
    ca: str = ""  # path of a PEM file; required off loopback


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a rotator waits: for an answer, for another custodian's lock, and as one that died holding it."""

    connect: timedelta = timedelta(seconds=5)
    answer: timedelta = timedelta(seconds=10)
    lock: timedelta = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Here:
    """What a rotator is told by its custodian's own configuration, beside the grant.

    `ways` are addresses without passwords by a secret's path or `*`; `password` gives the custodian's own at a target
    that has no better way in; `folder` is the custodian's, for certificates.
    """

    folder: Path
    ways: Mapping[str, str] = field(default_factory=dict)
    password: Callable[[], str] | None = None
    patience: Patience = field(default_factory=Patience)

    def way_in(self, path: str) -> str:
        """Return the custodian's own address at the target of a secret, empty where the grant's will do."""
        return self.ways.get(path, self.ways.get("*", ""))

    def certificates(self, pem: str) -> str:
        """Return the path of a file with these certificates, written here."""
        content = pem.encode()
        file = self.folder / f"ca-{sha256(content).hexdigest()[:32]}.pem"
        if not file.exists() or file.read_bytes() != content:
            waiting = file.with_suffix(f".{os.getpid()}")
            waiting.write_bytes(content)
            waiting.replace(file)
        return str(file)
