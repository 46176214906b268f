"""Bindings: which keys are a workload's now, and the evidence that a custodian looks at itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from wardline.vault.protocol.encoding import DIGEST, ISSUER, MOMENT, NAME, choice, nested, octets, of
from wardline.vault.protocol.keys import SIGNING_KEY, SealingKey

EvidenceForm = Literal["oidc", "x509", "join"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows who a workload is: an OIDC token; an X.509-SVID and its key's signature; a join document.

    `proof` holds, for `oidc`, the token (ASCII); for `x509`, a `Svid`; for `join`, the envelope of a `Join`.
    """

    form: EvidenceForm = of(choice("oidc", "x509", "join"))
    issuer: str = of(ISSUER)
    proof: bytes = of(octets(1, 64 * 1024))


@dataclass(frozen=True, slots=True)
class Binding:
    """Document 3: a workload's own statement of its two keys, with evidence; signed with the signing key in it.

    It lives for at most an hour. It makes nobody a custodian, and gives nothing by itself: a grant's subjects are
    compared with what the evidence says.
    """

    kind: ClassVar[str] = "binding"

    root: bytes = of(DIGEST)
    sealing: SealingKey = of(nested(SealingKey))
    signing: bytes = of(SIGNING_KEY)
    evidence: Evidence = of(nested(Evidence))
    issued: datetime = of(MOMENT)
    expires: datetime = of(MOMENT)


@dataclass(frozen=True, slots=True)
class Join:
    """Two approvers' word, for development, that keys with this thumbprint are the workload `name`'s.

    What they sign is what the agent displays, so nothing that could be stolen is carried anywhere.
    """

    kind: ClassVar[str] = "join"

    root: bytes = of(DIGEST)
    name: str = of(NAME)
    requester: str = of(NAME)
    thumbprint: bytes = of(DIGEST)
    issued: datetime = of(MOMENT)
    expires: datetime = of(MOMENT)
