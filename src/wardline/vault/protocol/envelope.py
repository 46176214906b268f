"""DSSE envelopes (Dead Simple Signing Envelope v1.0.2): a document's bytes, its kind, and who signed both.

    {"payload": "<base64>", "payloadType": "application/vnd.wardline.vault.v1.grant+json",
     "signatures": [{"keyid": "…", "sig": "<base64>"}, …]}

A signature is over PAE(payloadType, payload), so one made for a document of one kind is none for another kind. A
document's *digest* is the SHA-256 of the same bytes: it covers the kind too, and never the signatures. `keyid` is the
name that `keys.signing_key_id` gives to the key's bytes: it only says which key to try.

Ours, and not securesystemslib's class: that one counts key ids and stops at the threshold, where we count people and
key bytes (ADR 8). The tests hold both against each other.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

import orjson

from wardline.kernel.text import printable
from wardline.vault.protocol import encoding
from wardline.vault.protocol.errors import ForeignRootError, MalformedError, SignatureError, WrongKindError
from wardline.vault.protocol.keys import SIGNATURE_BYTES, Signer, signed, signing_key_id

MAX_ENVELOPE_BYTES: Final = 3 * 1024 * 1024
MAX_SIGNATURES: Final = 64
_BEFORE: Final = "application/vnd.wardline.vault.v1."
_AFTER: Final = "+json"


class Document(Protocol):
    """A document of `model/` that is signed."""

    kind: ClassVar[str]

    @property
    def root(self) -> bytes:
        """Return the root id that it carries."""
        ...


D = TypeVar("D", bound=Document)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature and the name of the key that is said to have made it."""

    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A document's kind and bytes, and signatures that nobody has looked at yet."""

    kind: str
    payload: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def message(self) -> bytes:
        """Return what is signed: the pre-authentication encoding."""
        return pae(payload_type(self.kind), self.payload)

    @property
    def digest(self) -> bytes:
        """Return the document's digest."""
        return sha256(self.message).digest()

    def cosigned(self, signer: Signer) -> "Envelope":
        """Return the envelope with this signer's signature too (once, however often it is asked)."""
        made = Signature(signing_key_id(signer.public), signer.sign(self.message))
        others = tuple(one for one in self.signatures if one.key_id != made.key_id)
        return replace(self, signatures=(*others, made))

    def signers(self, keys: Iterable[bytes]) -> frozenset[bytes]:
        """Return which of these Ed25519 keys signed, by their bytes. One look per key: never more than it is given."""
        found = {one.key_id: one.signature for one in self.signatures}
        message = self.message
        return frozenset(
            key for key in keys if (made := found.get(signing_key_id(key))) is not None and signed(key, made, message)
        )

    def require_signer(self, key: bytes, whose: str) -> None:
        """Refuse the envelope unless this key signed it. Raises: `SignatureError`."""
        if not self.signers((key,)):
            raise SignatureError(f"this {self.kind} is not signed by {whose}")

    def written(self) -> bytes:
        """Return the envelope as JSON."""
        return orjson.dumps(
            {
                "payload": b64encode(self.payload).decode(),
                "payloadType": payload_type(self.kind),
                "signatures": [
                    {"keyid": one.key_id, "sig": b64encode(one.signature).decode()} for one in self.signatures
                ],
            }
        )


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A document that was read from an envelope. What its signatures are worth, the function that returns it says."""

    document: T
    envelope: Envelope

    @property
    def digest(self) -> bytes:
        """Return the document's digest."""
        return self.envelope.digest


def payload_type(kind: str) -> str:
    """Return the media type that a kind of document has in its envelope."""
    return f"{_BEFORE}{kind}{_AFTER}"


def pae(kind: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding of a payload type and a payload (its protocol.md)."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def enveloped(document: Document, *signers: Signer, kind: str = "") -> Envelope:
    """Return a document in an envelope, signed by these. `kind` is for roots, whose kind is their standing.

    Raises: `ValueError` for a document that its own codecs do not take: nothing is signed that nobody could read.
    """
    envelope = Envelope(kind or document.kind, encoding.canonical(document))
    for signer in signers:
        envelope = envelope.cosigned(signer)
    return envelope


def read_envelope(content: bytes) -> Envelope:
    """Return an envelope. Nothing of it is proven. Raises: `MalformedError`."""
    if len(content) > MAX_ENVELOPE_BYTES:
        raise MalformedError(f"an envelope has {len(content)} bytes, and may have {MAX_ENVELOPE_BYTES}")
    try:
        members = orjson.loads(content)
    except ValueError:
        raise MalformedError("an envelope is no JSON") from None
    if not isinstance(members, dict) or members.keys() != {"payload", "payloadType", "signatures"}:
        raise MalformedError("an envelope has exactly payload, payloadType and signatures")
    kind, signatures = members["payloadType"], members["signatures"]
    if not isinstance(kind, str) or not (kind.startswith(_BEFORE) and kind.endswith(_AFTER) and len(kind) < 100):
        raise MalformedError("an envelope holds no document of the vault")
    if not isinstance(signatures, list) or len(signatures) > MAX_SIGNATURES:
        raise MalformedError(f"an envelope has up to {MAX_SIGNATURES} signatures")
    read = tuple(_signature(one) for one in signatures)
    if len({one.key_id for one in read}) != len(read):
        raise MalformedError("an envelope holds two signatures under one key id")
    return Envelope(kind[len(_BEFORE) : -len(_AFTER)], _base64(members["payload"]), read)


def unverified(cls: type[D], content: bytes, root: bytes) -> Read[D]:
    """Return a document of this kind and root, as it claims to be: *no signature is looked at*.

    Raises: `MalformedError`, `WrongKindError`, `ForeignRootError`.
    """
    envelope = read_envelope(content)
    return Read(of_root(cls, envelope, root), envelope)


def of_root(cls: type[D], envelope: Envelope, root: bytes) -> D:
    """Return the document in an envelope, as it claims to be; as `unverified`."""
    if envelope.kind != cls.kind:
        raise WrongKindError(f"this is a {printable(envelope.kind, max_chars=40)}, and not a {cls.kind}")
    document = encoding.read(cls, envelope.payload, f"a {cls.kind}")
    if document.root != root:
        raise ForeignRootError(f"this {cls.kind} belongs to another root", hint="it is another installation's")
    return document


def _signature(members: Any) -> Signature:
    if not isinstance(members, dict) or members.keys() != {"keyid", "sig"}:
        raise MalformedError("a signature has exactly keyid and sig")
    key_id, content = members["keyid"], _base64(members["sig"])
    if not isinstance(key_id, str) or len(key_id) > 64 or len(content) != SIGNATURE_BYTES:
        raise MalformedError("a signature is 64 bytes, and its keyid up to 64 characters")
    return Signature(key_id, content)


def _base64(value: Any) -> bytes:
    if not isinstance(value, str):
        raise MalformedError("an envelope's payload and signatures are base64")
    try:
        found = b64decode(value.encode("ascii"), validate=True)
    except ValueError:  # UnicodeEncodeError and binascii.Error are ones
        raise MalformedError("an envelope's payload and signatures are base64") from None
    if b64encode(found).decode() != value:
        raise MalformedError("base64 has one spelling")
    return found
