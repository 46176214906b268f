"""How every document of the vault is written as bytes, so that one meaning has one encoding.

A document is a frozen dataclass whose fields are made with `of(codec)`. It is written as JSON by RFC 8785 of exactly
its fields: no member more, none less, names in ASCII, numbers whole and at most 2^53 - 1, no null. Octets are base64url
without padding (RFC 4648 §5), times RFC 3339 in UTC with exactly three digits of a second, optional values empty rather
than absent. Reading decodes, encodes again, and refuses whatever is not byte for byte the same: members twice, blanks,
other orders, other escapes, other spellings of a number or of base64 have no second chance to mean something.

Everything here is bounded: a document has at most `MAX_BYTES`, every list and text its own limit. Whatever bytes a
stranger sends, the answer is a document or `MalformedError`.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, Final, Generic, TypeVar, cast

import orjson

from wardline.kernel.text import printable
from wardline.vault.protocol.errors import MalformedError

T = TypeVar("T")

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_WHOLE: Final = 2**53 - 1
DIGEST_BYTES: Final = 32
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _WrongError(ValueError):
    """A value that its codec does not take; the text says what it should be."""


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """How one value becomes JSON (`encode`) and is read back (`decode`); both raise `ValueError` for another value."""

    encode: Callable[[T], Any]
    decode: Callable[[Any], T]


def of(codec: Codec[T]) -> T:
    """Return a dataclass field that is written and read by `codec`."""
    made: T = field(metadata={"codec": codec})
    return made


def text(pattern: str, longest: int, says: str) -> Codec[str]:
    """Return the codec of text of up to `longest` characters that matches a pattern; `says` completes "must be"."""
    shape = re.compile(pattern)

    def checked(value: Any) -> str:
        if not isinstance(value, str) or len(value) > longest or shape.fullmatch(value) is None:
            raise _WrongError(f"must be {says}, of up to {longest} characters")
        return value

    return Codec(checked, checked)


def whole(least: int, most: int) -> Codec[int]:
    """Return the codec of a whole number within bounds."""

    def checked(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:  # a bool is no number
            raise _WrongError(f"must be a whole number from {least} to {most}")
        return value

    return Codec(checked, checked)


def octets(least: int, most: int, *, or_none: bool = False) -> Codec[bytes]:
    """Return the codec of bytes, of `least` to `most` of them, or (`or_none`) of no bytes at all."""

    def fits(value: bytes) -> bytes:
        if not (least <= len(value) <= most or (or_none and not value)):
            raise _WrongError(f"must be {least} to {most} bytes" if least != most else f"must be {least} bytes")
        return value

    def encode(value: bytes) -> str:
        if not isinstance(value, bytes):
            raise _WrongError("must be bytes")
        return b64(fits(value))

    def decode(value: Any) -> bytes:
        if not isinstance(value, str) or len(value) > most * 4 // 3 + 4:
            raise _WrongError("must be base64url")
        return fits(unb64(value))

    return Codec(encode, decode)


def choice(*words: str) -> Codec[Any]:
    """Return the codec of one of these words (typed at the field, as a `Literal`)."""

    def checked(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise _WrongError(f"must be one of: {', '.join(words)}")
        return value

    return Codec(checked, checked)


def listed(
    codec: Codec[T], most: int, *, least: int = 0, key: Callable[[T], Any] | None = None
) -> Codec[tuple[T, ...]]:
    """Return the codec of up to `most` values; with `key`, they stand in ascending order of it, none twice."""

    def checked(values: tuple[T, ...]) -> tuple[T, ...]:
        if not least <= len(values) <= most:
            raise _WrongError(f"must hold {least} to {most} entries")
        if key is not None:
            keys = [key(value) for value in values]
            if any(before >= after for before, after in pairwise(keys)):
                raise _WrongError("must be in ascending order, with nothing twice")
        return values

    def encode(values: tuple[T, ...]) -> list[Any]:
        if not isinstance(values, tuple):
            raise _WrongError("must be a tuple")
        return [codec.encode(value) for value in checked(values)]

    def decode(value: Any) -> tuple[T, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise _WrongError(f"must be a list of {least} to {most} entries")
        return checked(tuple(codec.decode(one) for one in value))

    return Codec(encode, decode)


def nested(cls: type[T]) -> Codec[T]:
    """Return the codec of a dataclass that stands inside another."""
    return Codec(lambda value: as_json(cls, value), lambda value: from_json(cls, value))


def _moment_text(at: datetime) -> str:
    if not isinstance(at, datetime) or at.tzinfo is None or at.microsecond % 1000:
        raise _WrongError("must be a time of whole milliseconds with its zone")
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
        raise _WrongError("must be a time like 2026-03-02T09:00:00.000Z")
    return datetime.fromisoformat(value)


_MOMENT: Final = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")

MOMENT: Final = Codec(_moment_text, _moment)
DIGEST: Final = octets(DIGEST_BYTES, DIGEST_BYTES)
DIGEST_OR_NONE: Final = octets(DIGEST_BYTES, DIGEST_BYTES, or_none=True)
COUNT: Final = whole(1, MAX_WHOLE)  # versions, numbers: they begin at 1
NUMBER: Final = whole(0, MAX_WHOLE)
SECONDS: Final = whole(0, 10 * 366 * 86_400)
# People, custodians, zones, readers. Lower-case ASCII, so that no two names look alike and differ.
NAME: Final = text(r"[a-z0-9][a-z0-9._@:/-]*", 100, "a name of a-z, 0-9 and . _ @ : / -")
NAME_OR_NONE: Final = text(r"|[a-z0-9][a-z0-9._@:/-]*", 100, "a name of a-z, 0-9 and . _ @ : / -, or empty")
PATH: Final = text(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*", 200, "a path like db/orders")
LINE: Final = text(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*", 1000, "one line of text")
ISSUER: Final = text(r"[!-~]+", 500, "an issuer's address")
BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")


def b64(value: bytes) -> str:
    """Return bytes as documents hold them: base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def unb64(value: str) -> bytes:
    """Return the bytes of base64url without padding, spelled in the one way there is.

    Raises: `ValueError`.
    """
    if BASE64URL.fullmatch(value) is None:
        raise _WrongError("must be base64url without padding")
    try:
        found = urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except Base64Error:
        raise _WrongError("must be base64url without padding") from None
    if b64(found) != value:
        raise _WrongError("must be base64url in its one spelling")
    return found


