"""Payment card numbers: an issuer's range, a length that it uses, and the check digit.

Source: ISO/IEC 7812-1 (Luhn), and the issuers' published ranges (Visa 4; Mastercard 51-55, 2221-2720; American Express
34, 37; Discover 6011, 65; JCB 3528-3589; Diners 36, 38). The numbers that payment providers publish for tests are none.
"""

from hashlib import sha256
from typing import Final

from wardline.check.exposure.validators import luhn

_MIN_KINDS: Final = 4  # different digits: a real number has more, made-up ones like 4444… have few
# The numbers of the payment providers' test pages, as the beginnings of their hashes: no number stands in this tree.
_PUBLISHED: Final = frozenset(
    {
        "1d942407169d8f20", "20e6583871d36495", "273476b83f26d858", "302eb4e48718000a", "304945e91de3deff",
        "3a134ef77d4e2e4c", "51a4ae4c6ae99914", "53a8fc816e63b7a5", "576c15a8072461c2", "68594afe9c9cda52",
        "8a778feaad269998", "8c8bf8372ef130a6", "b40e9bc7a74d50ab", "d79449f462cec9af", "d8086d483c15c711",
        "dd13cdf9af9dd3ba", "e5de3c3d9fcb43b1", "f41e7ca4a3d71c4f",
    }
)  # fmt: skip


def valid(value: bytes) -> bool:
    """Return whether the value is a number that an issuer could have given to somebody."""
    digits = bytes(byte for byte in value if 48 <= byte <= 57)
    if not _issued(digits) or len(set(digits)) < _MIN_KINDS or not luhn.valid(digits):
        return False
    return sha256(digits).hexdigest()[:16] not in _PUBLISHED


def complete(value: bytes) -> bytes:
    """Return the value with the right check digit: an example."""
    return luhn.complete(value)


def _issued(digits: bytes) -> bool:
    if len(digits) not in {14, 15, 16}:
        return False
    two, four = int(digits[:2]), int(digits[:4])
    if len(digits) == 15:
        return two in {34, 37}
    if len(digits) == 14:
        return two in {36, 38}
    return (
        two // 10 == 4 or 51 <= two <= 55 or 2221 <= four <= 2720 or four == 6011 or two == 65 or 3528 <= four <= 3589
    )
