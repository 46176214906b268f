"""`.wardline/policy.toml`: what a repository decides about its own checks. An unknown key is an error, never ignored.

    [check]
    fail_on = "low"                       # findings of this severity and above block; "unknown" always does

    [scope]
    exclude = [{path = "examples/**", reason = "bundled to be found wanting"}]

    [exposure]
    rules = ".gitleaks.toml"              # rules of your own in gitleaks' format; else .wardline/exposure.toml

    [dependencies]
    max_advisory_age_days = 14            # older advisories are a gap; without it their date is only shown
    vex = ["security/vex.json"]           # OpenVEX or CycloneDX statements about this repository's dependencies

Patterns are matched against `/`-separated paths from the repository's root: `*` and `?` stay within one folder, `**`
crosses folders, and a pattern that names a folder takes everything in it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from wardline.findings.report import SEVERITIES, Severity
from wardline.kernel import toml
from wardline.kernel.errors import AskedWronglyError

PATH: Final = ".wardline/policy.toml"
MAX_BYTES: Final = 1024 * 1024
MAX_EXCLUSIONS: Final = 1000
_MIN_REASON: Final = 10
_MAX_CROSSINGS: Final = 3
_NAMES: Final[Mapping[str, frozenset[str]]] = {
    "check": frozenset({"fail_on"}),
    "scope": frozenset({"exclude"}),
    "dependencies": frozenset({"max_advisory_age_days", "vex"}),
    "exposure": frozenset({"rules"}),
}


class PolicyFileError(AskedWronglyError):
    """The policy file says something that cannot be obeyed: the place, and what it may say instead."""

    code = "policy-file"


class Exclusion(NamedTuple):
    """A part of the tree that is out of scope, and why. Counted in the coverage, never silent."""

    path: str
    reason: str


class Policy(NamedTuple):
    """What a policy file decides; the defaults are those of a repository without one."""

    fail_on: Severity = "low"
    exclude: tuple[Exclusion, ...] = ()
    max_advisory_age_days: int | None = None
    vex: tuple[str, ...] = ()
    exposure_rules: str = ""  # a path in the repository; empty: where such a file stands by custom

    def excluded(self) -> Callable[[str], bool]:
        """Return a function that says whether a path is out of scope."""
        if not self.exclude:
            return lambda _: False
        match = re.compile("|".join(_expression(exclusion.path) for exclusion in self.exclude), re.DOTALL).match
        return lambda path: match(path) is not None


def read(data: bytes, path: str = PATH) -> Policy:
    """Return the policy in a file's bytes.

    Raises: `PolicyFileError` for what is no TOML, an unknown key, a wrong type, or an exclusion without a reason.
    """
    if len(data) > MAX_BYTES:
        raise PolicyFileError(f"{path}: larger than {MAX_BYTES // 1024} KB")
    try:
        document = toml.load(data)
    except toml.TomlError as error:
        raise PolicyFileError(f"{path}: {error.detail}", hint=error.hint) from error
    for table, values in document.items():
        if table not in _NAMES:
            raise PolicyFileError(f"{path}: unknown table [{table}]", hint=f"there are: {_listed(_NAMES)}")
        if not isinstance(values, dict):
            raise PolicyFileError(f"{path}: {table} is a table", hint=f"write [{table}] on a line of its own")
        for key in values:
            if key not in _NAMES[table]:
                raise PolicyFileError(
                    f"{path}: unknown key {key!r} in [{table}]", hint=f"there are: {_listed(_NAMES[table])}"
                )
    return Policy(
        fail_on=_fail_on(document, path),
        exclude=_exclusions(document, path),
        max_advisory_age_days=_days(document, path),
        vex=_vex(document, path),
        exposure_rules=_rules(document, path),
    )


def _fail_on(document: Mapping[str, Any], path: str) -> Severity:
    named = document.get("check", {}).get("fail_on", "low")
    for severity in SEVERITIES:
        if named == severity != "unknown":
            return severity
    possible = _listed(severity for severity in SEVERITIES if severity != "unknown")
    raise PolicyFileError(f"{path}: [check] fail_on is {named!r}", hint=f"it may be: {possible}")


def _exclusions(document: Mapping[str, Any], path: str) -> tuple[Exclusion, ...]:
    named = document.get("scope", {}).get("exclude", [])
    hint = 'write exclude = [{path = "examples/**", reason = "why it is out of scope"}]'
    if not isinstance(named, list) or len(named) > MAX_EXCLUSIONS:
        raise PolicyFileError(f"{path}: [scope] exclude is a list of at most {MAX_EXCLUSIONS} tables", hint=hint)
    found = []
    for number, entry in enumerate(named, 1):
        place = f"{path}: [scope] exclude, entry {number}"
        if not isinstance(entry, dict) or set(entry) != {"path", "reason"}:
            raise PolicyFileError(f"{place}: has exactly the keys path and reason", hint=hint)
        pattern, reason = entry["path"], entry["reason"]
        if not isinstance(pattern, str) or not pattern.strip("*/? ") or pattern.startswith(("/", "../")):
            raise PolicyFileError(f"{place}: path names no part of the tree, or all of it", hint=hint)
        if pattern.count("**") > _MAX_CROSSINGS:  # each one multiplies the time that a match may take
            raise PolicyFileError(f"{place}: path has ** at most {_MAX_CROSSINGS} times", hint=hint)
        if not isinstance(reason, str) or len(reason.strip()) < _MIN_REASON:
            raise PolicyFileError(f"{place}: a reason of at least {_MIN_REASON} characters is owed", hint=hint)
        found.append(Exclusion(path=pattern, reason=reason.strip()))
    return tuple(found)


def _days(document: Mapping[str, Any], path: str) -> int | None:
    days = document.get("dependencies", {}).get("max_advisory_age_days")
    if days is None:
        return None
    if isinstance(days, bool) or not isinstance(days, int) or days < 1:
        raise PolicyFileError(f"{path}: [dependencies] max_advisory_age_days is a whole number of days, 1 or more")
    return days


def _vex(document: Mapping[str, Any], path: str) -> tuple[str, ...]:
    named = document.get("dependencies", {}).get("vex", [])
    if not isinstance(named, list) or not all(isinstance(name, str) and name for name in named):
        raise PolicyFileError(f"{path}: [dependencies] vex is a list of paths in the repository")
    return tuple(named)


def _rules(document: Mapping[str, Any], path: str) -> str:
    named = document.get("exposure", {}).get("rules", "")
    if not isinstance(named, str):
        raise PolicyFileError(f"{path}: [exposure] rules is the path of a file in the repository")
    return named.removeprefix("./")


def _expression(pattern: str) -> str:
    """Return the regular expression of a pattern; what it matches may be a folder, then all in it matches."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./").rstrip("/"))
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "(?:" + "".join(meaning.get(part) or re.escape(part) for part in parts) + r")(?:/.*)?\Z"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
