"""`sys/tools/random` and `sys/tools/hash`: computed here, kept nowhere."""

import base64
import hashlib
import secrets

from wardline.vault.agent.calls import Answer, Call, RefusedError, text_field, unsupported_operation, whole_field
from wardline.vault.agent.estate import Estate

_MOST_BYTES = 128 * 1024
_HASHES = {f"sha{separator}{size}": f"sha{size}" for separator in ("-", "2-") for size in (224, 256, 384, 512)} | {
    f"sha3-{size}": f"sha3_{size}" for size in (224, 256, 384, 512)
}


def answer(estate: Estate, call: Call, rest: str) -> Answer:
    """Answer `sys/tools/…`."""
    del estate
    if not call.writes:
        raise unsupported_operation()
    word, _, given = rest.partition("/")
    parts = given.split("/")
    if word == "random":
        number = next((part for part in parts if part.isascii() and part.isdigit()), "")
        count = whole_field({"bytes": number or call.body.get("bytes")}, "bytes", 32)
        if not 1 <= count <= _MOST_BYTES:
            raise RefusedError(400, f'"bytes" is from 1 to {_MOST_BYTES}')
        return Answer(data={"random_bytes": _written(secrets.token_bytes(count), text_field(call.body, "format"))})
    if word == "hash":
        name = given or text_field(call.body, "algorithm", "sha2-256")
        if name not in _HASHES:
            raise RefusedError(400, f"unsupported algorithm {name[:20]}")
        try:
            said = base64.b64decode(text_field(call.body, "input"), validate=True)
        except ValueError:
            raise RefusedError(400, "unable to decode input as base64") from None
        digest = hashlib.new(_HASHES[name], said).digest()
        return Answer(data={"sum": _written(digest, text_field(call.body, "format", "hex"))})
    raise RefusedError(404, "unsupported path")


def _written(found: bytes, form: str) -> str:
    if form == "hex":
        return found.hex()
    if form in {"", "base64"}:
        return base64.b64encode(found).decode()
    raise RefusedError(400, f'unsupported encoding format "{form[:20]}"; must be "hex" or "base64"')
