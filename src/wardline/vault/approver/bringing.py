"""A value that a person brings: sealed on their machine to the custodians of its zone, before it goes anywhere."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.protocol import admitting, puts, sealing
from wardline.vault.protocol.keys import Signer
from wardline.vault.protocol.roots import TrustedRoot

MAX_BYTES: Final = 256 * 1024
_MAX_FIELDS: Final = 100


class After(NamedTuple):
    """What a put follows: by whom, in which epoch, and the current number (0: none)."""

    writer: str
    epoch: int
    expected: int


def fields(content: bytes, name: str, *, as_json: bool) -> dict[str, Any]:
    """Return the fields of a value: one text under a name (without its last line end), or a JSON object.

    Raises: `AskedWronglyError`, which never shows what was read.
    """
    if not content:
        raise AskedWronglyError("standard input holds nothing", hint="wardline secret import PATH < FILE")
    if len(content) > MAX_BYTES:
        raise AskedWronglyError(f"a value has at most {MAX_BYTES} bytes")
    if not as_json:
        try:
            return {name: content.decode().removesuffix("\n")}
        except UnicodeDecodeError:
            raise AskedWronglyError("the value is no UTF-8 text", hint="encode it: base64") from None
    try:
        found = orjson.loads(content)
    except ValueError:
        raise AskedWronglyError("standard input is no JSON object") from None
    if not isinstance(found, dict) or not 0 < len(found) <= _MAX_FIELDS:
        raise AskedWronglyError(f"standard input is no JSON object of 1 to {_MAX_FIELDS} fields")
    return found


def sealed(  # noqa: PLR0913 - the parts of one document
    grant: bytes,
    trusted: TrustedRoot,
    given: dict[str, Any],
    after: After,
    *,
    signer: Signer,
    now: datetime,
    random: Callable[[int], bytes],
) -> bytes:
    """Return a put that only the custodians of the grant's zone can open.

    Who they are is taken from the root and the grant, each by its signatures. Raises: `RefusedError`.
    """
    read, custodians = admitting.custodians_for_put(grant, trusted, now)
    header = puts.header(
        read, writer=after.writer, epoch=after.epoch, expected=after.expected, nonce=random(16), now=now
    )
    return sealing.seal_put(header, given, custodians, signer, random).written()
