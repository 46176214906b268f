"""Which of two versions is newer, and whether an advisory concerns one: per ecosystem, by its own rules.

Each scheme is a file in `schemes/`, imported when its ecosystem is first asked about. Advisories are OSV records
(schema 1.7, "Evaluation"), evaluated as osv.dev does where the schema leaves something open. Real records are dirty;
what is done about each kind of dirt stands at `entry_affects`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.schemes._parts import MAX_CHARS, VersionError
from wardline.findings import package_names as names
from wardline.kernel.text import printable

__all__ = [
    "MAX_CHARS",
    "VersionError",
    "affected",
    "compare",
    "entry_affects",
    "fixed_bounds",
    "major",
    "prepare",
    "prerelease",
    "sort_key",
    "unreadable_bounds",
]

_SCHEMES: Final = "wardline.check.dependencies.schemes"
_UNORDERED: Final = {
    "Android": "patch levels",
    "FreeBSD": "several schemes",
    "GIT": "commits",
    "Linux": "commits",
    "OSS-Fuzz": "commits",
    "TuxCare": "those of what it rebuilds, which its suffix names",
}
_REBUILDERS: Final = frozenset({"Echo", "Root"})
_ZERO: Final = "0"
_ENDLESS: Final = "*"
_ORDERED_RANGES: Final = frozenset({"ECOSYSTEM", "SEMVER"})
_BOUNDS: Final = ("introduced", "fixed", "last_affected", "limit")
_FIRST: Final = 0  # the place before every version; versions come next, and infinity after them
_LARGEST_NUMBER: Final = 10**18
_COMMIT_CHARS: Final = 40
_COMMIT: Final = r"[0-9a-f]{40}(?:[0-9a-f]{24})?(?:\.patch)?"
_NUMBER: Final = r"[1-9][0-9]*"


class _Scheme(NamedTuple):
    key: Callable[[str], Any]
    precedence: Callable[[str], Any]  # what an advisory's bounds are held against
    unordered: Callable[[str], bool]
    prerelease: Callable[[str], bool]
    major: Callable[[str], str]


@lru_cache(maxsize=1)
def _modules() -> dict[str, Any]:
    """Return each scheme's plug-in by the names of its ecosystems."""
    from wardline.kernel import plugins

    return {name: plugin for plugin in plugins.catalogue(_SCHEMES) for name in plugin.declared["ECOSYSTEMS"]}


def prepare() -> None:
    """Find the schemes now: within the sandbox, where the cache is out of reach, it takes 13 ms more."""
    _modules()


@lru_cache(maxsize=256)
def _scheme(ecosystem: str) -> _Scheme:
    family = names.rules_of(ecosystem) if isinstance(ecosystem, str) else ""
    plugin = _modules().get(family)
    if plugin is None:
        shown = printable(str(ecosystem), max_chars=80)
        why = _UNORDERED.get(family)
        if why:
            raise VersionError(f"the versions of {shown!r} ({why}) have no order that Wardline knows")
        raise VersionError(f"unknown ecosystem {shown!r}", hint="use a name from the OSV schema, such as PyPI or npm")
    module = plugin.load()
    scheme = _Scheme(
        module.key,
        getattr(module, "precedence", module.key),
        getattr(module, "unordered", _never),
        module.prerelease,
        module.major,
    )
    return _patched(scheme) if names.family(ecosystem) in _REBUILDERS else scheme


def _patched(scheme: _Scheme) -> _Scheme:
    from wardline.check.dependencies.schemes import _rebuilt

    return _Scheme(
        *map(_rebuilt.key_with_patch, (scheme.key, scheme.precedence)),
        *map(_rebuilt.without_patch, (scheme.unordered, scheme.prerelease, scheme.major)),
    )


def _never(_: str) -> bool:
    return False


