"""Fingerprints of one report told apart: the same finding twice is one, and different ones never share theirs.

What is equal by its stable context gets an ordinal, counted in the order of the places, so that the order in which a
tool lists its findings makes no difference: findings are held back, some thousands at a time, for that. What repeats by
nature stays one: an advisory in two lockfiles, a parameter on two pages of one route.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import Final

from wardline.findings.identity import repeated
from wardline.findings.report import Finding, Practice

_ONE_AT_MANY_PLACES: Final[frozenset[Practice]] = frozenset({"dependencies", "pentest"})
_FIRST_SLOTS: Final = 1 << 12


class Counts:
    """How often each of many values was counted, in 12 bytes a slot: a dict of a million takes a hundred megabytes."""

    __slots__ = ("_keys", "_size", "_times")

    def __init__(self, slots: int = _FIRST_SLOTS) -> None:
        """Start with a number of slots that is a power of two."""
        self._keys = array("Q", bytes(8 * slots))
        self._times = array("I", bytes(4 * slots))
        self._size = 0

    def count(self, value: object) -> int:
        """Count a value; return how often it was counted before."""
        key = hash(value) & 0xFFFF_FFFF_FFFF_FFFF or 1  # salted by the interpreter: nobody can aim at one slot
        slot = self._slot(key)
        before = self._times[slot]
        if not before:
            self._size += 1
        self._keys[slot] = key
        self._times[slot] = before + 1
        if 2 * self._size > len(self._keys):
            self._grow()
        return before

    def _slot(self, key: int) -> int:
        mask = len(self._keys) - 1
        slot = key & mask
        while self._keys[slot] not in {0, key}:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        old_keys, old_times = self._keys, self._times
        self._keys = array("Q", bytes(16 * len(old_keys)))
        self._times = array("I", bytes(8 * len(old_keys)))
        for key, times in zip(old_keys, old_times, strict=True):
            if key:
                slot = self._slot(key)
                self._keys[slot] = key
                self._times[slot] = times


def numbered(findings: Iterable[Finding], *, together: int) -> Iterator[Finding]:
    """Yield the findings in their order, without exact repetitions, each different one under its own fingerprint.

    `together` findings at a time are put in the order of their places before they are counted.
    """
    counts = Counts()
    held: list[Finding] = []
    for one in findings:
        held.append(one)
        if len(held) >= together:
            yield from _told_apart(held, counts)
            held = []
    yield from _told_apart(held, counts)


def _told_apart(held: list[Finding], counts: Counts) -> Iterator[Finding]:
    identities: dict[int, str] = {}
    for number in sorted(range(len(held)), key=lambda number: _place(held[number])):
        one = held[number]
        if counts.count(_place(one)):
            continue
        before = 0 if one.practice in _ONE_AT_MANY_PLACES else counts.count(one.fingerprint)
        identities[number] = repeated(one.fingerprint, before) if before else one.fingerprint
    for number, one in enumerate(held):
        if identity := identities.get(number):
            yield one._replace(fingerprint=identity) if identity != one.fingerprint else one


def _place(one: Finding) -> tuple[str, str, int, int, int, str, str, str, str]:
    """Return what tells one finding from another under the same fingerprint, in an order that a reader would expect."""
    return (
        one.fingerprint,
        one.file or (one.location.value if one.location else ""),
        one.line or 0,
        one.column or 0,
        one.end_line or 0,
        one.rule,
        one.package.version if one.package else "",
        "" if one.practice in _ONE_AT_MANY_PLACES else one.message,
        "" if one.suppression is None else one.suppression.reason,
    )
