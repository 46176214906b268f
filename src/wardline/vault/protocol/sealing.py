"""Sealing: values into versions, data keys into wraps, puts for custodians. Needs public keys only, and opens nothing.

HPKE (RFC 9180) in base mode, single shot, from `cryptography`: KEM as the recipient's key says, HKDF-SHA256,
AES-256-GCM, and no associated data beside `info`. HPKE's own ephemeral key is the library's, from the system's
randomness; every other random byte comes from the `random` that is handed in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from wardline.vault.protocol import plaintext
from wardline.vault.protocol.envelope import Envelope, enveloped
from wardline.vault.protocol.keys import DHKEM_P256, SealingKey, Signer, require_usable
from wardline.vault.protocol.model.root import Custodian
from wardline.vault.protocol.model.statement import Put, PutHeader, PutWrap
from wardline.vault.protocol.model.version import NONCE_BYTES, WRAPPED, Header, Version, Wrap

Random = Callable[[int], bytes]
"""Gives as many random bytes as it is asked for: `os.urandom`, or a test's."""

UNCOMMITTED: Final = bytes(32)  # stands in a header until `seal_version` has made the data key


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody that a data key may be sealed to. Only `admitting.py` makes one, after all of its checks."""

    name: str
    key: SealingKey


@dataclass(frozen=True, slots=True, repr=False)
class SealedVersion:
    """A version that was just sealed. `data_key` is for its wraps, in memory only, and gone with this value."""

    version: Version
    envelope: Envelope
    data_key: bytes

    @property
    def digest(self) -> bytes:
        """Return the version's digest."""
        return self.envelope.digest


def seal_version(header: Header, fields: Mapping[str, Any], signer: Signer, random: Random) -> SealedVersion:
    """Return fields sealed under a new data key; whatever commitment the header has is replaced by that key's.

    Raises: `AskedWronglyError`, `TooLargeError` for the fields.
    """
    data_key = random(plaintext.DATA_KEY_BYTES)
    committed = replace(header, commitment=plaintext.commitment(data_key, header))
    version = Version(header.root, committed, _encrypted(data_key, fields, committed, random))
    return SealedVersion(version, enveloped(version, signer), data_key)


def wrap(data_key: bytes, header: Header, version: bytes, recipient: Recipient) -> Wrap:
    """Return a data key sealed to one recipient, for one version (its digest) and nothing else."""
    empty = Wrap(
        root=header.root,
        path=header.path,
        epoch=header.epoch,
        number=header.number,
        version=version,
        recipient=recipient.name,
        key_id=recipient.key.key_id,
        kem=recipient.key.kem,
        wrapped=b"",
    )
    return replace(empty, wrapped=seal_to(data_key, recipient.key, plaintext.wrap_info(empty)))


def seal_put(
    header: PutHeader, fields: Mapping[str, Any], custodians: Sequence[Custodian], signer: Signer, random: Random
) -> Envelope:
    """Return fields for the custodians of a zone (`admitting.custodians_for_put` gives them), signed by their writer.

    Whatever commitment the header has is replaced. Raises: `AskedWronglyError`, `TooLargeError` for the fields.
    """
    data_key = random(plaintext.DATA_KEY_BYTES)
    committed = replace(header, commitment=plaintext.commitment(data_key, header))
    wraps = []
    for one in sorted(custodians, key=lambda one: one.name):
        empty = PutWrap(one.name, one.sealing.key_id, one.sealing.kem, b"")
        wraps.append(replace(empty, wrapped=seal_to(data_key, one.sealing, plaintext.put_info(committed, empty))))
    sealed = _encrypted(data_key, fields, committed, random)
    return enveloped(Put(header.root, committed, tuple(wraps), sealed), signer)


def _encrypted(data_key: bytes, fields: Mapping[str, Any], header: Header | PutHeader, random: Random) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = random(NONCE_BYTES)
    content = plaintext.padded(fields)
    return nonce + AESGCM(data_key).encrypt(nonce, content, plaintext.associated(header))


def seal_to(data_key: bytes, key: SealingKey, info: bytes) -> bytes:
    """Return a data key sealed by HPKE to a key, bound to `info`. Raises: `MalformedError` for a key that is none."""
    from cryptography.hazmat.primitives.asymmetric import ec, mlkem, x25519
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite

    require_usable(key)
    if key.kem == DHKEM_P256:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.public)
        sealed = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM).encrypt(data_key, point, info=info)
    else:
        both = MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(key.public[:1184]),
            x25519.X25519PublicKey.from_public_bytes(key.public[1184:]),
        )
        sealed = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM).encrypt(data_key, both, info=info)
    WRAPPED.encode(sealed)
    return sealed
