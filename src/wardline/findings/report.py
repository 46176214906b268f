"""What a check reports: findings, gaps, coverage, and the verdict that follows from them.

Pure values, standard library only: the same nouns serve `check` without a server, the importers of other tools'
reports, and the server itself. Owners and clocks are not here; `findings.model` adds them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any, Final, Literal, Self, get_args

SCHEMA: Final = 1

Practice = Literal["dependencies", "exposure", "code", "pipeline", "policy", "pentest", "other"]
Severity = Literal["critical", "high", "medium", "low", "info", "unknown"]
Confidence = Literal["high", "medium", "low"]
Verdict = Literal["pass", "block", "cannot-say"]
LocationKind = Literal["url", "resource"]

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
_WEIGHT: Final[dict[Severity, int]] = {"critical": 5, "unknown": 4, "high": 4, "medium": 3, "low": 2, "info": 1}


def at_least(severity: Severity, threshold: Severity) -> bool:
    """Return whether `severity` reaches `threshold`. Unknown reaches every threshold: unknown is never a pass."""
    return severity == "unknown" or _WEIGHT[severity] >= _WEIGHT[threshold]


def fingerprint(family: str, *context: str) -> str:
    """Return the identity of what is wrong: 32 hexadecimal digits over a rule family and its stable context.

    The context is what stays the same while the wrong thing stays: never a line number, a severity, a version or a
    text, and never a guessable secret value. Parts are length-prefixed, so no two contexts run together.
    """
    digest = sha256()
    for part in (family, *context):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(encoded) + encoded)
    return digest.hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What repairs a finding: a command where a machine can do it, else what a person does."""

    kind: str  # "upgrade", "remove", "edit", "rotate"
    text: str
    version: str | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRef:
    """The package that a finding is about; `paths` are chains of `name@version`, the direct dependency first."""

    ecosystem: str
    name: str
    version: str
    purl: str
    paths: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a finding is when it is in no file."""

    kind: LocationKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the path from a source to a sink."""

    file: str
    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploited:
    """The finding's vulnerability is known to be exploited (CISA's catalogue): since when, and due by when there."""

    since: str | None = None
    due: str | None = None
    ransomware: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """Why a finding does not count for now; `until` is a date (YYYY-MM-DD) or None where its source sets none (VEX)."""

    source: str  # the file that says so
    reason: str
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, where, how bad, how sure, and how to repair it.

    `file` is relative to the examined tree, `/`-separated, printable. Either `file` or `location` is set. `advisories`
    holds ids and aliases, the canonical id first. One fingerprint may occur more than once in a report (one package
    in two lockfiles): that is one wrong thing at two places.
    """

    fingerprint: str
    practice: Practice
    rule: str
    title: str
    severity: Severity
    confidence: Confidence
    message: str
    file: str | None = None
    line: int | None = None
    end_line: int | None = None
    column: int | None = None
    location: Location | None = None
    cwe: tuple[str, ...] = ()  # "CWE-79"
    fix: Fix | None = None
    package: PackageRef | None = None
    advisories: tuple[str, ...] = ()
    trace: tuple[Step, ...] = ()
    blocks: bool = False  # blocks whatever the threshold: malware
    exploited: Exploited | None = None
    exploit_probability: float | None = None  # EPSS, 0..1
    suppression: Suppression | None = None

    def __post_init__(self) -> None:
        """Refuse a finding that is nowhere."""
        if (self.file is None) == (self.location is None):
            detail = "a finding is in a file or at a location, and not in both"
            raise ValueError(detail)

    def urgency(self) -> tuple[bool, bool, int, float, str, str, int, str]:
        """Return a sort key, most urgent first: malware, known exploited, severity, likelihood, then the place."""
        return (
            not self.blocks,
            self.exploited is None,
            -_WEIGHT[self.severity],
            -(self.exploit_probability or 0.0),
            self.package.name if self.package else "",
            self.file or "",
            self.line or 0,
            self.fingerprint,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something in scope that was not examined, why, and what to do about it. Never a pass."""

    practice: Practice
    scope: str
    reason: str
    remedy: str
    units: int = 1  # how many of the practice's units (packages, files) it stands for


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of one practice's scope was examined, in its units. `in_scope == examined + gaps` always.

    `excluded` were taken out of scope by the policy file, with a reason; `data_date` dates the data they were held
    against (ISO 8601), None where the practice needs none or has none.
    """

    in_scope: int = 0
    examined: int = 0
    gaps: int = 0
    excluded: int = 0
    suppressed: int = 0
    data_date: str | None = None

    def __post_init__(self) -> None:
        """Refuse an account that does not add up."""
        if self.in_scope != self.examined + self.gaps:
            detail = f"{self.in_scope} in scope, but {self.examined} examined + {self.gaps} not examined"
            raise ValueError(detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that one check found and did not look at, by practice in scope. `suppressed` findings do not count."""

    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    coverage: Mapping[Practice, Coverage] = field(default_factory=dict)
    suppressed: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()  # what the reader should know and the verdict does not depend on
    fail_on: Severity = "low"

    @property
    def verdict(self) -> Verdict:
        """Return the answer: `block` wins over `cannot-say`, and that over `pass`."""
        if any(map(self.blocking, self.findings)):
            return "block"
        return "cannot-say" if self.gaps or not self.coverage else "pass"

    def blocking(self, finding: Finding) -> bool:
        """Return whether this finding alone makes the verdict `block`."""
        return finding.blocks or at_least(finding.severity, self.fail_on)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values: the `check --format json` document, schema 1."""
        return {
            "schema": SCHEMA,
            "verdict": self.verdict,
            "fail_on": self.fail_on,
            "findings": [finding_to_dict(finding) for finding in self.findings],
            "gaps": [_plain(gap) for gap in self.gaps],
            "coverage": {practice: _plain(part) for practice, part in self.coverage.items()},
            "suppressed": [finding_to_dict(finding) for finding in self.suppressed],
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the report that `to_dict` wrote; raises `KeyError`, `TypeError` or `ValueError` on any other shape."""
        return cls(
            findings=tuple(map(finding_from_dict, document["findings"])),
            gaps=tuple(Gap(**gap) for gap in document["gaps"]),
            coverage={practice: Coverage(**part) for practice, part in document["coverage"].items()},
            suppressed=tuple(map(finding_from_dict, document["suppressed"])),
            notes=tuple(document["notes"]),
            fail_on=document["fail_on"],
        )


