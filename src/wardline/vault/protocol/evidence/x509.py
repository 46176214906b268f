"""Evidence: an X.509-SVID of a trust domain, and a signature by its key over the thumbprint of root id and both keys.

Source: SPIFFE X.509-SVID §§2, 4, 5 (one URI name, `spiffe://trust-domain/path`; a leaf is no authority); RFC 5280 path
validation by `cryptography.x509.verification`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from wardline.vault.protocol import encoding
from wardline.vault.protocol.encoding import listed, octets, of, packed
from wardline.vault.protocol.errors import EvidenceError
from wardline.vault.protocol.evidence.shown import Shown
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.model.grant import SPIFFE_SCHEME
from wardline.vault.protocol.model.root import TrustDomain

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_MIN_RSA_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Svid:
    """The proof: the chain (DER, the leaf first, without the authority), and the leaf key's signature."""

    chain: tuple[bytes, ...] = of(listed(octets(64, 8192), 4, least=1))
    signature: bytes = of(octets(8, 1024))


def message(thumbprint: str) -> bytes:
    """Return what the SVID's key signs."""
    return packed("wardline-vault-v1/svid", (thumbprint.encode(),))


def show(proof: bytes, domain: TrustDomain, thumbprint: str, now: datetime) -> Shown:
    """Return who an SVID shows. Raises: `EvidenceError`, `MalformedError`."""
    from cryptography import x509

    svid = encoding.read(Svid, proof, "an X.509-SVID")
    try:
        leaf, *between = [x509.load_der_x509_certificate(one) for one in svid.chain]
        name = _spiffe_id(leaf, domain)
        _require_chain(leaf, between, domain, now)
        genuine = _signed(leaf.public_key(), svid.signature, message(thumbprint))
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise EvidenceError("the X.509-SVID cannot be read") from error
    if not genuine:
        raise EvidenceError("the X.509-SVID's key did not sign these keys under this root")
    identity = Identity(f"{SPIFFE_SCHEME}{domain.name}", (("sub", name),))
    return Shown(identity, f"svid {leaf.serial_number:x}", leaf.not_valid_after_utc.astimezone(UTC))


def _spiffe_id(leaf: "Certificate", domain: TrustDomain) -> str:
    from cryptography import x509

    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    except x509.ExtensionNotFound:
        uris = []
    found = urlsplit(uris[0]) if len(uris) == 1 else None
    if found is None or (found.scheme, found.netloc) != ("spiffe", domain.name) or found.query or found.fragment:
        raise EvidenceError("the X.509-SVID names no one workload of this trust domain")
    return uris[0]


def _require_chain(leaf: "Certificate", between: list["Certificate"], domain: TrustDomain, now: datetime) -> None:
    from cryptography import x509
    from cryptography.x509 import verification

    store = verification.Store([x509.load_der_x509_certificate(one) for one in domain.authorities])
    policy = verification.PolicyBuilder().store(store).time(now.astimezone(UTC).replace(tzinfo=None)).max_chain_depth(4)
    authority = verification.ExtensionPolicy.webpki_defaults_ca()
    workload = verification.ExtensionPolicy.webpki_defaults_ee()
    try:
        policy.extension_policies(ca_policy=authority, ee_policy=workload).build_client_verifier().verify(leaf, between)
    except verification.VerificationError as error:
        raise EvidenceError("the X.509-SVID does not lead to an authority of its trust domain now") from error


def _signed(key: Any, signature: bytes, content: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, content)
        elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= _MIN_RSA_BITS:
            key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True
