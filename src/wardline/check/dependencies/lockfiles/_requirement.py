"""One requirement as Python writes it: `name[extra] >=1.0 ; marker` or `name @ url`.

Source: the dependency specifiers of the Python packaging user guide (PEP 508, PEP 440).
"""

import re
from typing import Final, NamedTuple

_REQUIREMENT: Final = re.compile(
    r"\s*+(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*+(?:\[(?P<extras>[^\]]*)\])?\s*+(?P<rest>.*)\Z",
    re.DOTALL,
)
_OPERATORS: Final = ("===", "~=", "==", "!=", "<=", ">=", "<", ">")
_EXACT: Final = re.compile(r"\s*(?:==\s*(v?\d[\w.!+-]*)|===\s*([\w.!+-]+))\s*\Z")
_SEPARATORS: Final = re.compile(r"[-_.]+")
_WHEEL: Final = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl\Z")
_SDIST: Final = re.compile(r"(.+?)-(v?\d[^-]*)\.(?:tar\.gz|zip|tar\.bz2|tar\.xz|tgz)\Z")


class Requirement(NamedTuple):
    """A requirement's parts, stripped; `specifier` and `url` are empty where there are none."""

    name: str
    extras: tuple[str, ...]
    specifier: str
    url: str
    marker: str

    @property
    def exact(self) -> str | None:
        """Return the one version that this requirement allows, or None."""
        found = filter(None, map(_EXACT.match, self.specifier.split(",")))
        return next((match[1] or match[2] for match in found), None)


def parsed(line: str) -> Requirement | None:
    """Return the parts of a requirement, or None where it is none."""
    match = _REQUIREMENT.match(line)
    if match is None:
        return None
    rest = match["rest"].strip()
    extras = tuple(filter(None, (extra.strip() for extra in (match["extras"] or "").split(","))))
    if rest.startswith("@"):
        url, _, marker = rest[1:].strip().partition(" ;")
        return Requirement(match["name"], extras, "", url.strip(), marker.strip())
    specifier, _, marker = map(str.strip, rest.partition(";"))
    if specifier.startswith("(") and specifier.endswith(")"):
        specifier = specifier[1:-1].strip()
    if specifier and not specifier.startswith(_OPERATORS):
        return None
    return Requirement(match["name"], extras, specifier, "", marker)


def normalised(name: str) -> str:
    """Return a name as the registry compares it (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()


def named_in_file(file: str) -> tuple[str, str] | None:
    """Return the name and version that a wheel's or source archive's file name gives, or None.

    Source: the binary and source distribution formats of the Python packaging user guide.
    """
    found = _WHEEL.match(file) or _SDIST.match(file)
    return (found.group(1), found.group(2)) if found else None
