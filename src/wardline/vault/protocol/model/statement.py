"""What parties state while they run: freshness (custodians), receipts (agents), puts (writers)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from wardline.vault.protocol.encoding import (
    COUNT,
    DIGEST,
    MOMENT,
    NAME,
    NAME_OR_NONE,
    NUMBER,
    PATH,
    choice,
    listed,
    nested,
    octets,
    of,
)
from wardline.vault.protocol.keys import DHKEM_P256, MLKEM768_X25519, Kem
from wardline.vault.protocol.model.version import SEALED, WRAPPED


@dataclass(frozen=True, slots=True)
class HeadSeen:
    """A head of the ledger that somebody saw: how many entries, and the root over them."""

    size: int = of(NUMBER)
    root_hash: bytes = of(DIGEST)


@dataclass(frozen=True, slots=True)
class Current:
    """What is current of one secret: its newest published version and its grant."""

    path: str = of(PATH)
    number: int = of(COUNT)
    version: bytes = of(DIGEST)
    grant_version: int = of(COUNT)
    grant: bytes = of(DIGEST)


@dataclass(frozen=True, slots=True)
class Revoked:
    """Somebody (empty: everybody) whom no grant of `path` up to version `through` gives anything any more."""

    path: str = of(PATH)
    name: str = of(NAME_OR_NONE)
    through: int = of(COUNT)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Document 6: a custodian's word on what is current, for at most ten minutes.

    A zone with more secrets than fit gets several statements, each over some of them. `revoked` are those of its
    paths. `root_version` is the root that the custodian goes by: who has an older one was not shown the newer.
    """

    kind: ClassVar[str] = "freshness"

    root: bytes = of(DIGEST)
    root_version: int = of(COUNT)
    epoch: int = of(COUNT)
    zone: str = of(NAME)
    custodian: str = of(NAME)
    current: tuple[Current, ...] = of(listed(nested(Current), 2048, key=lambda one: one.path))
    revoked: tuple[Revoked, ...] = of(listed(nested(Revoked), 2048, key=lambda one: (one.path, one.name)))
    head: HeadSeen = of(nested(HeadSeen))
    issued: datetime = of(MOMENT)
    expires: datetime = of(MOMENT)

    def of_path(self, path: str) -> Current | None:
        """Return what is current of this secret, or None."""
        return next((one for one in self.current if one.path == path), None)


Delivered = Literal["template", "run", "read"]
"""How a version reached its workload: template signalled, `run` child restarted, API read served."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Document 7: an agent's word that a version was *delivered* to its workload; signed with its binding's key."""

    kind: ClassVar[str] = "receipt"

    root: bytes = of(DIGEST)
    path: str = of(PATH)
    epoch: int = of(COUNT)
    number: int = of(COUNT)
    version: bytes = of(DIGEST)
    reader: str = of(NAME)
    delivered: Delivered = of(choice("template", "run", "read"))
    head: HeadSeen = of(nested(HeadSeen))
    issued: datetime = of(MOMENT)


@dataclass(frozen=True, slots=True)
class PutWrap:
    """The data key of a put, sealed to one custodian of the zone."""

    custodian: str = of(NAME)
    key_id: bytes = of(DIGEST)
    kem: Kem = of(choice(MLKEM768_X25519, DHKEM_P256))
    wrapped: bytes = of(WRAPPED)


@dataclass(frozen=True, slots=True)
class PutHeader:
    """What a put says in the clear. `expected` is the current number that it follows (`cas`), 0 for the first."""

    root: bytes = of(DIGEST)
    zone: str = of(NAME)
    path: str = of(PATH)
    epoch: int = of(COUNT)
    expected: int = of(NUMBER)
    nonce: bytes = of(octets(16, 32))
    writer: str = of(NAME)
    grant: bytes = of(DIGEST)
    origin: Literal["imported", "written"] = of(choice("imported", "written"))
    commitment: bytes = of(DIGEST)
    issued: datetime = of(MOMENT)
    expires: datetime = of(MOMENT)


@dataclass(frozen=True, slots=True)
class Put:
    """Document 8: new fields for a secret, sealed to every custodian of its zone, signed by a granted writer."""

    kind: ClassVar[str] = "put"

    root: bytes = of(DIGEST)
    header: PutHeader = of(nested(PutHeader))
    wraps: tuple[PutWrap, ...] = of(listed(nested(PutWrap), 16, least=1, key=lambda one: one.custodian))
    sealed: bytes = of(SEALED)
