"""What requests and answers about the vault are made of: documents as envelopes, paths, and bytes as base64url."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from wardline.api.words import Asked
from wardline.kernel.errors import AskedWronglyError
from wardline.vault.protocol.encoding import b64, unb64
from wardline.vault.protocol.errors import RefusedError

_R = TypeVar("_R")
_SEGMENT = r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?"

SecretPath = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9._/-]+$")]
PathPrefix = Annotated[str, StringConstraints(max_length=255, pattern=r"^[A-Za-z0-9._/-]*$")]
Base64Url = Annotated[str, StringConstraints(min_length=1, max_length=8192, pattern=r"^[A-Za-z0-9_-]+$")]


def _octets(value: object) -> object:
    return b64(value) if isinstance(value, bytes) else value


Octets = Annotated[str, BeforeValidator(_octets)]


class SignatureSent(Asked):
    """One signature of an envelope (DSSE)."""

    keyid: Annotated[str, StringConstraints(max_length=64)]
    sig: Annotated[str, StringConstraints(max_length=200)]


class EnvelopeSent(Asked):
    """A document of the vault in its envelope (DSSE v1.0.2): `docs/vault-protocol.md`."""

    payload: Annotated[str, StringConstraints(max_length=3 * 1024 * 1024)]
    payload_type: Annotated[str, StringConstraints(max_length=100)] = Field(alias="payloadType")
    signatures: Annotated[list[SignatureSent], Field(max_length=64)]

    def content(self) -> bytes:
        """Return the envelope's bytes."""
        return orjson.dumps(self.model_dump(by_alias=True))


class EnvelopeShown(BaseModel):
    """A document of the vault in its envelope (DSSE v1.0.2), as whoever signed it made it."""

    model_config = ConfigDict(extra="forbid")

    payload: str
    payloadType: str  # noqa: N815 - DSSE's own name
    signatures: list[dict[str, str]]


class NotTakenError(AskedWronglyError):
    """A document that was handed in and is not taken: its signatures, its shape, or what it follows."""

    code = "vault-not-taken"


def shown(content: bytes) -> Any:
    """Return an envelope's members."""
    return orjson.loads(content)


def octets(text: str, what: str) -> bytes:
    """Return the bytes of base64url. Raises: `AskedWronglyError`."""
    try:
        return unb64(text)
    except ValueError as error:
        raise AskedWronglyError(f"{what} is no base64url without padding") from error


def handed_in(use: Callable[[], _R]) -> _R:
    """Return what `use` returns; what it refuses was asked wrongly by whoever handed it in.

    Raises: `NotTakenError` in place of a `RefusedError`.
    """
    try:
        return use()
    except RefusedError as error:
        raise NotTakenError(f"{error.detail} ({error.code})", hint=error.hint) from error