def _read(reader: Callable[[str], Any], version: str) -> Any:
    """Return what a scheme makes of a version, after the checks that all schemes share."""
    if not isinstance(version, str):
        raise VersionError(f"a version is text, and not {type(version).__name__}")
    if len(version) > MAX_CHARS:
        raise VersionError(f"a version of {len(version)} characters is not read: {printable(version[:40])!r}…")
    if not version or version.isspace():
        raise VersionError("an empty string is no version")
    return reader(version)


@lru_cache(maxsize=16384)
def _key(reader: Callable[[str], Any], version: str) -> Any:
    return _read(reader, version)


def _cached(reader: Callable[[str], Any], version: str) -> Any:
    if not isinstance(version, str):  # it may not be hashable
        return _read(reader, version)
    return _key(reader, version)


def sort_key(ecosystem: str, version: str) -> Any:
    """Return a hashable key that orders an ecosystem's versions as its own tool does: equal versions, equal keys.

    Keys of one scheme can be compared with each other only. Raises: `VersionError` as `compare` does.
    """
    return _cached(_scheme_of(ecosystem).key, version)


def compare(ecosystem: str, a: str, b: str) -> int:
    """Return -1, 0 or 1 as `a` is older than, the same as, or newer than `b` in the eyes of the ecosystem's own tool.

    Raises: `VersionError` for an ecosystem that is unknown or has no order, and for a version that cannot be read.
    """
    left, right = sort_key(ecosystem, a), sort_key(ecosystem, b)
    return -1 if left < right else int(left != right)


def prerelease(ecosystem: str, version: str) -> bool:
    """Return whether a version comes before a release of its number. Raises: `VersionError` as `compare` does."""
    return bool(_read(_scheme_of(ecosystem).prerelease, version))


def major(ecosystem: str, version: str) -> str:
    """Return the part of a version within which an upgrade should not break: its scheme's idea of a major version.

    Raises: `VersionError` as `compare` does.
    """
    return str(_read(_scheme_of(ecosystem).major, version))


def _scheme_of(ecosystem: str) -> _Scheme:
    if not isinstance(ecosystem, str):
        raise VersionError(f"an ecosystem is text, and not {type(ecosystem).__name__}")
    return _scheme(ecosystem)


def affected(record: dict[str, Any], ecosystem: str, name: str, version: str) -> bool:
    """Return whether an OSV record says that this version of this package is vulnerable. Never raises.

    A withdrawn record concerns nothing. Names are compared as the registry does (`names.normalised`), ecosystems as
    `names.same_ecosystem` says. False also stands for "cannot say": where that matters, ask `entry_affects`.
    """
    if not isinstance(record, dict) or not isinstance(ecosystem, str) or not isinstance(name, str):
        return False
    if withdrawn(record):
        return False
    return any(_says_so(entry, ecosystem, name, version) for entry in _dicts(record.get("affected")))


def withdrawn(record: dict[str, Any]) -> bool:
    """Return whether a record has been taken back: it has a time of withdrawal."""
    when = record.get("withdrawn")
    return isinstance(when, str) and bool(when.strip())


def _says_so(entry: dict[str, Any], ecosystem: str, name: str, version: str) -> bool:
    package = entry.get("package")
    if not isinstance(package, dict):
        return False
    named, called = package.get("ecosystem"), package.get("name")
    if not isinstance(named, str) or not isinstance(called, str) or not names.same_ecosystem(named, ecosystem):
        return False
    if names.normalised(named, called) != names.normalised(named, name):
        return False
    try:
        return entry_affects(entry, named, version)
    except VersionError:
        return False


