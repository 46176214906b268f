"""Where a finding is, in one line; and whether a gap's scope has it inside. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from wardline.findings.report import SEVERITIES, Finding, Severity
from wardline.kernel.text import printable

_MAX_CHARS: Final = 300
_WHOLE: Final = frozenset({"", ".", "/", "*", "**"})
URGENCY: Final[Mapping[Severity, int]] = {"critical": 0, "high": 1, "unknown": 1, "medium": 2, "low": 3, "info": 4}


def place(finding: Finding) -> str:
    """Return where the finding is: package@version, file:line, or its location."""
    if finding.package is not None:
        return printable(f"{finding.package.name}@{finding.package.version}", max_chars=_MAX_CHARS)
    if finding.file is not None:
        return printable(f"{finding.file}:{finding.line}" if finding.line else finding.file, max_chars=_MAX_CHARS)
    return printable(finding.location.value if finding.location else "", max_chars=_MAX_CHARS)


def scopes(gaps: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Return what was not examined, by practice. A gap that says neither stands for everything."""
    found: dict[str, set[str]] = {}
    for gap in gaps:
        practice, scope = gap.get("practice"), gap.get("scope")
        found.setdefault(practice if isinstance(practice, str) else "", set()).add(
            scope if isinstance(scope, str) else "."
        )
    return {practice: frozenset(inside) for practice, inside in found.items()}


def unexamined(
    practice: str, files: Collection[str], gaps: Mapping[str, Collection[str]], *, package: str = ""
) -> bool:
    """Return whether one of `files` lies in a gap of its practice: then its absence from a report says nothing.

    A scope is a file, a folder, or a package ("PyPI flask 3.0"), which is told by its name. One that names neither (a
    registry, "the sandbox") may hold anything, and so does one whose practice is not said; so may every scope for what
    is in no file.
    """
    for scope in (*gaps.get(practice, ()), *gaps.get("", ())):
        words = scope.split()
        if practice == "dependencies" and package and len(words) == 3:
            if words[1] == package:
                return True
        elif scope in _WHOLE or not files or not _path(scope):
            return True
        folder = scope.rstrip("/") + "/"
        if any(file == scope or file.startswith(folder) for file in files):
            return True
    return False


def package_of(place: str) -> str:
    """Return the name of the package that a place (`place`) names."""
    return place.rpartition("@")[0]


def _path(scope: str) -> bool:
    """Return whether a scope reads as the path of a file or folder in the examined tree."""
    return ("/" in scope or "." in scope) and "://" not in scope and "@" not in scope and " " not in scope.strip()


def rank(severity: str) -> int:
    """Return the place of a severity in the order of urgency: 0 is critical."""
    return URGENCY.get(severity, 1)  # type: ignore[call-overload,no-any-return] # any text is asked for


def worst(severities: Iterable[Severity]) -> Severity:
    """Return the most urgent of some severities."""
    return min(severities, key=lambda one: (URGENCY[one], SEVERITIES.index(one)))
