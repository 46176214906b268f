"""Maven artifacts: numbers and qualifiers in nested lists.

Source: "POM Reference, Version Order Specification" and the behaviour of maven-artifact 3.9's `ComparableVersion`: `.`
separates, `-` and every change between digits and letters opens a list inside the list; trailing zeros, empty lists and
the qualifiers `ga`, `final` and `release` say nothing. Any string can be read.

The order is Maven's own, pair by pair. On contrived strings it is not transitive (`1.0.alpha.2 < 1 < 1.abc.2 <
1.0.alpha.2`), so a key is an object that compares, and no tuple.
"""

from functools import total_ordering
from typing import Final

from wardline.check.dependencies.schemes._parts import first_number

ID: Final = "maven"
TITLE: Final = "Maven artifacts"
ECOSYSTEMS: Final = ("Maven",)

# A number is (2, how Java stores it, value) and a qualifier (0, its rank, its text); 1 is the place of a list.
Item = tuple[int, int, int | str]

_QUALIFIERS: Final = ("alpha", "beta", "milestone", "rc", "snapshot", "", "sp")
_ALIASES: Final = {"ga": "", "final": "", "release": "", "cr": "rc"}
_BEFORE_DIGIT: Final = {"a": "alpha", "b": "beta", "m": "milestone"}
_RELEASE: Final = _QUALIFIERS.index("")
_UNKNOWN: Final = len(_QUALIFIERS)
_LIST: Final = 1
_PRERELEASE_RANKS: Final = range(_RELEASE)


@total_ordering
class MavenKey:
    """A Maven version to be compared. `levels` are the nested lists from the outside in; only the last has no list."""

    __slots__ = ("levels",)

    def __init__(self, levels: tuple[tuple[Item, ...], ...]) -> None:
        self.levels = levels

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MavenKey) and self.levels == other.levels

    def __hash__(self) -> int:
        return hash(self.levels)

    def __lt__(self, other: "MavenKey") -> bool:
        return _compare(self.levels, other.levels) < 0


def key(version: str) -> MavenKey:
    """Return a key that compares as Maven does."""
    return MavenKey(_normalised(_read(version.lower())))


def _read(version: str) -> list[list[Item]]:
    levels: list[list[Item]] = [[]]
    start = 0
    digits = False
    for at, char in enumerate(version):
        if char in ".-":
            levels[-1].append(_item(version[start:at], digits=digits))
            start = at + 1
            if char == "-":
                levels.append([])
        elif char.isdecimal():
            if not digits and at > start:
                if levels[-1]:
                    levels.append([])
                levels[-1].append(_qualifier(_before_digit(version[start:at])))
                start = at
                levels.append([])
            digits = True
        else:
            if digits and at > start:
                levels[-1].append(_item(version[start:at], digits=True))
                start = at
                levels.append([])
            digits = False
    if len(version) > start:
        if not digits and levels[-1]:
            levels.append([])
        levels[-1].append(_item(version[start:], digits=digits))
    return levels


def _item(text: str, *, digits: bool) -> Item:
    if not text:
        return (2, 0, 0)
    if not digits:
        return _qualifier(text)
    value = int(text)
    stored = len(str(value)) if value else len(text)
    return (2, 0 if stored <= 9 else 1 if stored <= 18 else 2, value)  # an int, a long, and what is larger


def _before_digit(text: str) -> str:
    return _BEFORE_DIGIT.get(text, text)


def _qualifier(text: str) -> Item:
    text = _ALIASES.get(text, text)
    return (0, _QUALIFIERS.index(text), "") if text in _QUALIFIERS else (0, _UNKNOWN, text)


def _empty(item: Item) -> bool:
    return item == (0, _RELEASE, "") or (item[0] == 2 and not item[2])


def _normalised(levels: list[list[Item]]) -> tuple[tuple[Item, ...], ...]:
    """Drop what says nothing from the end of every list, the innermost first."""
    kept: list[list[Item]] = []
    for level in reversed(levels):
        while level and _empty(level[-1]):
            level.pop()
        if level or kept:
            kept.append(level)
    return tuple(map(tuple, reversed(kept)))


def _compare(left: tuple[tuple[Item, ...], ...], right: tuple[tuple[Item, ...], ...]) -> int:
    for depth in range(max(len(left), len(right))):
        ours = left[depth] if depth < len(left) else ()
        theirs = right[depth] if depth < len(right) else ()
        longest = max(len(ours), len(theirs)) + 1  # one place more, for the list inside
        for place in range(longest):
            found = _compare_at(place, ours, left[depth + 1 :], theirs, right[depth + 1 :])
            if found:
                return found
            if place >= len(ours) and place >= len(theirs):
                break
    return 0


def _compare_at(
    place: int,
    ours: tuple[Item, ...],
    our_lists: tuple[tuple[Item, ...], ...],
    theirs: tuple[Item, ...],
    their_lists: tuple[tuple[Item, ...], ...],
) -> int:
    if place < len(ours) and place < len(theirs):
        return (ours[place] > theirs[place]) - (ours[place] < theirs[place])
    if place < len(ours):
        if place == len(theirs) and their_lists:
            return ours[place][0] - _LIST
        return _sign(ours[place])
    if place < len(theirs):
        if place == len(ours) and our_lists:
            return _LIST - theirs[place][0]
        return -_sign(theirs[place])
    if place == len(ours) == len(theirs):
        return 0 if our_lists and their_lists else _first_sign(our_lists) - _first_sign(their_lists)
    if place == len(ours):
        return _first_sign(our_lists)
    return -_first_sign(their_lists)


def _sign(item: Item) -> int:
    """Compare an item with nothing."""
    if item[0] == 2:
        return 1 if item[2] else 0
    return (item[1] > _RELEASE) - (item[1] < _RELEASE)


def _first_sign(levels: tuple[tuple[Item, ...], ...]) -> int:
    """Compare a list with nothing: its first item that differs from nothing decides."""
    return next((sign for level in levels for item in level if (sign := _sign(item))), 0)


def prerelease(version: str) -> bool:
    """Return whether a qualifier says so: alpha, beta, milestone, rc, snapshot."""
    return any(item[0] == 0 and item[1] in _PRERELEASE_RANKS for level in key(version).levels for item in level)


def major(version: str) -> str:
    """Return the first number."""
    return first_number(version)
