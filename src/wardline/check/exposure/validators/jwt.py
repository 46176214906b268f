"""JSON Web Tokens. Source: RFC 7519 §3, RFC 7515 §7.1 (compact serialization), RFC 4648 §5 (base64url, no padding)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Any, Final

_TEACHING: Final = "1234567890"  # the subject of the token on every page that explains tokens


def valid(value: bytes) -> bool:
    """Return whether the first part is a header that names an algorithm, and the second is claims or sealed."""
    parts = value.split(b".")
    header = _object(parts[0])
    if header is None or not isinstance(header.get("alg"), str) or len(parts) < 3 or not parts[2]:
        return False
    if len(parts) == 5:
        return True
    claims = _object(parts[1])
    return claims is not None and claims.get("sub") != _TEACHING


def complete(value: bytes) -> bytes:
    """Return a token whose claims and signature are taken from the value's letters: an example."""
    seed = bytes(byte for byte in value if chr(byte).isalnum()) * 3
    header = _encoded(b'{"alg":"HS256","typ":"JWT"}')
    claims = _encoded(b'{"sub":"%s","iat":1700000000}' % seed[-24:])
    return b".".join((header, claims, seed[:43]))


def _object(part: bytes) -> dict[str, Any] | None:
    import orjson

    try:
        document = orjson.loads(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except (Error, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _encoded(part: bytes) -> bytes:
    return urlsafe_b64encode(part).rstrip(b"=")
