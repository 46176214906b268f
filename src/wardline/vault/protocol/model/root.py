"""The root: who approves, which identities count, and which keys are a custodian's. Everything else hangs from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Literal

from wardline.vault.protocol.encoding import (
    COUNT,
    DIGEST,
    DIGEST_OR_NONE,
    ISSUER,
    LINE,
    MOMENT,
    NAME,
    choice,
    listed,
    nested,
    octets,
    of,
    text,
    whole,
)
from wardline.vault.protocol.keys import SIGNING_KEY, SealingKey

Standing = Literal["ordinary", "solo", "dev"]
"""What kind of root it is: two people's; one person's (`--solo`); a trial's in one process (`agent --dev`)."""

IssuerKind = Literal["kubernetes", "github", "oidc"]
LEAST_THRESHOLD: Final = 2
MAX_UPHELD: Final = 20_000


@dataclass(frozen=True, slots=True)
class Approver:
    """A person who approves, and the Ed25519 key they sign with. Neither name nor key stands twice in a root."""

    name: str = of(NAME)
    key: bytes = of(SIGNING_KEY)


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """A public key of an issuer as a JWK (RFC 7517), public members only, in JSON."""

    jwk: str = of(text(r"\{[ -~]*\}", 4096, "a JWK in JSON"))


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer of OIDC tokens whose word about workloads counts.

    With `keys`, only these sign for it. Without, a custodian fetches them itself from `jwks_uri` (https), never
    through the server.
    """

    issuer: str = of(ISSUER)
    form: IssuerKind = of(choice("kubernetes", "github", "oidc"))
    jwks_uri: str = of(text(r"|https://[!-~]+", 500, "an https address, or empty"))
    keys: tuple[PinnedKey, ...] = of(listed(nested(PinnedKey), 16, key=lambda one: one.jwk))


@dataclass(frozen=True, slots=True)
class TrustDomain:
    """A SPIFFE trust domain, and the certificates (DER) of the authorities whose X.509-SVIDs count."""

    name: str = of(text(r"[a-z0-9._-]+", 255, "a trust domain"))
    authorities: tuple[bytes, ...] = of(listed(octets(64, 8192), 16, least=1, key=lambda one: one))


@dataclass(frozen=True, slots=True)
class Custodian:
    """A custodian: its name, the key it signs with, and the key that values are sealed to for it."""

    name: str = of(NAME)
    signing: bytes = of(SIGNING_KEY)
    sealing: SealingKey = of(nested(SealingKey))


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone and its custodians: nobody else ever is one."""

    name: str = of(NAME)
    custodians: tuple[Custodian, ...] = of(listed(nested(Custodian), 16, key=lambda one: one.name))


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody elsewhere who cosigns the ledger's heads (C2SP tlog-cosignature)."""

    name: str = of(text(r"[!-*,-~]+", 200, "a witness's name without +"))
    key: bytes = of(SIGNING_KEY)


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """The ledger's origin and the Ed25519 key that signs its heads."""

    origin: str = of(text(r"[!-*,-~]+", 200, "a ledger's origin without +"))
    key: bytes = of(SIGNING_KEY)


@dataclass(frozen=True, slots=True)
class Root:
    """Document 1: chained by `previous`, signed by the threshold of the root before it and by its own.

    `root` is the digest of the first root of the chain; the first one, which cannot hold its own, holds none.
    `threshold` people change the root, `grant_threshold` approve a grant, raise an epoch or join a workload. `upheld`
    are digests of grants, epochs, revocations and joins that people of earlier roots approved, and that go on to hold
    though those who are left are too few: whoever signs the root signs them once more.
    """

    kinds: ClassVar[dict[Standing, str]] = {"ordinary": "root", "solo": "solo-root", "dev": "dev-root"}

    root: bytes = of(DIGEST_OR_NONE)
    version: int = of(COUNT)
    previous: bytes = of(DIGEST_OR_NONE)
    organisation: str = of(LINE)
    issued: datetime = of(MOMENT)
    threshold: int = of(whole(1, 64))
    grant_threshold: int = of(whole(1, 64))
    approvers: tuple[Approver, ...] = of(listed(nested(Approver), 64, least=1, key=lambda one: one.name))
    issuers: tuple[Issuer, ...] = of(listed(nested(Issuer), 32, key=lambda one: one.issuer))
    trust_domains: tuple[TrustDomain, ...] = of(listed(nested(TrustDomain), 16, key=lambda one: one.name))
    zones: tuple[Zone, ...] = of(listed(nested(Zone), 256, key=lambda one: one.name))
    ledgers: tuple[LedgerKey, ...] = of(listed(nested(LedgerKey), 16, key=lambda one: (one.origin, one.key)))
    witnesses: tuple[Witness, ...] = of(listed(nested(Witness), 16, key=lambda one: one.name))
    witness_threshold: int = of(whole(0, 16))
    upheld: tuple[bytes, ...] = of(listed(DIGEST, MAX_UPHELD, key=lambda one: one))

    def zone(self, name: str) -> Zone | None:
        """Return the zone of this name, or None."""
        return next((one for one in self.zones if one.name == name), None)

    def custodian(self, zone: str, name: str) -> Custodian | None:
        """Return the custodian of this name in this zone, or None."""
        found = self.zone(zone)
        return next((one for one in found.custodians if one.name == name), None) if found else None

    def issuer(self, issuer: str) -> Issuer | None:
        """Return the issuer of this address, or None."""
        return next((one for one in self.issuers if one.issuer == issuer), None)
