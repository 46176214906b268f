"""What PostgreSQL keeps instead of a password, computed on our side, so that no password is in any statement.

RFC 5802 §3 gives the keys, RFC 7677 the hash (SHA-256), PostgreSQL's documentation of `pg_authid` the text. A password
that stands in `ALTER ROLE … PASSWORD` stands in the server's log as well; a verifier of a minted password is of no use
to whoever reads it there.
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from hashlib import pbkdf2_hmac, sha256
from typing import Final

from wardline.kernel.errors import AskedWronglyError

ITERATIONS: Final = 4096  # what the server itself takes; minted passwords have 128 bits and more, so more buys nothing
_SALT_BYTES: Final = 16
_PREFIX: Final = "SCRAM-SHA-256"


def verifier(password: str, *, salt: bytes | None = None, iterations: int = ITERATIONS) -> str:
    """Return `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>` for a password of printable ASCII.

    Other characters would need SASLprep (RFC 4013), and a client that prepares them otherwise could not log in; so they
    are refused. Raises: `AskedWronglyError`, which does not repeat the password.
    """
    if not password or not password.isascii() or not password.isprintable():
        raise AskedWronglyError("a password for PostgreSQL is printable ASCII, and not empty")
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    stored, server = _keys(password, salt, iterations)
    return f"{_PREFIX}${iterations}:{_text(salt)}${_text(stored)}:{_text(server)}"


def matches(kept: str, password: str) -> bool:
    """Return whether `kept` is a verifier of this password; False for anything that is no verifier."""
    try:
        prefix, salted, keys = kept.split("$")
        iterations, salt = salted.split(":")
        stored, _ = _keys(password, b64decode(salt, validate=True), int(iterations))
    except (ValueError, OverflowError):
        return False
    return prefix == _PREFIX and hmac.compare_digest(_text(stored).encode(), keys.partition(":")[0].encode())


def _keys(password: str, salt: bytes, iterations: int) -> tuple[bytes, bytes]:
    salted = pbkdf2_hmac("sha256", password.encode(), salt, iterations)  # RFC 5802 §3: SaltedPassword
    client = hmac.digest(salted, b"Client Key", "sha256")
    return sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")


def _text(content: bytes) -> str:
    return b64encode(content).decode()
