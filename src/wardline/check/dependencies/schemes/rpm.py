"""RPM packages: epoch, version and release; digits and letters by runs, `~` before the end and `^` after it.

Source: rpm-version(7) (`rpmvercmp`, and EVR strings: a missing epoch is zero, a missing release comes before any;
what is no ASCII letter or digit separates).
"""

import re
from typing import Final

from wardline.check.dependencies.schemes._parts import Key, first_number, unreadable

ID: Final = "rpm"
TITLE: Final = "RPM packages"
ECOSYSTEMS: Final = (
    "AlmaLinux",
    "Azure Linux",
    "Mageia",
    "Photon OS",
    "Red Hat",
    "Rocky Linux",
    "SUSE",
    "openEuler",
    "openSUSE",
)

_EVR: Final = re.compile(r"(?:([0-9]*):)?(.*?)(?:-([^-]*))?", re.DOTALL)
_SEGMENT: Final = re.compile(r"[0-9]+|[a-zA-Z]+|[~^]")
_TILDE: Final = (0, 0, "")
_END: Final = (1, 0, "")
_CARET: Final = (2, 0, "")


def key(version: str) -> Key:
    """Return a key that orders versions as rpm does: epoch, version, release."""
    epoch, upstream, release = _split(version)
    return (epoch, _order(upstream), () if release is None else _order(release))


def _split(version: str) -> tuple[int, str, str | None]:
    found = _EVR.fullmatch(version.strip())
    if found is None or not found[2]:
        raise unreadable(version, "RPM")
    return int(found[1] or 0), found[2], found[3]


def _order(text: str) -> Key:
    return (*map(_segment, _SEGMENT.findall(text)), _END)


def _segment(text: str) -> tuple[int, int, str]:
    if text == "~":
        return _TILDE
    if text == "^":
        return _CARET
    return (4, int(text), "") if text.isdigit() else (3, 0, text)


def prerelease(version: str) -> bool:
    """Return whether the version has a `~`, by which RPM marks what comes before a release."""
    return "~" in _split(version)[1]


def major(version: str) -> str:
    """Return the first number of the version."""
    return first_number(_split(version)[1])
