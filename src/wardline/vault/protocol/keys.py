"""Public keys of the vault, what they are called, and whether one of them signed something.

Two kinds: Ed25519 for signatures (RFC 8032), and HPKE keys that values are sealed to (RFC 9180). Private keys are held
by their owners: signing is asked of a `Signer`, and opening lives in `opening.py` alone.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final, Literal, Protocol

from wardline.vault.protocol.encoding import b64, choice, octets, of, packed
from wardline.vault.protocol.errors import MalformedError

Kem = Literal["MLKEM768-X25519", "DHKEM-P256"]

MLKEM768_X25519: Final[Kem] = "MLKEM768-X25519"
DHKEM_P256: Final[Kem] = "DHKEM-P256"
PUBLIC_BYTES: Final[dict[Kem, int]] = {MLKEM768_X25519: 1184 + 32, DHKEM_P256: 65}
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

# Points of small order and the other encodings of them: whoever has such a "key" lets anybody sign as them (the values
# are those for which 8 * P is the neutral element; the tests compute that). The highest bit is the sign of x.
_SMALL_ORDER: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)

SIGNING_KEY: Final = octets(KEY_BYTES, KEY_BYTES)


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A public key that values are sealed to: its KEM, and its bytes as the KEM's specification writes them.

    MLKEM768-X25519 (X-Wing): the ML-KEM-768 key (1184 bytes), then the X25519 key (32). DHKEM-P256: the uncompressed
    point (65).
    """

    kem: Kem = of(choice(MLKEM768_X25519, DHKEM_P256))
    public: bytes = of(octets(65, 1216))

    @property
    def key_id(self) -> bytes:
        """Return the key's name: the SHA-256 of its domain, KEM and bytes."""
        return sha256(packed("wardline-vault-v1/sealing-key", (self.kem.encode(), self.public))).digest()


class Signer(Protocol):
    """Whoever holds an Ed25519 private key, in memory or in a device."""

    @property
    def public(self) -> bytes:
        """Return the 32 bytes of the public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature, of 64 bytes."""
        ...


class SoftwareSigner:
    """A signer whose private key is in this process's memory; made from the 32 bytes of an Ed25519 seed."""

    def __init__(self, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._private.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return f"SoftwareSigner({signing_key_id(self._public)})"

    @property
    def public(self) -> bytes:
        """Return the 32 bytes of the public key."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Return the signature, of 64 bytes."""
        return self._private.sign(message)


def signing_key_id(public: bytes) -> str:
    """Return the name that envelopes call an Ed25519 key by (a hint only: keys are counted by their bytes)."""
    return b64(sha256(packed("wardline-vault-v1/signing-key", (b"Ed25519", public))).digest())


def thumbprint(root: bytes, sealing: SealingKey, signing: bytes) -> str:
    """Return what stands for both keys of a workload under one root: what evidence has to cover.

    It is an OIDC token's audience, what an X.509-SVID's key signs, and what an agent displays to be joined.
    """
    parts = (root, sealing.kem.encode(), sealing.public, signing)
    return "wardline-vault:" + b64(sha256(packed("wardline-vault-v1/thumbprint", parts)).digest())


def usable(public: bytes) -> bool:
    """Return whether these bytes may be somebody's Ed25519 key: a key that anybody could sign with is none."""
    if len(public) != KEY_BYTES:
        return False
    return public[:31] + bytes([public[31] & 0x7F]) not in _SMALL_ORDER


def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the owner of this Ed25519 key signed this message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not usable(public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def require_usable(sealing: SealingKey) -> None:
    """Refuse a sealing key that cannot be one. Raises: `MalformedError`."""
    if len(sealing.public) != PUBLIC_BYTES[sealing.kem] or not _is_key(sealing):
        raise MalformedError(f"a sealing key is no key of {sealing.kem}")


@lru_cache(maxsize=4096)
def _is_key(sealing: SealingKey) -> bool:
    from cryptography.hazmat.primitives.asymmetric import ec, mlkem

    try:
        if sealing.kem == DHKEM_P256:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sealing.public)
        else:
            mlkem.MLKEM768PublicKey.from_public_bytes(sealing.public[:1184])
    except ValueError:
        return False
    return any(sealing.public[-32:])
