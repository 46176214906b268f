"""The body of a private key between its two lines: base64 that begins as such a key does.

Source: RFC 7468 §2 and §13 (PKCS #8), RFC 8017 A.1.2 and RFC 5915 §3 (a DER SEQUENCE begins with 0x30, so its base64
with `M`), OpenSSH's PROTOCOL.key (`openssh-key-v1`), RFC 9580 §6.2 (OpenPGP armor, whose headers end at an empty line).
"""

import re
from binascii import Error, a2b_base64
from typing import Final

_JOINTS: Final = re.compile(rb"""\\+[rnt]|["'+,\s\\]+""")  # line ends as written in JSON, and in source code
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=]")
_MIN_BYTES: Final = 32


def valid(value: bytes) -> bool:
    """Return whether what begins the value is the base64 of at least 32 bytes."""
    body = _JOINTS.sub(b"", value.partition(b"-----")[0])
    begins = _NOT_BASE64.search(body)
    body = body[: begins.start()] if begins else body
    body = body.rstrip(b"=")
    try:
        decoded = a2b_base64(body[: len(body) // 4 * 4])
    except Error:
        return False
    return len(decoded) >= _MIN_BYTES and len(set(decoded)) > _MIN_BYTES // 4


def complete(value: bytes) -> bytes:
    """Return the value: whatever base64 was generated will do."""
    return value
