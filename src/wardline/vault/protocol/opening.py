"""Opening: wraps and puts with a private key, versions with a data key. The server can never import this module.

(An import contract of the house, with a violation planted in its test, says so.)
"""

from collections.abc import Callable
from hashlib import shake_256
from typing import Any, Final

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.protocol import plaintext
from wardline.vault.protocol.errors import CommitmentError, ContextError, PutError, UnopenedError
from wardline.vault.protocol.keys import DHKEM_P256, MLKEM768_X25519, Kem, SealingKey
from wardline.vault.protocol.model.statement import Put, PutHeader
from wardline.vault.protocol.model.version import NONCE_BYTES, Header, Version, Wrap

SEED_BYTES: Final = 32


class OpeningKey:
    """A private HPKE key in this process's memory, made from 32 bytes that are all there is to keep of it.

    MLKEM768-X25519: the seed of X-Wing (draft-connolly-cfrg-xwing-kem, expandDecapsulationKey): SHAKE-256 of it gives
    the ML-KEM-768 seed (64 bytes) and the X25519 key (32). DHKEM-P256: the scalar.
    """

    def __init__(self, seed: bytes, kem: Kem = MLKEM768_X25519) -> None:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec, mlkem, x25519
        from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

        if len(seed) != SEED_BYTES:
            raise AskedWronglyError("a private sealing key is made from 32 bytes")
        self._private: ec.EllipticCurvePrivateKey | MLKEM768X25519PrivateKey
        if kem == DHKEM_P256:
            scalar = ec.derive_private_key(int.from_bytes(seed, "big"), ec.SECP256R1())
            form = serialization.PublicFormat.UncompressedPoint
            public = scalar.public_key().public_bytes(serialization.Encoding.X962, form)
            self._private = scalar
        else:
            expanded = shake_256(seed).digest(96)
            lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
            curve = x25519.X25519PrivateKey.from_private_bytes(expanded[64:])
            public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
            self._private = MLKEM768X25519PrivateKey(lattice, curve)
        self.public: Final = SealingKey(kem, public)

    def __repr__(self) -> str:
        return f"OpeningKey({self.public.key_id.hex()[:16]})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a private key is not copied or stored this way")

    @classmethod
    def generated(cls, random: Callable[[int], bytes], kem: Kem = MLKEM768_X25519) -> "OpeningKey":
        """Return a new key."""
        return cls(random(SEED_BYTES), kem)

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Return what was sealed to this key with this `info`. Raises: `UnopenedError`."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

        kem = KEM.P256 if self.public.kem == DHKEM_P256 else KEM.MLKEM768_X25519
        try:
            return Suite(kem, KDF.HKDF_SHA256, AEAD.AES_256_GCM).decrypt(sealed, self._private, info=info)
        except (InvalidTag, ValueError) as error:
            raise UnopenedError("a wrap does not open with this key and for this place") from error


def open_wrap(wrap: Wrap, header: Header, version: bytes, recipients: tuple[str, ...], key: OpeningKey) -> bytes:
    """Return the data key of one version (its header and digest) from a wrap to one of these names of this key's owner.

    Raises: `ContextError` where the wrap says it is for something else; `UnopenedError` where it lies;
    `CommitmentError` where it opens to another key than the version's.
    """
    said = (wrap.root, wrap.path, wrap.epoch, wrap.number, wrap.version)
    if said != (header.root, header.path, header.epoch, header.number, version):
        raise ContextError("the wrap belongs to another version")
    if wrap.recipient not in recipients or (wrap.key_id, wrap.kem) != (key.public.key_id, key.public.kem):
        raise ContextError("the wrap is for somebody else, or for a key that is not held here any more")
    data_key = key.open(wrap.wrapped, plaintext.wrap_info(wrap))
    require_committed(data_key, header)
    return data_key


def require_committed(data_key: bytes, header: Header | PutHeader) -> None:
    """Refuse a data key that is not the one that a header commits to. Raises: `CommitmentError`."""
    from hmac import compare_digest

    committed = plaintext.commitment(data_key, header)
    if len(data_key) != plaintext.DATA_KEY_BYTES or not compare_digest(committed, header.commitment):
        raise CommitmentError("the wrap holds another key than the version commits to")


def open_version(version: Version, data_key: bytes) -> dict[str, Any]:
    """Return a version's fields. Raises: `CommitmentError`, `UnopenedError`."""
    require_committed(data_key, version.header)
    return plaintext.fields_of(_decrypted(version.sealed, data_key, plaintext.associated(version.header)))


def open_put(put: Put, custodian: str, key: OpeningKey) -> dict[str, Any]:
    """Return a put's fields, for the custodian of this name. Whether it is to be applied, `puts.py` decides *before*.

    Raises: `PutError` where it is not sealed to this custodian's key; `UnopenedError`, `CommitmentError`.
    """
    for wrap in put.wraps:
        if (wrap.custodian, wrap.key_id, wrap.kem) == (custodian, key.public.key_id, key.public.kem):
            data_key = key.open(wrap.wrapped, plaintext.put_info(put.header, wrap))
            require_committed(data_key, put.header)
            return plaintext.fields_of(_decrypted(put.sealed, data_key, plaintext.associated(put.header)))
    raise PutError(
        f"the put is not sealed to {custodian}", hint="the writer's root may be older: it fetches the newest"
    )


def _decrypted(sealed: bytes, data_key: bytes, associated: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(data_key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
    except (InvalidTag, ValueError) as error:
        raise UnopenedError("a ciphertext does not open: it, or its header, is not what was sealed") from error
