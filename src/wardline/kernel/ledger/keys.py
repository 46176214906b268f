"""The key that signs heads, what a signature is over, and the last head that a node has signed.

The key is Ed25519 (RFC 8032) in a file of mode 0600. All nodes of one installation are given the same file, as they are
given the same database (ADR 5 says why). What is signed is a checkpoint (C2SP tlog-checkpoint v1.0.0), so a head can be
handed to any witness or auditor as a signed note (C2SP signed-note v1.0.0) and checked with tools that are not ours:

    wardline/01kb2q6vj8e7y9r3m5t0c4w6xz      the ledger's origin, made when it began
    184467                                   how many events
    qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=
    at 2026-03-02T09:00:00.000000Z
"""

import os
import re
import stat
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.kernel.ledger.encoding import moment
from wardline.kernel.ledger.model import Head

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FILE: Final = "ledger.key"
_ED25519: Final = b"\x01"  # the signature type of signed notes
_MAX_BYTES: Final = 4096


class UnsafeKeyError(AskedWronglyError):
    """A key file that is not used: others may read or change it, or it holds no Ed25519 key."""

    code = "unsafe-key"


def key_id(public: bytes) -> str:
    """Return the name of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return sha256(public).hexdigest()[:16]


def signed_text(origin: str, size: int, root: bytes, at: datetime) -> bytes:
    """Return what the signature of a head is over: the text of a checkpoint."""
    return f"{origin}\n{size}\n{b64encode(root).decode()}\nat {moment(at)}\n".encode()


def change_text(origin: str, public: bytes) -> bytes:
    """Return what a key signs to vouch for the one after it."""
    return f"wardline ledger key change\n{origin}\n{b64encode(public).decode()}\n".encode()


def verified(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether this key signed this message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError, TypeError):  # TypeError: stored as another type than bytes
        return False
    return True


def verifier_key(origin: str, public: bytes) -> str:
    """Return the key as tools for signed notes take it: `origin+hash+key`."""
    return f"{origin}+{_note_hash(origin, public).hex()}+{b64encode(_ED25519 + public).decode()}"


def note(origin: str, head: Head, public: bytes) -> str:
    """Return a head as a signed note, to be kept elsewhere and shown to `verify` later."""
    signature = b64encode(_note_hash(origin, public) + head.signature).decode()
    return f"{signed_text(origin, head.size, head.root, head.at).decode()}\n— {origin} {signature}\n"


def read_note(text: str) -> tuple[str, Head]:
    """Return the origin and the head that a signed note of ours holds; its signature is not checked here.

    `key_id` is empty: a note names its key in another way. Raises: `AskedWronglyError` for anything else.
    """
    found = _NOTE.fullmatch(text)
    if found is None:
        raise AskedWronglyError("this is no signed head of a ledger", hint="it is what `wardline ledger head` prints")
    origin, size, root, at, signature = found.groups()
    try:
        head = Head(int(size), b64decode(root, validate=True), _time(at), "", b64decode(signature, validate=True)[4:])
    except ValueError:
        raise AskedWronglyError("this is no signed head of a ledger: its text is damaged") from None
    return origin, head


class Signer:
    """Signs heads with one key; `memory` is where this node keeps the last head it has signed (None: nowhere)."""

    def __init__(self, private: "Ed25519PrivateKey", memory: Path | None = None) -> None:
        self._private = private
        self.memory: Final = memory
        self.public: Final[bytes] = private.public_key().public_bytes_raw()
        self.key_id: Final = key_id(self.public)

    @classmethod
    def generated(cls) -> "Signer":
        """Return a signer with a new key that is kept nowhere: for tests and trials."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def opened(cls, folder: Path, key_file: Path | None = None) -> "Signer":
        """Return the signer whose key is in `key_file` (None: in `folder`, made there where there is none yet).

        What it remembers of heads is kept in `folder`. Raises: `UnsafeKeyError`.
        """
        path = key_file or folder / KEY_FILE
        if key_file is None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                _create(path)
        return cls(_load(path), memory=folder)

    @classmethod
    def prepared(cls, path: Path, memory: Path) -> "Signer":
        """Return the signer whose key is in `path`, made there where there is none yet. Raises: `UnsafeKeyError`."""
        with suppress(FileExistsError):
            _create(path)
        return cls(_load(path), memory=memory)

    def sign(self, message: bytes) -> bytes:
        """Return the signature, of 64 bytes."""
        return self._private.sign(message)

    def remembered(self, origin: str) -> Head | None:
        """Return the last head of this ledger that this node has signed, or None."""
        if self.memory is None:
            return None
        try:
            kept = self._memory_of(origin).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        with suppress(AskedWronglyError):
            named, head = read_note(kept)
            if named == origin:
                return head
        return None

    def all_remembered(self) -> list[tuple[str, Head]]:
        """Return the last head of every ledger that this node has signed for, with its origin."""
        found = []
        for path in sorted(self.memory.glob("ledger-*.head")) if self.memory else ():
            with suppress(OSError, UnicodeDecodeError, AskedWronglyError):
                found.append(read_note(path.read_text("utf-8")))
        return found

    def remember(self, origin: str, head: Head) -> None:
        """Keep a head that was committed; where the disk does not take it, the one before stays."""
        if self.memory is None:
            return
        path = self._memory_of(origin)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            part.write_text(note(origin, head, self.public), "utf-8")
            part.replace(path)

    def _memory_of(self, origin: str) -> Path:
        if self.memory is None:
            raise CannotSayError("this signer keeps nothing")
        return self.memory / f"ledger-{sha256(origin.encode()).hexdigest()[:16]}.head"


_NOTE: Final = re.compile(
    r"([^\s+]{1,200})\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\nat (\S{27})\n\n\u2014 \1 ([A-Za-z0-9+/]{91}=)\n"
)


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or moment(at) != text:
        raise ValueError(text)
    return at


def _note_hash(origin: str, public: bytes) -> bytes:
    return sha256(origin.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _create(path: Path) -> None:
    """Write a new key file, whole or not at all. Raises: `FileExistsError`."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if path.exists():
        raise FileExistsError(path)
    content = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    part = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)  # unlike a rename it fails where another process was quicker
    finally:
        part.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _load(path: Path) -> "Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UnsafeKeyError(f"the ledger's key {path.name} cannot be read: {error.strerror}") from error
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_uid not in {os.geteuid(), 0} or facts.st_mode & 0o077:
            raise UnsafeKeyError(
                f"the ledger's key {path.name} is open to others",
                hint=f"it must be a regular file of whoever runs Wardline, and of nobody else: chmod 600 {path.name}",
            )
        content = os.read(descriptor, _MAX_BYTES)
    finally:
        os.close(descriptor)
    try:
        private = load_pem_private_key(content, password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise UnsafeKeyError(f"the ledger's key {path.name} holds no key") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise UnsafeKeyError(f"the ledger's key {path.name} is of another kind than Ed25519")
    return private