def entry_affects(entry: dict[str, Any], ecosystem: str, version: str) -> bool:
    """Return whether one member of a record's `affected`, whose package has matched already, concerns this version.

    A version is affected if it lies within any range or is listed (OSV schema, "Evaluation"); with neither ranges nor
    versions, none is. Beyond the schema's pseudocode:

    - events are sorted by version; where an interval ends and another begins at one version, both hold;
    - SEMVER and ECOSYSTEM ranges are both held against the ecosystem's own precedence; GIT ranges say nothing here;
    - a bound that cannot be read, or is a commit, never counts as "no bound": the interval that it opens or closes is
      left to the list of versions (`unreadable_bounds` names it, so that the reader can be told); the others hold;
    - a listed version counts when it is the same version, however it is written (`1.0` and `1.0.0` on PyPI);
    - parts of the wrong type are as good as absent.

    Raises: `VersionError` where only the order of versions could tell, and this version, or any of this ecosystem, has
    none. An exact match in the list, or a range without bounds (all versions: malware), is told even then.
    """
    if not isinstance(entry, dict):
        return False
    ranges = [events for events in map(_events, _dicts(entry.get("ranges"))) if events]
    listed = _list(entry.get("versions"))
    if version in listed or any(map(_boundless, ranges)):
        return True
    if not ranges and not listed:
        return False
    scheme = _scheme_of(ecosystem)
    key = _cached(scheme.precedence, version)
    if ranges and _cached(scheme.unordered, version):
        raise VersionError(
            f"{printable(version, max_chars=80)!r} is a branch, which has no place in a range of releases"
        )
    if any(_within(events, scheme, key) for events in ranges):
        return True
    return any(_place(scheme, text) == key for text in _look_alikes(version, listed))


def fixed_bounds(entry: dict[str, Any], ecosystem: str, version: str) -> list[str]:
    """Return the versions above this one that the entry names as fixed, the lowest first, each once.

    Empty where the version or the ecosystem has no order. A bound may lie in another affected interval, or name a
    version that was never published.
    """
    try:
        scheme = _scheme_of(ecosystem)
        key = _cached(scheme.precedence, version)
    except VersionError:
        return []
    above: dict[Any, str] = {}
    for events in map(_events, _dicts(entry.get("ranges"))):
        for kind, bound in events:
            place = _place(scheme, bound) if kind == "fixed" else None
            if place is not None and place > key:
                above.setdefault(place, bound)
    return [above[place] for place in sorted(above)]


def unreadable_bounds(entry: dict[str, Any], ecosystem: str) -> list[str]:
    """Return the bounds of an entry's ranges that its ecosystem's scheme cannot read, in the order of the record.

    Raises: `VersionError` for an ecosystem that is unknown or has no order.
    """
    scheme = _scheme_of(ecosystem)
    events = (event for each in map(_events, _dicts(entry.get("ranges"))) for event in each)
    return [bound for kind, bound in events if not _special(kind, bound) and _place(scheme, bound) is None]


