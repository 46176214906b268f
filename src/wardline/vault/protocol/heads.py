"""The ledger as seen from outside: signed heads, what stands under them, and that no two of them contradict.

A head is a checkpoint (C2SP tlog-checkpoint) in a signed note (C2SP signed-note), as `kernel/ledger` signs it;
witnesses add cosignatures (C2SP tlog-cosignature, cosignature/v1). The ledger's leaf for a document is an event whose
action is `vault:<kind>`, whose subject is the document's path and whose details hold the document's digest (`document`,
base64url). Proofs are RFC 9162's.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import orjson

from wardline.kernel import merkle
from wardline.vault.protocol.encoding import MAX_WHOLE, b64
from wardline.vault.protocol.errors import ForkError, LedgerError
from wardline.vault.protocol.keys import KEY_BYTES, SIGNATURE_BYTES, signed
from wardline.vault.protocol.model.root import Root
from wardline.vault.protocol.model.statement import HeadSeen

MAX_NOTE_BYTES: Final = 16 * 1024
MAX_ENTRY_BYTES: Final = 256 * 1024
_ED25519: Final = b"\x01"
_COSIGNATURE: Final = b"\x04"
_BODY: Final = re.compile(r"([!-*,-~]{1,200})\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]{1,200}\n){0,8})")
_LINE: Final = re.compile(r"— ([!-*,-~]{1,200}) ([A-Za-z0-9+/]{1,200}={0,2})")


@dataclass(frozen=True, slots=True)
class Head:
    """A head whose signatures were checked: the ledger's origin, how many entries, and the root over them."""

    origin: str
    size: int
    root_hash: bytes

    @property
    def seen(self) -> HeadSeen:
        """Return the head as freshness statements and receipts carry it."""
        return HeadSeen(self.size, self.root_hash)


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry of the ledger, its number, and the proof that it stands under a head."""

    entry: bytes
    number: int
    proof: tuple[bytes, ...]


def require_head(note: bytes, root: Root) -> Head:
    """Return a head that one of the root's ledger keys signed and, where the root wants them, enough witnesses.

    Raises: `LedgerError`.
    """
    text, _, below = note[:MAX_NOTE_BYTES].partition(b"\n\n")
    body = text + b"\n"
    try:
        found, lines = _BODY.fullmatch(body.decode()), below.decode().splitlines()
    except UnicodeDecodeError:
        found, lines = None, []
    if len(note) > MAX_NOTE_BYTES or found is None or len(lines) > 32 or not note.endswith(b"\n"):
        raise LedgerError("this is no signed head of a ledger")
    origin, size, root_hash = found[1], int(found[2]), b64decode(found[3])
    made = [(one[1], _raw(one[2])) for one in map(_LINE.fullmatch, lines) if one is not None]
    keys = [one.key for one in root.ledgers if one.origin == origin]
    if size > MAX_WHOLE or not any(_signed_head(origin, key, made, body) for key in keys):
        raise LedgerError("this head is not signed by a ledger that the root names")
    cosigned = sum(_cosigned_head(one.name, one.key, made, body) for one in root.witnesses)
    if cosigned < root.witness_threshold:
        raise LedgerError(f"this head has {cosigned} of the {root.witness_threshold} witnesses that the root wants")
    return Head(origin, size, root_hash)


def require_prefix(seen: HeadSeen, head: Head, proof: Sequence[bytes]) -> None:
    """Refuse a head that does not begin with what was seen before. Raises: `ForkError`, `LedgerError`.

    A head that is smaller than what was seen is no contradiction yet, and is refused: a larger one is asked for.
    """
    if seen.size > head.size:
        raise LedgerError(f"this head is over {head.size} entries, and one over {seen.size} was seen")
    if not merkle.verify_consistency(seen.size, head.size, proof, seen.root_hash, head.root_hash):
        if seen.size == head.size and seen.root_hash != head.root_hash:
            raise ForkError(f"there are two heads over {seen.size} entries")
        raise ForkError(f"the head over {head.size} entries does not begin with the one over {seen.size}")


def require_leaf(leaf: Leaf, head: Head, kind: str, path: str, digest: bytes) -> None:
    """Refuse a document that does not stand under a head. Raises: `LedgerError`."""
    if not names(leaf.entry, kind, path, digest):
        raise LedgerError(f"the ledger's entry is not that of this {kind}")
    hashed = merkle.leaf_hash(leaf.entry)
    if not merkle.verify_inclusion(hashed, leaf.number, head.size, leaf.proof, head.root_hash):
        raise LedgerError(f"this {kind} does not stand under the head")


def names(entry: bytes, kind: str, path: str, digest: bytes) -> bool:
    """Return whether an entry of the ledger is the leaf of this document."""
    if len(entry) > MAX_ENTRY_BYTES:
        return False
    try:
        event = orjson.loads(entry)
    except ValueError:
        return False
    if not isinstance(event, dict) or not isinstance(event.get("details"), dict):
        return False
    return (event.get("action"), event.get("subject"), event["details"].get("document")) == (
        action(kind),
        path,
        b64(digest),
    )


def action(kind: str) -> str:
    """Return the ledger's action for a kind of document."""
    return f"vault:{kind}"


def details(digest: bytes) -> dict[str, str]:
    """Return what a document's event has in its details, at least."""
    return {"document": b64(digest)}


def cosignature_text(body: bytes, seconds: int) -> bytes:
    """Return what a witness signs (C2SP tlog-cosignature): a time in seconds since 1970 and the checkpoint."""
    return b"cosignature/v1\ntime %d\n" % seconds + body


def note_line(name: str, key: bytes, signature: bytes, *, at: int | None = None) -> str:
    """Return the line of a note with a signature of the ledger's or, with a time, of a witness."""
    content = signature if at is None else at.to_bytes(8, "big") + signature
    kind = _ED25519 if at is None else _COSIGNATURE
    return f"— {name} {b64encode(_hash(name, key, kind) + content).decode()}\n"


def _signed_head(origin: str, key: bytes, made: Sequence[tuple[str, bytes]], body: bytes) -> bool:
    wanted = _hash(origin, key, _ED25519)
    return any(
        name == origin and raw[:4] == wanted and len(raw) == 4 + SIGNATURE_BYTES and signed(key, raw[4:], body)
        for name, raw in made
    )


def _cosigned_head(name: str, key: bytes, made: Sequence[tuple[str, bytes]], body: bytes) -> bool:
    wanted = _hash(name, key, _COSIGNATURE)
    return any(
        by == name
        and raw[:4] == wanted
        and len(raw) == 4 + 8 + SIGNATURE_BYTES
        and signed(key, raw[12:], cosignature_text(body, int.from_bytes(raw[4:12], "big")))
        for by, raw in made
    )


def _hash(name: str, key: bytes, kind: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + kind + key[:KEY_BYTES]).digest()[:4]


def _raw(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""
