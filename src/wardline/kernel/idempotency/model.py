"""An answer that is kept, so that a request which is sent again is answered again and not done again. Pure values."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

from wardline.kernel.errors import AskedWronglyError, ConflictError

LONGEST_KEY: Final = 128


class Kept(NamedTuple):
    """What was answered: a status, the headers that belong to it, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Claim(NamedTuple):
    """The right to do what was asked under one key, until another takes over; `fence` is higher each time."""

    account: str
    key: str
    fence: int
    until: datetime


class KeyMismatchError(AskedWronglyError):
    """The key was used before, for another request (draft-ietf-httpapi-idempotency-key-header, section 2.7: 422)."""

    code = "idempotency-key-reused"


class InProgressError(ConflictError):
    """The same request is being worked on (draft-ietf-httpapi-idempotency-key-header, section 2.7: 409)."""

    code = "idempotency-in-progress"


def key_of(header: str) -> str:
    """Return the key that an `Idempotency-Key` header names: a structured field's string, or a bare word as many send.

    Raises: `AskedWronglyError` where it is neither, or longer than `LONGEST_KEY`. Source: RFC 9651 section 3.3.3.
    """
    text = header.strip()
    quoted = len(text) >= 2 and text.startswith('"') and text.endswith('"')
    key = text[1:-1] if quoted else text
    if not 1 <= len(key) <= LONGEST_KEY or not all("!" <= char <= "~" and char not in '"\\\\,;' for char in key):
        raise AskedWronglyError(
            f"an idempotency key has 1 to {LONGEST_KEY} visible characters, without quotes and separators",
            hint='send Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324", another one for each thing to do',
        )
    return key


def digest_of(*parts: bytes) -> bytes:
    """Return what tells one request from another: SHA-256 over its parts, each with its length before it."""
    digest = sha256()
    for part in parts:
        digest.update(b"%d:" % len(part) + part)
    return digest.digest()
