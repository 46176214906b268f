"""Alpine packages, and those of the other distributions that use apk.

Source: apk-package(5) ("digit{.digit}...{letter}{_suf{#}}...{~hash}{-r#}") and apk-tools 3. A number that starts with
a zero is compared as text, except for the first. Numbers after a letter (`1.8.1p2`), which apk-tools 2 knew and some
packages of its time have, are read as it did.
"""

import re
from typing import Final

from wardline.check.dependencies.schemes._parts import Key, unreadable

ID: Final = "alpine"
TITLE: Final = "Alpine packages"
ECOSYSTEMS: Final = (
    "Alpaquita",
    "Alpine",
    "BellSoft Hardened Containers",
    "Chainguard",
    "CleanStart",
    "MinimOS",
    "Wolfi",
)

_VERSION: Final = re.compile(
    r"(?P<first>[0-9]+)"
    r"(?P<numbers>(?:\.[0-9]+)*)"
    r"(?:(?P<letter>[a-z])(?P<lettered>[0-9]*))?"
    r"(?P<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)"
    r"(?:~(?P<hash>[0-9a-f]+))?"
    r"(?:-r(?P<revision>[0-9]+))?"
)
_SUFFIX: Final = re.compile(r"_([a-z]+)([0-9]*)")
_BEFORE: Final = ("alpha", "beta", "pre", "rc")
_AFTER: Final = ("cvs", "svn", "git", "hg", "p")

# What may follow, the least first: a suffix of a pre-release comes before the end, and everything else after it.
_PRE, _END, _REVISION, _HASH, _SUFFIX_NUMBER, _POST, _LETTER, _NUMBER = range(8)


def key(version: str) -> Key:
    """Return a key that orders versions as apk does."""
    found = _read(version)
    parts: list[Key] = [(_NUMBER, 1, int(found["first"]), "")]
    parts.extend(
        (_NUMBER, 0, 0, digits) if digits[0] == "0" else (_NUMBER, 1, int(digits), "")
        for digits in found["numbers"].split(".")[1:]
    )
    if found["letter"]:
        parts.append((_LETTER, found["letter"]))
    if found["lettered"]:
        parts.append((_NUMBER, 1, int(found["lettered"]), ""))
    for name, digits in _SUFFIX.findall(found["suffixes"]):
        parts.append((_PRE, _BEFORE.index(name)) if name in _BEFORE else (_POST, _AFTER.index(name)))
        if digits:
            parts.append((_SUFFIX_NUMBER, int(digits)))
    if found["hash"]:
        parts.append((_HASH, found["hash"]))
    if found["revision"]:
        parts.append((_REVISION, int(found["revision"])))
    return (*parts, (_END,))


def _read(version: str) -> re.Match[str]:
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        raise unreadable(version, "Alpine")
    return found


def prerelease(version: str) -> bool:
    """Return whether one of its suffixes is `_alpha`, `_beta`, `_pre` or `_rc`."""
    return any(name in _BEFORE for name, _ in _SUFFIX.findall(_read(version)["suffixes"]))


def major(version: str) -> str:
    """Return the first number."""
    return str(int(_read(version)["first"]))
