"""What an agent asks of the servers. None of it is believed: all of it goes through `protocol.accepting`."""

from typing import NamedTuple, Protocol

from wardline.vault.protocol.accepting import Offer


class Changes(NamedTuple):
    """Which secrets of this agent changed since it asked last, and where to ask on from."""

    cursor: int
    paths: tuple[str, ...]


class Upstream(Protocol):
    """The servers as one agent sees them. Every method may raise `remote.UnreachableError`."""

    def roots(self) -> tuple[bytes, ...]:
        """Return the chain of roots, the first one first."""

    def bind(self, binding: bytes) -> None:
        """Hand in a binding (document 3) for the custodians to look at."""

    def paths(self) -> tuple[str, ...]:
        """Return the paths of the secrets that this agent may read, as the servers know them."""

    def offer(self, path: str, seen: int) -> Offer | None:
        """Return what there is of a secret, proven to follow from the head of size `seen`; None where nothing is."""

    def revocations(self, path: str) -> tuple[bytes, ...]:
        """Return what was taken away of a secret that this agent had."""

    def wait(self, cursor: int, seconds: float) -> Changes:
        """Return once something changed after `cursor`, or when so many seconds have passed."""

    def receipt(self, receipt: bytes) -> None:
        """Hand in a receipt (document 7)."""

    def put(self, put: bytes) -> None:
        """Hand in a put (document 8)."""

    def grant(self, path: str) -> bytes | None:
        """Return a secret's newest grant, for a writer."""
