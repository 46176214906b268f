"""A secret's fields as padded bytes, and what data keys and wraps are bound to. Holds no key and keeps no value.

Fields are a JSON object (any JSON values, up to 32 levels), padded with spaces, which JSON ignores, to a power of two
from 256 bytes to 64 KiB, then to whole 64 KiB: a ciphertext's size tells which of 16 classes a value is in, no more.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import orjson

from wardline.kernel.errors import AskedWronglyError, TooLargeError
from wardline.vault.protocol.encoding import canonical, packed
from wardline.vault.protocol.errors import UnopenedError
from wardline.vault.protocol.model.statement import PutHeader, PutWrap
from wardline.vault.protocol.model.version import MAX_PADDED_BYTES, Header, Wrap

DATA_KEY_BYTES: Final = 32
MAX_DEPTH: Final = 32
_SMALLEST: Final = 256
_LARGE: Final = 64 * 1024


def padded(fields: Mapping[str, Any]) -> bytes:
    """Return fields as padded JSON. Raises: `AskedWronglyError` for what is no JSON object; `TooLargeError`."""
    if not isinstance(fields, Mapping) or not _shallow(dict(fields), MAX_DEPTH):
        raise AskedWronglyError(f"a secret's fields are a JSON object of up to {MAX_DEPTH} levels")
    try:
        content = orjson.dumps(dict(fields))
    except (TypeError, ValueError) as error:  # the text of orjson's error names the type, never the value
        raise AskedWronglyError("a secret's fields are a JSON object with text as names") from error
    if len(content) > MAX_PADDED_BYTES:
        raise TooLargeError(f"a secret's fields have {len(content)} bytes, and may have {MAX_PADDED_BYTES}")
    return content.ljust(padded_size(len(content)), b" ")


def padded_size(size: int) -> int:
    """Return how many bytes a value of this size is padded to."""
    if size > _LARGE:
        return -(-size // _LARGE) * _LARGE
    return max(_SMALLEST, 1 << (size - 1).bit_length())


def fields_of(content: bytes) -> dict[str, Any]:
    """Return the fields that padded JSON holds. Raises: `UnopenedError`, which never shows any of it."""
    try:
        found = orjson.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not _shallow(found, MAX_DEPTH):
        raise UnopenedError("the plaintext is no JSON object of a secret's fields")
    return found


def commitment(data_key: bytes, header: Header | PutHeader) -> bytes:
    """Return what fixes the data key of a version or a put, for everybody to check who opened it."""
    if isinstance(header, Header):
        place = (header.epoch.to_bytes(8, "big"), header.number.to_bytes(8, "big"))
        domain = "wardline-vault-v1/version-commitment"
    else:
        place = (header.epoch.to_bytes(8, "big"), header.nonce)
        domain = "wardline-vault-v1/put-commitment"
    return sha256(packed(domain, (header.root, header.path.encode(), *place, data_key))).digest()


def associated(header: Header | PutHeader) -> bytes:
    """Return what AES-GCM authenticates beside the ciphertext: the whole header, under its domain."""
    domain = "wardline-vault-v1/version-fields" if isinstance(header, Header) else "wardline-vault-v1/put-fields"
    return packed(domain, (canonical(header),))


def wrap_info(wrap: Wrap) -> bytes:
    """Return HPKE's `info` for a wrap: everything that it says of itself."""
    numbers = (wrap.epoch.to_bytes(8, "big"), wrap.number.to_bytes(8, "big"))
    names = (wrap.recipient.encode(), wrap.key_id, wrap.kem.encode())
    return packed("wardline-vault-v1/wrap", (wrap.root, wrap.path.encode(), *numbers, wrap.version, *names))


def put_info(header: PutHeader, wrap: PutWrap) -> bytes:
    """Return HPKE's `info` for a put's wrap: the put's whole header, and whom it is for."""
    names = (wrap.custodian.encode(), wrap.key_id, wrap.kem.encode())
    return packed("wardline-vault-v1/put-wrap", (canonical(header), *names))


def _shallow(value: object, depth: int) -> bool:
    if isinstance(value, dict):
        return depth > 0 and all(_shallow(one, depth - 1) for one in value.values())
    if isinstance(value, list | tuple):
        return depth > 0 and all(_shallow(one, depth - 1) for one in value)
    return True