def whole_milliseconds(at: datetime) -> datetime:
    """Return the time cut to what a document can hold."""
    return _EPOCH + ((at - _EPOCH) // timedelta(milliseconds=1)) * timedelta(milliseconds=1)


def as_json(cls: type[Any], value: object) -> dict[str, Any]:
    """Return a document, or a part of one, as plain JSON values. Raises: `ValueError`, naming the member."""
    if type(value) is not cls:
        raise _WrongError(f"must be a {cls.__name__}")
    found: dict[str, Any] = {}
    for name, codec in _codecs(cast("Hashable", cls)).items():
        try:
            found[name] = codec.encode(getattr(value, name))
        except ValueError as error:
            raise _at(name, error) from None
    return found


def from_json(cls: type[T], value: Any) -> T:
    """Return a document, or a part of one, from plain JSON values. Raises: `ValueError`, naming the member."""
    if not isinstance(value, dict):
        raise _WrongError("must be an object")
    codecs = _codecs(cast("Hashable", cls))
    if codecs.keys() != value.keys():
        odd = next((name for name in codecs if name not in value), None) or next(n for n in value if n not in codecs)
        raise _WrongError(f"must have exactly its members; one too many or too few: {printable(odd[:40])}")
    found: dict[str, Any] = {}
    for name, codec in codecs.items():
        try:
            found[name] = codec.decode(value[name])
        except ValueError as error:
            raise _at(name, error) from None
    return cls(**found)


@cache
def _codecs(cls: Any) -> dict[str, Codec[Any]]:
    return {one.name: one.metadata["codec"] for one in fields(cls)}


def canonical(value: object) -> bytes:
    """Return a dataclass of codecs as canonical JSON. Raises: `ValueError` for values that its codecs do not take."""
    # All names are ASCII and all numbers whole: what orjson writes then is RFC 8785.
    return orjson.dumps(as_json(type(value), value), option=orjson.OPT_SORT_KEYS)


def read(cls: type[T], content: bytes, what: str) -> T:
    """Return the dataclass that canonical JSON stands for; `what` names it in errors.

    Raises: `MalformedError` for anything else.
    """
    if len(content) > MAX_BYTES:
        raise MalformedError(f"{what} has {len(content)} bytes, and may have {MAX_BYTES}")
    try:
        found = from_json(cls, orjson.loads(content))
        same = canonical(found) == content
    except ValueError as error:  # orjson.JSONDecodeError is one, and so is too much depth
        said = str(error) if isinstance(error, _WrongError) else "it is not JSON as RFC 8785 writes it"
        raise MalformedError(f"{what} cannot be read: {said}") from None
    if not same:
        raise MalformedError(f"{what} is not written canonically")
    return found


def packed(domain: str, parts: Iterable[bytes]) -> bytes:
    """Return parts as one string of bytes that nothing else stands for, under a domain of its own.

    It is the domain in ASCII, a zero byte, and for each part its length as 8 bytes (big-endian) and itself.
    """
    return domain.encode("ascii") + b"\x00" + b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def _at(name: str, error: ValueError) -> _WrongError:
    return _WrongError(f"{name} {error}" if str(error).startswith("must") else f"{name}.{error}")
