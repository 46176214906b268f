r"""The bytes of an event that the tree is made of, so that anybody can compute them again.

An entry of the tree is the event as canonical JSON (RFC 8785), in UTF-8, of exactly these members:

    {"about":["svc-…"],"action":"finding:opened","actor":"acc-…","actor_name":"Ada","at":"2026-03-02T09:00:00.000000Z",
     "details":{…},"id":"evt-…","subject":"fnd-…","v":1,"via":"ses-…"}

(one line, without the break). `at` is RFC 3339 in UTC with six digits of a second; `about` is in ascending order and
holds nothing twice; `v` is the number of this format. The entry's number is not in it: the tree says that.

Numbers are what JSON and an IEEE 754 double have in common: whole ones of at most 2^53 - 1, and finite fractions, which
are written as ECMAScript does (RFC 8785 §3.2.2.3). Text is Unicode: a surrogate without its other half becomes U+FFFD.
The columns `about` and `details` hold exactly the bytes that stand in the entry.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from json.encoder import encode_basestring as _quoted
from math import isfinite
from typing import Any, Final

from wardline.kernel.errors import AskedWronglyError, TooLargeError

MAX_DETAILS_CHARACTERS: Final = 64 * 1024
MAX_DEPTH: Final = 32
MAX_ABOUT: Final = 100
_MAX_WHOLE: Final = 2**53 - 1


def canonical(value: object) -> str:
    """Return a JSON value as RFC 8785 writes it.

    Raises: `AskedWronglyError` for what is no JSON value (also: not finite, beyond 2^53 - 1, nested deeper than 32);
    `TooLargeError` for more than 64 Ki characters.
    """
    parts: list[str] = []
    _write(value, parts, MAX_DEPTH)
    written = "".join(parts)
    if len(written) > MAX_DETAILS_CHARACTERS:
        raise TooLargeError(
            f"the details of an event have {len(written)} characters, and may have {MAX_DETAILS_CHARACTERS}",
            hint="record what was decided, and name where the rest is",
        )
    return written


def about_text(identifiers: Iterable[str]) -> str:
    """Return the column `about`: the identifiers in order, each once.

    Raises: `TooLargeError` for more than 100.
    """
    sorted_once = sorted({plain(identifier) for identifier in identifiers})
    if len(sorted_once) > MAX_ABOUT:
        raise TooLargeError(f"an event is about {len(sorted_once)} things, and may be about {MAX_ABOUT}")
    return canonical(sorted_once)


def plain(text: str) -> str:
    """Return text as both databases can keep it: U+0000 and half surrogates become U+FFFD."""
    return _whole(text.replace("\x00", "\ufffd"))


def read(text: str) -> Any:
    """Return the value that canonical JSON stands for."""
    return json.loads(text)


def moment(at: datetime) -> str:
    """Return a time as it stands in an entry and in a head."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"


def entry(row: Mapping[str, Any]) -> bytes:
    """Return the bytes of an event that the tree is made of; `row` has the columns of the table of events."""
    return (
        f'{{"about":{row["about"]},"action":{_quoted(row["action"])},"actor":{_quoted(row["actor"])}'
        f',"actor_name":{_quoted(row["actor_name"])},"at":"{moment(row["at"])}","details":{row["details"]}'
        f',"id":{_quoted(row["id"])},"subject":{_quoted(row["subject"])},"v":1,"via":{_quoted(row["via"])}}}'
    ).encode("utf-8", "replace")


def _write(value: object, parts: list[str], depth: int) -> None:
    if depth == 0:
        raise AskedWronglyError(f"the details of an event are nested deeper than {MAX_DEPTH}")
    if isinstance(value, str):
        parts.append(_quoted(_whole(value)))
    elif value is None or isinstance(value, bool):
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, int):
        if abs(value) > _MAX_WHOLE:
            raise AskedWronglyError(
                "a whole number in the details of an event passes 2^53 - 1", hint="write it as text"
            )
        parts.append(str(int(value)))
    elif isinstance(value, float):
        parts.append(_fraction(value))
    elif isinstance(value, Mapping):
        _write_object(value, parts, depth)
    elif isinstance(value, list | tuple):
        for count, member in enumerate(value):
            parts.append("," if count else "[")
            _write(member, parts, depth - 1)
        parts.append("]" if value else "[]")
    else:
        raise AskedWronglyError(f"the details of an event hold a {type(value).__name__}, which is no JSON value")


def _write_object(value: Mapping[Any, Any], parts: list[str], depth: int) -> None:
    if not all(isinstance(name, str) for name in value):
        raise AskedWronglyError("the details of an event hold an object with a name that is no text")
    named = {_whole(name): member for name, member in value.items()}
    parts.append("{")
    # RFC 8785 §3.2.3: ordered by UTF-16 code units.
    for count, name in enumerate(sorted(named, key=lambda name: name.encode("utf-16-be"))):
        parts.append(f"{',' if count else ''}{_quoted(name)}:")
        _write(named[name], parts, depth - 1)
    parts.append("}")


def _whole(text: str) -> str:
    """Return text that has an encoding in UTF-8."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fraction(value: float) -> str:
    """Return a number as ECMAScript writes it (ECMA-262, Number::toString, radix 10)."""
    if not isfinite(value):
        raise AskedWronglyError("a number in the details of an event is not finite")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, rest = mantissa.partition(".")
    digits = (whole + rest).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + rest) - len(digits))  # digits before the decimal point
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"{sign}{digits[0]}{'.' + digits[1:] if count > 1 else ''}{power}"
