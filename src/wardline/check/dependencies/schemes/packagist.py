"""PHP packages: what Composer makes of a version, in the order of PHP's `version_compare`.

Source: composer/semver's `VersionParser::normalize` (four numbers, stability suffixes, dates, `1.x-dev`, `dev-branch`)
and PHP's `version_compare` (dev < alpha < beta < RC < the release < patch).

What Composer refuses but has numbers and dots in front (`1.2.3.4.5`, `3.0.0b1.post1`) is left to PHP as it is.

A branch without a number (`dev-main`) comes before every release in this order, but Composer holds that no range
contains it: so does `unordered`.
"""

import re
from typing import Final

from wardline.check.dependencies.schemes._parts import Key, unreadable

ID: Final = "packagist"
TITLE: Final = "PHP packages"
ECOSYSTEMS: Final = ("Packagist",)

_MODIFIER: Final = r"[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?[0-9]++(?:[.-][0-9]++)*)?)?)?([.-]?dev)?"
_ALIAS: Final = re.compile(r"([^,\s]++) ++as ++[^,\s]+")
_FLAG: Final = re.compile(r"@(?:stable|RC|beta|alpha|dev)$", re.IGNORECASE)
_METADATA: Final = re.compile(r"([^,\s+]+)\+[^\s]+")
_CLASSIC: Final = re.compile(rf"v?([0-9]{{1,5}})(\.[0-9]+)?(\.[0-9]+)?(\.[0-9]+)?{_MODIFIER}", re.IGNORECASE)
_DATED: Final = re.compile(
    rf"v?([0-9]{{4}}(?:[.:-]?[0-9]{{2}}){{1,6}}(?:[.:-]?[0-9]{{1,3}})?){_MODIFIER}", re.IGNORECASE
)
_BRANCH: Final = re.compile(r"v?([0-9]+)(?:\.([0-9]+|[x*]))?(?:\.([0-9]+|[x*]))?(?:\.([0-9]+|[x*]))?", re.IGNORECASE)
_DEV: Final = re.compile(r"(.*?)[.-]?dev", re.IGNORECASE | re.DOTALL)
_NUMBERED: Final = re.compile(r"[vV]?([0-9]+\.[0-9A-Za-z._+~-]*)")
_STABILITIES: Final = {"a": "alpha", "b": "beta", "p": "patch", "pl": "patch", "rc": "RC"}
_DEFAULT_BRANCHES: Final = frozenset({"master", "trunk", "default"})
_BRANCH_PREFIX: Final = "dev-"
_ANY_NUMBER: Final = "9999999"

_PART: Final = re.compile(r"[0-9]+|[a-zA-Z]+")
_FORMS: Final = (("dev", 0), ("a", 1), ("b", 2), ("RC", 3), ("rc", 3), ("p", 6))  # what a word begins with
_UNKNOWN: Final = -1
_END: Final = (4,)
_NUMBER: Final = 5
_LONGEST: Final = 2**63 - 1  # where C's strtol ends


def normalised(version: str) -> str:
    """Return the version as Composer writes it (`v1.2-beta3` -> `1.2.0.0-beta3`), or nearly as it stands."""
    text = version.strip(" \t\n\r\0\x0b")
    alias = _ALIAS.fullmatch(text)
    text = _FLAG.sub("", alias[1] if alias else text)
    if text in _DEFAULT_BRANCHES:
        text = _BRANCH_PREFIX + text
    if text[:4].lower() == _BRANCH_PREFIX:
        return _BRANCH_PREFIX + text[4:]
    metadata = _METADATA.fullmatch(text)
    text = metadata[1] if metadata else text
    if found := _CLASSIC.fullmatch(text):
        major, *rest = found.group(1, 2, 3, 4)
        return _with_modifier(str(major) + "".join(part or ".0" for part in rest), found.groups()[4:])
    if found := _DATED.fullmatch(text):
        return _with_modifier(re.sub(r"[^0-9]", ".", found[1]), found.groups()[1:])
    dev = _DEV.fullmatch(text)
    branch = _BRANCH.fullmatch(dev[1].strip()) if dev else None
    if branch is None:
        found = _NUMBERED.fullmatch(text)
        if found is None:
            raise unreadable(version, "Composer")
        return found[1]
    numbers = [_ANY_NUMBER if part is None or part in "xX*" else part for part in branch.groups()]
    return ".".join(numbers) + "-dev"


def _with_modifier(version: str, modifier: tuple[str | None, ...]) -> str:
    stability, number, dev = modifier
    if stability:
        shown = stability.lower()
        if stability == "stable":
            return version
        version += f"-{_STABILITIES.get(shown, shown)}{(number or '').lstrip('.-')}"
    return f"{version}-dev" if dev else version


def key(version: str) -> Key:
    """Return a key that orders versions as Composer does."""
    text = normalised(version)
    if text.startswith(_BRANCH_PREFIX):
        return ((0, 0), text)
    return (*map(_part, _PART.findall(text)), _END)


def _part(text: str) -> tuple[int, int]:
    if text.isdigit():
        return (_NUMBER, min(int(text), _LONGEST))
    return (next((rank for form, rank in _FORMS if text.startswith(form)), _UNKNOWN), 0)


def unordered(version: str) -> bool:
    """Return whether it is a branch without a number, which no range of releases contains."""
    return normalised(version).startswith(_BRANCH_PREFIX)


def prerelease(version: str) -> bool:
    """Return whether it is a branch, an alpha, a beta or a candidate."""
    return any(rank < _END[0] for rank, *_ in key(version) if isinstance(rank, int))


def major(version: str) -> str:
    """Return the first number; for a branch without one, its name."""
    text = normalised(version)
    return text if text.startswith(_BRANCH_PREFIX) else str(int(text.partition(".")[0].partition("-")[0]))
