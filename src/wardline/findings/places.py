"""Where a finding is, in one line; and whether a gap's scope has it inside. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

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
    """Return whether one of `files` lies in a gap of its practice: see `Unexamined`, which is quicker for many."""
    return Unexamined(gaps).hides(practice, files, package=package)


class Unexamined:
    """Whether something lies in a gap of its practice: then its absence from a report says nothing.

    A scope is a file, a folder, or a package ("PyPI flask 3.0"), which is told by its name. One that names neither (a
    registry, "the sandbox") may hold anything, and so does one whose practice is not said; so may every scope for what
    is in no file.
    """

    def __init__(self, gaps: Mapping[str, Collection[str]]) -> None:
        """Take what `scopes` returns."""
        self._gaps: Final = gaps
        self._scopes: Final[dict[str, _Scopes]] = {}

    def hides(self, practice: str, files: Collection[str], *, package: str = "") -> bool:
        """Return whether one of `files`, or the package, does. It takes no longer where there are many gaps."""
        scopes = self._scopes.get(practice)
        if scopes is None:
            scopes = self._scopes[practice] = _indexed((*self._gaps.get(practice, ()), *self._gaps.get("", ())))
        named = practice == "dependencies" and bool(package)
        if scopes.whole or (scopes.packages and (not named or package in scopes.packages)):
            return True
        if not files:
            return scopes.others
        return any(file in scopes.exact or not scopes.folders.isdisjoint(_folders(file)) for file in files)


class _Scopes(NamedTuple):
    """The gaps of one practice. `whole`: one may hold anything; `packages`: of those that name one."""

    whole: bool
    others: bool
    packages: frozenset[str]
    exact: frozenset[str]
    folders: frozenset[str]


def _indexed(scopes: Collection[str]) -> _Scopes:
    packages = {words[1] for scope in scopes if len(words := scope.split()) == 3}
    others = [scope for scope in scopes if len(scope.split()) != 3]
    return _Scopes(
        whole=any(scope in _WHOLE or not _path(scope) for scope in others),
        others=bool(others),
        packages=frozenset(packages),
        exact=frozenset(scopes),
        folders=frozenset(scope.rstrip("/") + "/" for scope in scopes),
    )


def _folders(file: str) -> Iterator[str]:
    """Yield every folder that a file is in, with a slash at its end."""
    end = file.find("/")
    while end >= 0:
        yield file[: end + 1]
        end = file.find("/", end + 1)


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
