"""One request and one answer in Vault's words, before and after HTTP.

Source: HashiCorp Vault's API documentation ("HTTP API", "Response format"); checked against OpenBao 2.7.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, Literal, NamedTuple
from uuid import UUID

from wardline.kernel.errors import Kind, WardlineError
from wardline.vault.agent.tokens import Token

Operation = Literal["create", "read", "update", "patch", "delete", "list"]


class Call(NamedTuple):
    """One request to an engine, an auth method or the system: `path` is below the mount, `whole` below `/v1/`."""

    operation: Operation
    path: str
    whole: str
    body: Mapping[str, Any]
    query: Mapping[str, str]
    token: Token | None
    now: float  # seconds since the epoch
    content_type: str = ""
    certificate: bytes = b""  # the client's, in DER, when TLS asked for one

    @property
    def writes(self) -> bool:
        """Tell whether something is sent to be kept (PUT and POST)."""
        return self.operation in {"create", "update"}


class Answer(NamedTuple):
    """What is said back. `flat` puts the data at the top as well (most of `sys/`), `bare` leaves the envelope out."""

    status: int = 200
    data: Mapping[str, Any] | None = None
    auth: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    lease_seconds: int = 0
    lease_id: str = ""
    renewable: bool = False
    flat: bool = False
    bare: bool = False
    kept: bytes = b""  # a whole answer that was wrapped before, as it was
    wrap: Mapping[str, Any] | None = None
    mount_type: str = ""


NOTHING: Final = Answer(status=204)


class RefusedError(WardlineError):
    """An answer other than the wished one: `status` as Vault gives it, and its `errors`."""

    kind: ClassVar[Kind] = "asked wrongly"
    code: ClassVar[str] = "refused"

    def __init__(self, status: int, *errors: str, data: Answer | None = None) -> None:
        super().__init__("; ".join(errors) or f"status {status}")
        self.status = status
        self.errors = errors
        self.answer = data  # a 404 that still says what it knows (a deleted version's metadata)


def denied() -> RefusedError:
    """Return the one refusal of whoever may not, whatever the reason."""
    return RefusedError(403, "permission denied")


def unsupported_operation() -> RefusedError:
    """Return the refusal of a verb that this path does not know."""
    return RefusedError(405, "unsupported operation")


def absent() -> RefusedError:
    """Return the answer about what is not there: 404 without a word, as Vault gives it."""
    return RefusedError(404)


def text_field(body: Mapping[str, Any], name: str, default: str = "") -> str:
    """Return a field that is text; numbers are taken as they are written.

    Raises: `RefusedError` (400) for an object or a list.
    """
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return str(value)
    raise _unfit(name, "string")


def whole_field(body: Mapping[str, Any], name: str, default: int = 0) -> int:
    """Return a field that is a whole number, also written as text.

    Raises: `RefusedError` (400) for anything else.
    """
    value = body.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    try:
        if isinstance(value, int) or (isinstance(value, str) and len(value) < 25):
            return int(value)
    except ValueError:
        pass
    raise RefusedError(
        400,
        f"Field validation failed: error converting input for field \"{name}\": '' cannot parse value as 'int': "
        "strconv.ParseInt: invalid syntax",
    )


def truth_field(body: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """Return a field that is true or false, also written as text or a number.

    Raises: `RefusedError` (400) for anything else.
    """
    value = body.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool | int) and value in {0, 1}:
        return bool(value)
    if isinstance(value, str):
        if value in {"1", "t", "T", "TRUE", "true", "True"}:
            return True
        if value in {"0", "f", "F", "FALSE", "false", "False"}:
            return False
    raise RefusedError(
        400,
        f"error converting input for field \"{name}\": '' cannot parse value as 'bool': "
        "strconv.ParseBool: invalid syntax",
    )


def names_field(body: Mapping[str, Any], name: str) -> list[str] | None:
    """Return a field that is a list of names, also written with commas; None where it is not given.

    Raises: `RefusedError` (400) for anything else.
    """
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        return [piece.strip() for piece in value.split(",") if piece.strip()]
    if isinstance(value, list) and all(isinstance(piece, str | int) for piece in value):
        return [str(piece).strip() for piece in value if str(piece).strip()]
    raise _unfit(name, "[]string")


def table_field(body: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """Return a field that is an object, also as JSON in text; None where it is not given.

    Raises: `RefusedError` (400) for anything else.
    """
    value = body.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise _unfit(name, "map[string]interface {}") from None
    if not isinstance(value, dict):
        raise _unfit(name, "map[string]interface {}")
    return value


def seconds_field(body: Mapping[str, Any], name: str, default: int = 0) -> int:
    """Return a field that is a duration, in whole seconds.

    Raises: `RefusedError` (400) for what is none, or is negative.
    """
    from wardline.vault.agent import durations

    value = body.get(name)
    if value is None or value == "":
        return default
    try:
        found = durations.seconds(value)
    except ValueError as error:
        raise RefusedError(400, f'error converting input for field "{name}": {error}') from error
    if found < 0:
        raise RefusedError(400, f"{name} must be positive")
    return int(found)


def keys(names: Sequence[str]) -> Answer:
    """Return a list as Vault gives it; an empty one is not there.

    Raises: `RefusedError` (404) where there is none.
    """
    if not names:
        raise absent()
    return Answer(data={"keys": list(names)})


def stamp(moment: float) -> str:
    """Return a time as Vault writes it (RFC 3339, nine digits, UTC)."""
    whole = datetime.fromtimestamp(moment, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{whole.microsecond:06d}000Z"


def identifier() -> str:
    """Return a random UUID as Vault writes its request ids."""
    return str(UUID(bytes=secrets.token_bytes(16)))


def _unfit(name: str, wanted: str) -> RefusedError:
    return RefusedError(400, f"error converting input for field \"{name}\": '' expected type '{wanted}'")