def _events(ranged: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a range's events as pairs, in the record's order; none for a range that versions do not decide.

    The schema allows one kind in each event; a member that has two counts as two, but for empty ones beside another. A
    range without a type is taken for one of versions, and a whole number for its digits. Any other bound of the wrong
    type is kept as one that cannot be read: it must not read as "no bound".
    """
    kind = ranged.get("type", "ECOSYSTEM")
    if not isinstance(kind, str) or kind.upper() not in _ORDERED_RANGES:
        return []
    found: list[tuple[str, str]] = []
    for event in _dicts(ranged.get("events")):
        if len(event) == 1:  # as nearly every one: 10,000 of them are read for a small repository
            ((name, bound),) = event.items()
            if type(bound) is str and bound and name in _BOUNDS:
                found.append((name, bound))
                continue
        bounds = [(name, _text(event[name])) for name in _BOUNDS if event.get(name) is not None]
        found += [bound for bound in bounds if bound[1]] or bounds[:1]
    return found


def _text(bound: Any) -> str:
    if isinstance(bound, str):
        return bound
    return str(bound) if type(bound) is int and abs(bound) < _LARGEST_NUMBER else ""


def _special(kind: str, bound: str) -> bool:
    return (kind == "introduced" and bound == _ZERO) or (kind == "limit" and bound == _ENDLESS)


def _boundless(events: Iterable[tuple[str, str]]) -> bool:
    """Return whether a range holds every version there can be: introduced at 0, and never ended."""
    return all(_special(kind, bound) for kind, bound in events) and ("introduced", _ZERO) in events


def _within(events: list[tuple[str, str]], scheme: _Scheme, key: Any) -> bool:
    """Return whether a version lies in one of a range's intervals: what the last event before it says.

    Where one version both ends an interval and begins one, it changes nothing: two intervals touch, or one is empty. A
    `last_affected` is affected itself, even after an earlier one.
    """
    placed = [(kind, _ordered(scheme, kind, bound)) for kind, bound in events]
    limits = [place for kind, place in placed if kind == "limit"]
    at = (_FIRST + 1, key)
    if limits and not any(place is not None and at < place for place in limits):
        return False
    if any(place is None for _, place in placed):
        placed = _without_unreadable(placed)
    before = [(place, kind) for kind, place in placed if kind != "limit" and place is not None and place <= at]
    before.sort(key=itemgetter(0), reverse=True)
    for place, together in groupby(before, key=itemgetter(0)):
        kinds = {kind for _, kind in together}
        last = "last_affected" in kinds
        opens = "introduced" in kinds or (last and place == at)
        closes = "fixed" in kinds or (last and place != at)
        if opens != closes:
            return opens
    return False


def _ordered(scheme: _Scheme, kind: str, bound: str) -> tuple[Any, ...] | None:
    """Return a bound's place in the order, or None where it cannot be read; "0" is before and "*" after all others."""
    if bound == _ZERO and kind != "last_affected":
        return (_FIRST,)
    if bound == _ENDLESS and kind == "limit":
        return (_FIRST + 2,)
    place = _place(scheme, bound)
    return None if place is None else (_FIRST + 1, place)


def _without_unreadable(placed: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return the events of those intervals that can be told without the bounds that cannot be read.

    What belongs together is read from the record's order: an `introduced` and the ends that follow it. An interval
    stays if its beginning can be read and, where it has ends, one of them. An unreadable end that follows no beginning
    may belong to any: then what has no end does not stay.
    """
    intervals: list[tuple[list[Any], list[tuple[str, Any]]]] = [([], [])]  # beginnings, ends
    for kind, place in placed:
        if kind == "introduced":
            if intervals[-1][1] or not intervals[-1][0]:
                intervals.append(([], []))
            intervals[-1][0].append(place)
        elif kind != "limit":
            intervals[-1][1].append((kind, place))
    (_, strays), *paired = intervals
    lost = any(place is None for _, place in strays)
    kept = [stray for stray in strays if stray[1] is not None]
    for beginnings, ends in paired:
        begun = [("introduced", place) for place in beginnings if place is not None]
        ended = [end for end in ends if end[1] is not None]
        if begun and (ended or not (ends or lost)):
            kept += begun + ended
    return kept


def _look_alikes(version: str, listed: list[Any]) -> list[str]:
    """Return the listed strings that could be the same version written otherwise: cheap, so that few are parsed.

    In every scheme, two spellings of one version share the numbers of the release but for leading zeros. What follows
    a hyphen is not looked at: some schemes (Hackage's tags) do not count it.
    """
    release = version.partition("+")[0].partition("-")[0]
    number = max(re.findall(_NUMBER, release), key=len, default="")
    return [text for text in listed if type(text) is str and number in text]


def _place(scheme: _Scheme, bound: str) -> Any:
    """Return a bound's key, or None where it cannot be read; a commit is no version, though some schemes read it."""
    if len(bound) >= _COMMIT_CHARS and re.fullmatch(_COMMIT, bound):
        return None
    try:
        return _key(scheme.precedence, bound)
    except VersionError:
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    return (part for part in _list(value) if isinstance(part, dict))