def finding_to_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON-ready values, every key present."""
    document = _plain(finding)
    document["location"] = (
        {"kind": finding.location.kind, finding.location.kind: finding.location.value} if finding.location else None
    )
    document["trace"] = [_plain(step) for step in finding.trace]
    for name in ("fix", "package", "exploited", "suppression"):
        part = getattr(finding, name)
        document[name] = _plain(part) if part is not None else None
    return document


def finding_from_dict(document: Mapping[str, Any]) -> Finding:
    """Return the finding that `finding_to_dict` wrote; raises `KeyError`, `TypeError` or `ValueError` otherwise."""
    values: dict[str, Any] = dict(document)
    for name in ("cwe", "advisories"):
        values[name] = tuple(values[name])
    values["trace"] = tuple(Step(**step) for step in values["trace"])
    if values["location"] is not None:
        kind = values["location"]["kind"]
        values["location"] = Location(kind=kind, value=values["location"][kind])
    if values["package"] is not None:
        paths = tuple(map(tuple, values["package"]["paths"]))
        values["package"] = PackageRef(**{**values["package"], "paths": paths})
    for name, kind in (("fix", Fix), ("exploited", Exploited), ("suppression", Suppression)):
        if values[name] is not None:
            values[name] = kind(**values[name])
    return Finding(**values)


def most_urgent_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings in the order in which they want attention."""
    return tuple(sorted(findings, key=Finding.urgency))


def _plain(value: Any) -> dict[str, Any]:
    return {part.name: _listed(getattr(value, part.name)) for part in fields(value)}


def _listed(value: Any) -> Any:
    return [_listed(part) for part in value] if isinstance(value, tuple) else value
