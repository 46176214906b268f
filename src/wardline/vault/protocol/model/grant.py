"""Grants and what takes them away: who may read and write one secret, and how it is rotated."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from wardline.vault.protocol.encoding import (
    COUNT,
    DIGEST,
    DIGEST_OR_NONE,
    ISSUER,
    LINE,
    MOMENT,
    NAME,
    NAME_OR_NONE,
    NUMBER,
    PATH,
    SECONDS,
    choice,
    listed,
    nested,
    octets,
    of,
    text,
    whole,
)

PERSON_ISSUER = "root"  # a writer who is a person: an approver of the root, by the claim "approver"
JOIN_ISSUER = "join"  # a workload that people joined by hand: the claim "name" of a join document
SPIFFE_SCHEME = "spiffe://"  # an issuer of this form is a trust domain; the claim "sub" is the SPIFFE ID


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim that evidence has to carry, with exactly this value (numbers and booleans as JSON writes them)."""

    name: str = of(text(r"[!-~]+", 200, "a claim's name"))
    value: str = of(text(r"[ -~]+", 500, "a claim's value"))


@dataclass(frozen=True, slots=True)
class Subject:
    """Who may: everybody whose evidence by `issuer` carries all of `claims`; `instances` of them at once.

    `name` is what people call it (`workload:orders`). Never a raw key: keys change every hour and prove nothing.
    `given` is the version of the grant that gave it: later grants repeat it, so that what a revocation took away stays
    away until people give it again by name.
    """

    name: str = of(NAME)
    issuer: str = of(ISSUER)
    claims: tuple[Claim, ...] = of(listed(nested(Claim), 16, least=1, key=lambda one: one.name))
    instances: int = of(whole(1, 100_000))
    given: int = of(COUNT)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a credential is used: every address of the target, and the authority its certificate is pinned to.

    `ca` is PEM, or empty for a Unix socket or loopback.
    """

    host: str = of(text(r"[A-Za-z0-9_./:-]+", 255, "a host or the folder of a socket"))
    port: int = of(whole(0, 65_535))
    ca: str = of(text(r"[ -~\n]*", 16_384, "certificates in PEM, or empty"))


@dataclass(frozen=True, slots=True)
class Setting:
    """A word for the strategy: PostgreSQL's `owner`, `database`; whatever a rotator documents."""

    name: str = of(text(r"[a-z][a-z0-9_]*", 64, "a setting's name"))
    value: str = of(LINE)


@dataclass(frozen=True, slots=True)
class Grant:
    """Document 2: one secret's grant, signed by at least two people other than `requester`.

    `strategy` is a rotator's name, or `none` for a value that only people or writers change. `rotator` is the SHA-256
    of the exec rotator's program, else none. `expires` acts as a revocation of everybody in it.
    """

    kind: ClassVar[str] = "grant"

    root: bytes = of(DIGEST)
    path: str = of(PATH)
    version: int = of(COUNT)
    previous: bytes = of(DIGEST_OR_NONE)
    requester: str = of(NAME)
    zone: str = of(NAME)
    issued: datetime = of(MOMENT)
    expires: datetime = of(MOMENT)
    readers: tuple[Subject, ...] = of(listed(nested(Subject), 256, key=lambda one: one.name))
    writers: tuple[Subject, ...] = of(listed(nested(Subject), 256, key=lambda one: one.name))
    strategy: str = of(text(r"[a-z][a-z0-9_-]*", 64, "a rotator's name"))
    settings: tuple[Setting, ...] = of(listed(nested(Setting), 64, key=lambda one: one.name))
    targets: tuple[Endpoint, ...] = of(listed(nested(Endpoint), 64))
    rotator: bytes = of(DIGEST_OR_NONE)
    rotate_every_seconds: int = of(SECONDS)
    maximum_age_seconds: int = of(SECONDS)
    overlap_seconds: int = of(SECONDS)
    drain_seconds: int = of(SECONDS)
    grace_seconds: int = of(SECONDS)

    def setting(self, name: str, default: str = "") -> str:
        """Return the value of a setting of the strategy."""
        return next((one.value for one in self.settings if one.name == name), default)


@dataclass(frozen=True, slots=True)
class Revocation:
    """A taking away, signed by one approver (or more): of one reader or writer, or of everybody (`name` empty).

    It holds for what grants of `path` up to version `through` gave, however many repeat it later; only a grant after
    that, which takes two people, can give it again.
    """

    kind: ClassVar[str] = "revocation"

    root: bytes = of(DIGEST)
    path: str = of(PATH)
    name: str = of(NAME_OR_NONE)
    through: int = of(COUNT)
    reason: str = of(LINE)
    issued: datetime = of(MOMENT)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A custodian's signed word that it applied a document: it wraps nothing to whoever was revoked from now on."""

    kind: ClassVar[str] = "acknowledgement"

    root: bytes = of(DIGEST)
    document: bytes = of(DIGEST)
    zone: str = of(NAME)
    custodian: str = of(NAME)
    issued: datetime = of(MOMENT)


@dataclass(frozen=True, slots=True)
class Epoch:
    """A new epoch, raised by two approvers: the only way out of a poisoned number, and part of every restore.

    In a new epoch numbers begin again, and every secret is rotated. After a restore it names the head of the ledger
    that was restored, by its size and root hash: what any party saw beyond that did not happen, but for revocations and
    roots. `entries` 0: the ledger goes on as it is.
    """

    kind: ClassVar[str] = "epoch"

    root: bytes = of(DIGEST)
    epoch: int = of(COUNT)
    previous: bytes = of(DIGEST_OR_NONE)
    entries: int = of(NUMBER)
    head: bytes = of(DIGEST_OR_NONE)
    reason: str = of(LINE)
    issued: datetime = of(MOMENT)


BreakGlassAccess = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """Two approvers' leave for one person to get a fresh personal credential at the target, valid for minutes.

    No stored value is revealed: the custodian mints at the target, seals to `sealing` (a key of the person's own) and
    opens a review finding. `nonce` is used up when it is first seen.
    """

    kind: ClassVar[str] = "break-glass"

    root: bytes = of(DIGEST)
    path: str = of(PATH)
    person: str = of(NAME)
    access: BreakGlassAccess = of(choice("read", "write"))
    sealing_key_id: bytes = of(DIGEST)
    reason: str = of(LINE)
    nonce: bytes = of(octets(16, 32))
    issued: datetime = of(MOMENT)
    expires: datetime = of(MOMENT)
