"""Bindings: a workload's keys for an hour, on evidence that whoever seals has looked at itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from wardline.kernel.text import printable
from wardline.vault.protocol.clocks import MAX_AHEAD
from wardline.vault.protocol.encoding import whole_milliseconds
from wardline.vault.protocol.envelope import Envelope, enveloped, unverified
from wardline.vault.protocol.errors import BindingError, EvidenceError, InstancesError
from wardline.vault.protocol.evidence import join, oidc, x509
from wardline.vault.protocol.evidence.shown import Shown
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.keys import SealingKey, Signer, require_usable, thumbprint, usable
from wardline.vault.protocol.model.binding import Binding, Evidence
from wardline.vault.protocol.model.grant import SPIFFE_SCHEME, Subject
from wardline.vault.protocol.roots import TrustedRoot

MAX_BINDING: Final = timedelta(hours=1)

Fetched = Mapping[str, Sequence[str]]
"""Signing keys (JWK, JSON) that a custodian fetched from issuers itself, by issuer."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A binding whose evidence was verified here: who it is, its keys, until when, and which instance."""

    identity: Identity
    sealing: SealingKey
    signing: bytes
    instance: str
    expires: datetime
    digest: bytes


def bind(root: bytes, sealing: SealingKey, signer: Signer, evidence: Evidence, now: datetime) -> Envelope:
    """Return an agent's binding, for an hour from now; `evidence` covers `keys.thumbprint(root, sealing, signing)`."""
    issued = whole_milliseconds(now)
    return enveloped(Binding(root, sealing, signer.public, evidence, issued, issued + MAX_BINDING), signer)


def require(content: bytes, trusted: TrustedRoot, fetched: Fetched, now: datetime) -> Bound:
    """Return a binding that is valid now, on evidence that holds now.

    Raises: `BindingError`, `EvidenceError`, `SignatureError`, `ThresholdError` (join), `MalformedError`.
    """
    read = unverified(Binding, content, trusted.id)
    binding = read.document
    if not usable(binding.signing):
        raise BindingError("the binding names a key that anybody could sign with")
    require_usable(binding.sealing)
    read.envelope.require_signer(binding.signing, "the key that it names")
    if not timedelta(0) < binding.expires - binding.issued <= MAX_BINDING:
        raise BindingError("the binding is longer than an hour")
    if binding.issued - now > MAX_AHEAD:
        raise BindingError("the binding is from the future", hint="compare the clocks of workload and custodian")
    if now >= binding.expires:
        raise BindingError("the binding has ended", hint="the agent makes a new one on new evidence")
    shown = _shown(binding, trusted, fetched, now)
    expires = min(binding.expires, shown.expires) if binding.evidence.form != "oidc" else binding.expires
    return Bound(shown.identity, binding.sealing, binding.signing, shown.instance, expires, read.digest)


def _shown(binding: Binding, trusted: TrustedRoot, fetched: Fetched, now: datetime) -> Shown:
    evidence, covered = binding.evidence, thumbprint(trusted.id, binding.sealing, binding.signing)
    if evidence.form == "join":
        return join.show(evidence.proof, trusted, covered, now)
    if evidence.form == "x509":
        domain = evidence.issuer.removeprefix(SPIFFE_SCHEME)
        for one in trusted.root.trust_domains:
            if one.name == domain and evidence.issuer.startswith(SPIFFE_SCHEME):
                return x509.show(evidence.proof, one, covered, now)
    issuer = trusted.root.issuer(evidence.issuer)
    if evidence.form != "oidc" or issuer is None:
        raise EvidenceError(f"the root does not name the issuer {printable(evidence.issuer, max_chars=80)}")
    return oidc.show(evidence.proof, issuer, fetched.get(issuer.issuer, ()), covered, now)


def admitted(bound: Bound, subject: Subject, others: Iterable[Bound], now: datetime) -> tuple[Bound, ...]:
    """Return the bindings of a subject once this one is among them; `others` are those that were admitted before.

    A newer binding of the same instance takes the older one's place. Raises: `InstancesError` (a finding) where there
    would be more of them than were granted.
    """
    mine = [one for one in others if now < one.expires and one.identity.fits(subject)]
    kept = [one for one in mine if one.instance != bound.instance]
    if len(kept) + 1 > subject.instances:
        raise InstancesError(
            f"{subject.name} would have {len(kept) + 1} instances, and was granted {subject.instances}",
            hint="either more were started than were granted, or somebody acts as this workload",
        )
    return (*kept, bound)
