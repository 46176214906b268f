"""What is shown to a client once and kept only as a hash: cookies, links, API tokens. Pure but for the randomness.

An API token is `wl_`, 26 characters of its id, 32 of chance (160 bits) and 7 of a checksum over both, in Crockford's
base 32. The checksum lets anybody who finds such text (a scanner of leaked credentials, a log filter) tell a token from
chance without asking; it is no secret and guards nothing.

Secrets are random, so that SHA-256 without salt or stretching is enough (NIST SP 800-63B-4 §3.1.2.2: look-up secrets of
at least 112 bits).
"""

import base64
import hashlib
import hmac
import re
import secrets
import zlib
from typing import Final, NamedTuple

PREFIX: Final = "wl_"
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_ID: Final = 26
_SECRET: Final = 32
_CHECKSUM: Final = 7
_TOKEN: Final = re.compile(rf"{PREFIX}[{_ALPHABET}]{{{_ID + _SECRET + _CHECKSUM}}}")
_RANDOM_BYTES: Final = 32


class TokenParts(NamedTuple):
    """A well-formed token taken apart: the id under which it is kept, and its secret."""

    id: str
    secret: str


def opaque() -> str:
    """Return a new secret of 256 bits, as text for a cookie or an address."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def hashed(secret: str) -> bytes:
    """Return the hash that is kept of a secret. Any text has one, so that nothing differs for what is none of ours."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def same(one: bytes, other: bytes) -> bool:
    """Return whether two hashes are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one, other)


def new_token(identifier: str) -> tuple[str, bytes]:
    """Return a new token for the id `tok-…`, and the hash of its secret."""
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET))
    body = identifier.removeprefix("tok-") + secret
    return f"{PREFIX}{body}{_checksum(body)}", hashed(secret)


def token_parts(token: str) -> TokenParts | None:
    """Return the parts of a token, or None for text that is no token of ours."""
    if not _TOKEN.fullmatch(token):
        return None
    body, checksum = token[len(PREFIX) : -_CHECKSUM], token[-_CHECKSUM:]
    if not same(checksum.encode(), _checksum(body).encode()):
        return None
    return TokenParts(f"tok-{body[:_ID]}", body[_ID:])


def derived(secret: str, purpose: str) -> str:
    """Return text that follows from a secret and a purpose and tells nothing about the secret (HMAC-SHA-256)."""
    digest = hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def csrf_token(key: bytes, session: str) -> str:
    """Return what a form of this session carries."""
    digest = hmac.new(key, b"csrf " + session.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode("ascii"))
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(5 * (_CHECKSUM - 1), -1, -5))
