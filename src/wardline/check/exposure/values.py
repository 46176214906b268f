"""A value that a suppression is for, known again without being kept: scrypt (RFC 7914) under a salt of its own.

What is derived may stand in a repository, but whoever reads it can try guesses: of a random key nothing can be learnt,
a weak password can be guessed. The cost is what a check can bear that has many suppressed findings, so it only slows
guessing; it is no protection of a value that people choose.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import blake2b, scrypt
from hmac import compare_digest
from typing import Final, NamedTuple

from wardline.check.suppressions import MAX_VALUES, key
from wardline.findings.report import fingerprint

COST: Final = 1024  # 2 to 3 ms and 1 MB for each value that is held against an entry
MAX_COST: Final = 2000 * COST  # of all of a process: a stranger's tree and suppressions may be made to take long
_BLOCKS: Final = 8
_SALT_BYTES: Final = 16
_KEY_BYTES: Final = 32
_MAX_REMEMBERED: Final = 10_000


class Met(NamedTuple):
    """What came of holding a value against the suppressions of its fingerprint.

    `key` is that of the entry that it met, or None; `other` says that there are entries, and none is for this value.
    """

    fingerprint: str
    key: str | None = None
    other: bool = False


class Known:
    """The derived values of a tree's suppressions, by fingerprint; with `wanted`, values under it are derived anew."""

    def __init__(self, values: Mapping[str, tuple[str, ...]], *, wanted: str = "") -> None:
        self._values = values
        self._wanted = wanted
        self._draw = os.urandom(_KEY_BYTES)
        self._left = MAX_COST
        self._answers: dict[tuple[str, bytes], bool] = {}
        self._made: dict[tuple[str, bytes], str] = {}

    def met(self, base: str, shown: str, value: bytes) -> Met:
        """Return what becomes of a finding of `value` under `shown`; `base` is the fingerprint of all values there.

        An entry is for all places that `base` stands for, so that it stays good where another value comes before it.
        """
        names = (base,) if base == shown else (base, shown)
        derived = [(name, one) for name in names for one in self._values.get(name, ())]
        found = next((key(name, one) for name, one in derived if one and self._is(one, value)), None)
        if found is None and any(not one for _, one in derived):
            found = next(name for name, one in derived if not one)
        other = found is None and bool(derived)
        alone = _of_another(base) if other and shown in self._values else shown
        if self._wanted:
            return Met(alone, self._asked_for(base, shown, found, value), other)
        return Met(alone, found, other)

    def _is(self, derived: str, value: bytes) -> bool:
        """Return whether `derived` was made from `value`; no more than can be borne is worked out."""
        asked = (derived, value)
        if asked not in self._answers:
            cost, salt, wanted = _parts(derived)
            if cost > self._left or len(self._answers) >= _MAX_REMEMBERED:
                return False
            self._left -= cost
            self._answers[asked] = compare_digest(_scrypt(value, salt, cost), wanted)
        return self._answers[asked]

    def _asked_for(self, base: str, shown: str, found: str | None, value: bytes) -> str | None:
        """Return the key of an entry for a value under the fingerprint that is wanted, as it is or new; else None."""
        if self._wanted not in {base, shown, _of_another(base)}:
            return None
        if found is not None and " " in found:
            return found
        asked = (base, value)
        if asked not in self._made and len(self._made) <= MAX_VALUES:
            # Several processes that find one value are to say the same of it, so they draw its salt alike.
            salt = blake2b(base.encode() + value, key=self._draw, digest_size=_SALT_BYTES).digest()
            self._made[asked] = derive(value, salt)
        return key(base, self._made[asked]) if asked in self._made else None


def _of_another(base: str) -> str:
    """Return the fingerprint of a value that is not the one which was suppressed under `base`."""
    return fingerprint("exposure", base, "another value")


def derive(value: bytes, salt: bytes) -> str:
    """Return what a suppression says of a value: parameters, 16 bytes of salt, and what scrypt makes of them."""
    return f"scrypt:n={COST},r={_BLOCKS},p=1:{_text(salt)}:{_text(_scrypt(value, salt, COST))}"


def _parts(derived: str) -> tuple[int, bytes, bytes]:
    _, parameters, salt, wanted = derived.split(":")
    return int(parameters.partition(",")[0].removeprefix("n=")), _bytes(salt), _bytes(wanted)


def _scrypt(value: bytes, salt: bytes, cost: int) -> bytes:
    return scrypt(value, salt=salt, n=cost, r=_BLOCKS, p=1, dklen=_KEY_BYTES)


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
