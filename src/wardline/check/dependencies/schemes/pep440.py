"""Python packages: PEP 440, and before all of its versions those that are older than the rule.

Source: PEP 440 with its appendix B, and for other strings the ordering that setuptools had (`pkg_resources`'
`parse_version`, later `LegacyVersion`), which osv.dev keeps: no string is unreadable, and any legacy version comes
before any PEP 440 version.
"""

import re
from typing import Final

from wardline.check.dependencies.schemes._parts import Key, first_number

ID: Final = "pep440"
TITLE: Final = "Python packages (PEP 440)"
ECOSYSTEMS: Final = ("PyPI",)

_VERSION: Final = re.compile(
    r"""\s*v?
    (?:(?P<epoch>[0-9]+)!)?
    (?P<release>[0-9]+(?:\.[0-9]+)*)
    (?:[-_.]?(?P<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_number>[0-9]+)?)?
    (?P<post>-(?P<post_bare>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>[0-9]+)?)?
    (?P<dev>[-_.]?dev[-_.]?(?P<dev_number>[0-9]+)?)?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_PHASES: Final = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}
_LOCAL_SEPARATOR: Final = re.compile(r"[-_.]")

_LEGACY_PART: Final = re.compile(r"(\d+|[a-z]+|\.|-)")
_LEGACY_NAMES: Final = {"pre": "c", "preview": "c", "-": "final-", "rc": "c", "dev": "@"}
_LEGACY_EPOCH: Final = -1

_BEFORE_ALL: Final = (-1,)
_AFTER_ALL: Final = (1,)


def key(version: str) -> Key:
    """Return a key that orders versions by PEP 440 ("Summary of permitted suffixes and relative ordering")."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return _legacy(version)
    release = [int(part) for part in found["release"].split(".")]
    while len(release) > 1 and not release[-1]:
        release.pop()
    dev = (0, int(found["dev_number"] or 0)) if found["dev"] else _AFTER_ALL
    post = int(found["post_bare"] or found["post_number"] or 0) if found["post"] else -1
    if found["pre"]:
        phase = found["pre"].lower()
        pre: Key = (0, _PHASES.get(phase, phase), int(found["pre_number"] or 0))
    else:  # 1.0.dev1 comes before 1.0a1
        pre = _BEFORE_ALL if found["dev"] and not found["post"] else _AFTER_ALL
    return (int(found["epoch"] or 0), tuple(release), pre, post, dev, _local(found["local"]))


def _local(text: str | None) -> Key:
    if text is None:
        return ()
    parts = _LOCAL_SEPARATOR.split(text.lower())
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)


def _legacy(version: str) -> Key:
    parts: list[str] = []
    for part in (*_LEGACY_PART.split(version.lower()), "final"):
        shown = _LEGACY_NAMES.get(part, part)
        if not shown or shown == ".":
            continue
        if shown[0] in "0123456789":
            parts.append(shown.zfill(8))
            continue
        shown = "*" + shown
        if shown < "*final":  # a hyphen before a pre-release says nothing
            while parts and parts[-1] == "*final-":
                parts.pop()
        while parts and parts[-1] == "00000000":
            parts.pop()
        parts.append(shown)
    return (_LEGACY_EPOCH, tuple(parts))


def prerelease(version: str) -> bool:
    """Return whether it is an alpha, beta, candidate or development release; a legacy version is none."""
    found = _VERSION.fullmatch(version)
    return found is not None and bool(found["pre"] or found["dev"])


def major(version: str) -> str:
    """Return the first number of the release, after its epoch if that is not zero."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return first_number(version)
    first = str(int(found["release"].partition(".")[0]))
    epoch = int(found["epoch"] or 0)
    return f"{epoch}!{first}" if epoch else first
