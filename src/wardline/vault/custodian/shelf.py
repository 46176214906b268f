"""What a custodian asks of the server: documents to look at, and a place for what it sealed. Nothing of it is believed.

The shape is that of `server/working.py`; a client of API v1 stands behind it in a custodian's process, and a dictionary
in tests. Every answer may be old, empty, or another's: what a custodian relies on, it checks.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from wardline.vault.custodian.rotating import Rotation


class Basis(NamedTuple):
    """What a custodian goes by, oldest first: it follows each chain from what it knows."""

    roots: Sequence[bytes]
    epochs: Sequence[bytes]
    revocations: Sequence[bytes]
    statements: Sequence[bytes]  # the newest freshness statement of each custodian


class Task(NamedTuple):
    """One secret of the zone: its newest version's digest (empty: none), and why somebody asked for a rotation."""

    path: str
    version: bytes
    reason: str


class Head(NamedTuple):
    """The ledger's newest head as a signed note, and the proof that it goes on from the size that was asked about."""

    note: bytes
    consistency: Sequence[bytes]


class Shelf(Protocol):
    """The server as one custodian sees it. Raises: `UnavailableError` where it does not answer."""

    def basis(self) -> Basis:
        """Return roots, epochs, revocations and statements."""

    def tasks(self) -> Sequence[Task]:
        """Return every secret of this custodian's zone."""

    def bindings(self) -> Sequence[bytes]:
        """Return the bindings that were handed in and may still be good."""

    def documents(self, kind: str, path: str) -> Sequence[bytes]:
        """Return a secret's documents of kind `grant`, `version`, `put` or `receipt`, oldest first."""

    def wrap(self, version: bytes) -> bytes:
        """Return a version's wrap for this custodian. Raises: `NotFoundError`."""

    def head(self, seen: int) -> Head:
        """Return the ledger's newest head, and its consistency with the one of size `seen`."""

    def publish(self, version: bytes, wraps: Sequence[bytes]) -> None:
        """Keep a version (its envelope) and its wraps; the same again changes nothing."""

    def seal_to(self, version: bytes, wraps: Sequence[bytes]) -> None:
        """Keep further wraps of a version (its digest)."""

    def state(self, statement: bytes) -> None:
        """Keep a freshness statement in place of this custodian's last one."""

    def acknowledge(self, acknowledgement: bytes) -> None:
        """Keep a word that a revocation was applied."""

    def retired(self, path: str) -> None:
        """Delete the wraps of versions long retired."""

    def unfinished(self, path: str) -> Rotation | None:
        """Return the unfinished rotation of a secret, or None."""

    def begin(self, rotation: Rotation) -> bool:
        """Keep a new row, unless the secret has an unfinished one; return whether it is kept."""

    def change(self, rotation: Rotation) -> bool:
        """Keep `rotation` in place of the revision before it; return whether that was still there."""
