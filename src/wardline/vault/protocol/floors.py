"""Floors: the highest numbers that a party has seen. What is below them is old, whoever serves it.

They are the party's own, kept on its own disk and written *before* what they allow is used. A custodian or an agent
that lost them begins with none: an agent then takes what a freshness statement vouches for, a custodian takes them from
a peer's statement or from the fence on the target, or else mints (`freshness.state` vouches for floors, and for
nothing else).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

from wardline.vault.protocol.encoding import (
    COUNT,
    DIGEST_OR_NONE,
    MOMENT,
    NUMBER,
    PATH,
    listed,
    nested,
    octets,
    of,
    text,
    whole_milliseconds,
)
from wardline.vault.protocol.errors import EpochError, EquivocationError, OldVersionError
from wardline.vault.protocol.model.statement import Current, Freshness, HeadSeen, Revoked


@dataclass(frozen=True, slots=True)
class Floor:
    """The highest version and grant of one path. `number` 0: no version of this epoch was seen yet."""

    kind: ClassVar[str] = "floor"

    path: str = of(PATH)
    epoch: int = of(COUNT)
    number: int = of(NUMBER)
    version: bytes = of(DIGEST_OR_NONE)
    grant_version: int = of(NUMBER)
    grant: bytes = of(DIGEST_OR_NONE)

    def raised(self, epoch: int, number: int, version: bytes) -> "Floor":
        """Return the floor after this version was seen.

        Raises: `OldVersionError` for a lower one; `EquivocationError` for another one of the same number.
        """
        if (epoch, number) < (self.epoch, self.number):
            raise OldVersionError(
                f"{self.path}: version {number} of epoch {epoch} is older than {self.number} of epoch {self.epoch},"
                " which was seen",
                hint="somebody serves an old database; after a restore, two approvers raise the epoch",
            )
        if (epoch, number) == (self.epoch, self.number) and version != self.version:
            raise EquivocationError(f"{self.path}: there are two versions {number} of epoch {epoch}")
        return replace(self, epoch=epoch, number=number, version=version)

    def followed(self, epoch: int, number: int, version: bytes, previous: bytes) -> "Floor":
        """Return the floor after a version was seen that names the one before it.

        Raises: as `raised`; `EquivocationError` too where the next number follows from another version than was seen.
        """
        raised = self.raised(epoch, number, version)
        if (epoch, number) == (self.epoch, self.number + 1) and self.number and previous != self.version:
            raise EquivocationError(f"{self.path}: version {number} follows from another {self.number} than was seen")
        return raised

    def granted(self, grant_version: int, grant: bytes) -> "Floor":
        """Return the floor after this grant was seen. Raises: as `raised`."""
        if grant_version < self.grant_version:
            raise OldVersionError(
                f"{self.path}: grant {grant_version} is older than {self.grant_version}, which was seen"
            )
        if grant_version == self.grant_version and grant != self.grant:
            raise EquivocationError(f"{self.path}: there are two grants of version {grant_version}")
        return replace(self, grant_version=grant_version, grant=grant)

    def restored(self) -> "Floor":
        """Return the floor after a restore: no grant was seen, and versions are of the epoch before."""
        return replace(self, grant_version=0, grant=b"")

    def current(self) -> Current:
        """Return the floor as a freshness statement holds it; it has a version and a grant."""
        return Current(self.path, self.number, self.version, self.grant_version, self.grant)


@dataclass(frozen=True, slots=True)
class Floors:
    """What holds for all paths of one party: root, epoch, ledger head, who was revoked, latest signed time.

    `head_size` and `head_root` are the last head of the ledger; `origin` is empty until one was seen.
    """

    kind: ClassVar[str] = "floors"

    root_version: int = of(NUMBER)
    root_digest: bytes = of(DIGEST_OR_NONE)
    epoch: int = of(COUNT)
    epoch_digest: bytes = of(DIGEST_OR_NONE)
    origin: str = of(text(r"[!-*,-~]*", 200, "a ledger's origin"))
    head_size: int = of(NUMBER)
    head_root: bytes = of(octets(32, 32, or_none=True))
    revoked: tuple[Revoked, ...] = of(listed(nested(Revoked), 16_384, key=lambda one: (one.path, one.name)))
    signed: datetime = of(MOMENT)

    def at(self, epoch: int, digest: bytes, restored: HeadSeen | None = None) -> "Floors":
        """Return the floors in a later epoch; `restored` is the head that the ledger goes on from after a restore.

        Raises: `EpochError` for an earlier one.
        """
        if epoch < self.epoch:
            raise EpochError(f"epoch {epoch} has ended: it is epoch {self.epoch}")
        if epoch == self.epoch or restored is None:
            return replace(self, epoch=epoch, epoch_digest=digest)
        return replace(self, epoch=epoch, epoch_digest=digest, head_size=restored.size, head_root=restored.root_hash)

    def restarted(self, before: "Floors") -> bool:
        """Return whether an epoch since `before` went back to a restored ledger: grants after it did not happen."""
        return self.epoch > before.epoch and (self.head_size, self.head_root) != (before.head_size, before.head_root)

    def seen(self, signed: datetime) -> "Floors":
        """Return the floors after a genuine document of this time was accepted."""
        return replace(self, signed=max(self.signed, whole_milliseconds(signed)))


def none() -> Floors:
    """Return the floors of a party that has seen nothing: epoch 1, which nobody raised, and no head."""
    return Floors(0, b"", 1, b"", "", 0, b"", (), datetime(2000, 1, 1, tzinfo=UTC))


def none_of(path: str) -> Floor:
    """Return the floor of a path of which nothing was seen."""
    return Floor(path, 1, 0, b"", 0, b"")


def from_peer(statement: Freshness) -> dict[str, Floor]:
    """Return the floors that a peer's genuine, unexpired statement gives to a custodian that has none."""
    return {
        one.path: Floor(one.path, statement.epoch, one.number, one.version, one.grant_version, one.grant)
        for one in statement.current
    }
