"""Versions of a secret, and wraps of their data keys: all that is ever stored of a value."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Literal

from wardline.vault.protocol.encoding import (
    COUNT,
    DIGEST,
    DIGEST_OR_NONE,
    MOMENT,
    NAME,
    PATH,
    choice,
    nested,
    octets,
    of,
)
from wardline.vault.protocol.keys import DHKEM_P256, MLKEM768_X25519, Kem

Origin = Literal["minted", "imported", "written"]
"""Where a value comes from: a custodian made it; a person brought it (and has seen it); a granted workload wrote it."""

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
MAX_PADDED_BYTES: Final = 512 * 1024
MAX_SEALED_BYTES: Final = NONCE_BYTES + MAX_PADDED_BYTES + TAG_BYTES

SEALED = octets(NONCE_BYTES + TAG_BYTES + 1, MAX_SEALED_BYTES)
WRAPPED = octets(65 + 32 + TAG_BYTES, 4096)


@dataclass(frozen=True, slots=True)
class Header:
    """What a version says of itself in the clear, authenticated with its ciphertext.

    Order is (epoch, number). `previous` is the digest of the version before it, none for the first. `grant` is the
    digest of the grant that it was made under. `commitment` fixes the data key (AES-GCM does not).
    """

    root: bytes = of(DIGEST)
    zone: str = of(NAME)
    path: str = of(PATH)
    epoch: int = of(COUNT)
    number: int = of(COUNT)
    previous: bytes = of(DIGEST_OR_NONE)
    grant: bytes = of(DIGEST)
    grant_version: int = of(COUNT)
    commitment: bytes = of(DIGEST)
    origin: Origin = of(choice("minted", "imported", "written"))
    custodian: str = of(NAME)
    issued: datetime = of(MOMENT)


@dataclass(frozen=True, slots=True)
class Version:
    """Document 4: a header and a ciphertext (nonce, AES-256-GCM of the padded fields, tag), signed by a custodian."""

    kind: ClassVar[str] = "version"

    root: bytes = of(DIGEST)
    header: Header = of(nested(Header))
    sealed: bytes = of(SEALED)


@dataclass(frozen=True, slots=True)
class Wrap:
    """Document 5: one version's data key sealed to one recipient. Not signed: the commitment says if it is right.

    `version` is the version's digest, `recipient` a grant's subject or a custodian, `key_id` the sealing key's. All of
    them are bound into HPKE's `info`, so a wrap moved elsewhere does not open. A wrap is a row of its own.
    """

    kind: ClassVar[str] = "wrap"

    root: bytes = of(DIGEST)
    path: str = of(PATH)
    epoch: int = of(COUNT)
    number: int = of(COUNT)
    version: bytes = of(DIGEST)
    recipient: str = of(NAME)
    key_id: bytes = of(DIGEST)
    kem: Kem = of(choice(MLKEM768_X25519, DHKEM_P256))
    wrapped: bytes = of(WRAPPED)
