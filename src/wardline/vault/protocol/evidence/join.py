"""Evidence, for development: a document that two approvers signed over the thumbprint which the agent displays.

No token is carried from one place to another, so there is nothing to steal: the document is worth nothing with other
keys.
"""

from datetime import datetime, timedelta
from typing import Final

from wardline.vault.protocol.encoding import unb64
from wardline.vault.protocol.envelope import unverified
from wardline.vault.protocol.errors import EvidenceError
from wardline.vault.protocol.evidence.shown import Shown
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.model.binding import Join
from wardline.vault.protocol.model.grant import JOIN_ISSUER
from wardline.vault.protocol.roots import TrustedRoot, require_approved

MAX_JOIN: Final = timedelta(days=31)


def show(proof: bytes, trusted: TrustedRoot, thumbprint: str, now: datetime) -> Shown:
    """Return who a join document shows. Raises: `EvidenceError`, `ThresholdError`, `MalformedError`."""
    read = unverified(Join, proof, trusted.id)
    join = read.document
    besides = join.requester if trusted.standing == "ordinary" else ""
    require_approved(read.envelope, trusted, trusted.root.grant_threshold, besides=besides)
    if join.thumbprint != digest(thumbprint):
        raise EvidenceError("the join document is for other keys", hint="compare it with what the agent displays")
    if not timedelta(0) < join.expires - join.issued <= MAX_JOIN or not join.issued - timedelta(minutes=1) <= now:
        raise EvidenceError("the join document lives for more than 31 days, or begins later")
    if now >= join.expires:
        raise EvidenceError("the join document has ended", hint="two approvers sign another")
    return Shown(Identity(JOIN_ISSUER, (("name", join.name),)), f"join {read.digest.hex()[:16]}", join.expires)


def digest(thumbprint: str) -> bytes:
    """Return the 32 bytes that a displayed thumbprint stands for."""
    return unb64(thumbprint.rpartition(":")[2])
