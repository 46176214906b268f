"""The checksum in GitHub's tokens since 2021: six characters of base 62 over what stands between prefix and them.

Source: GitHub's engineering blog, "Behind GitHub's new authentication token formats" (2021-04-05): a 32 bit checksum
in the last 6 digits of each token, CRC32 encoded with a Base62 implementation, using leading zeros for padding.
"""

from typing import Final
from zlib import crc32

_DIGITS: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH: Final = 6


def valid(value: bytes) -> bool:
    """Return whether the last six characters are the checksum of those between the prefix and them."""
    body = value.rpartition(b"_")[2]
    return len(body) > _LENGTH and body[-_LENGTH:] == _checksum(body[:-_LENGTH])


def complete(value: bytes) -> bytes:
    """Return the value with its checksum: an example."""
    body = value.rpartition(b"_")[2]
    return value[:-_LENGTH] + _checksum(body[:-_LENGTH])


def _checksum(body: bytes) -> bytes:
    number = crc32(body)
    digits = bytearray()
    for _ in range(_LENGTH):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return bytes(reversed(digits))
