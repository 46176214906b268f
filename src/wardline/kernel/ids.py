"""Identifiers: what a thing is, then when it was made, then chance; so they sort by age and no two nodes meet.

`fnd-01kb2q6vj8e7y9r3m5t0c4w6xz`: a kind of three letters, and 128 bits in Crockford's base 32 (lower case): 48 bits of
milliseconds since 1970 and 80 random bits, as UUIDv7 (RFC 9562 §5.7) has them, without its version bits.
"""

import secrets
from datetime import datetime
from typing import Final

from wardline.kernel.errors import AskedWronglyError

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS: Final = 26
_RANDOM_BITS: Final = 80

KINDS: Final[dict[str, str]] = {
    "acc": "account",
    "bnd": "binding",
    "dep": "deployment",
    "env": "environment",
    "evt": "event",
    "fnd": "finding",
    "lnk": "sign-in link",
    "nod": "node",
    "ntc": "notice",
    "prp": "proposal",
    "rep": "report",
    "ses": "session",
    "svc": "service",
    "tea": "team",
    "tok": "API token",
    "wvr": "waiver",
}


def new(kind: str, at: datetime) -> str:
    """Return a new identifier of one of `KINDS`, made at `at`."""
    if kind not in KINDS:
        raise KeyError(kind)
    number = (int(at.timestamp() * 1000) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    return f"{kind}-{_text(number)}"


def kind(identifier: str) -> str:
    """Return the kind (one of `KINDS`) that an identifier names.

    Raises: `AskedWronglyError` for anything that `new` could not have made.
    """
    prefix, dash, rest = identifier.partition("-")
    if not dash or prefix not in KINDS or len(rest) != _DIGITS or set(rest) - set(_ALPHABET) or rest[0] > "7":
        raise AskedWronglyError(
            f"{identifier!r:.60} is no identifier", hint="one looks like fnd-01kb2q6vj8e7y9r3m5t0c4w6xz"
        )
    return prefix


def _text(number: int) -> str:
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(5 * (_DIGITS - 1), -1, -5))
