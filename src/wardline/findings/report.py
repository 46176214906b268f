"""What a check reports: findings, gaps, coverage, and the verdict that follows from them.

Pure values, standard library only: the same nouns serve `check` without a server, the importers of other tools'
reports, and the server itself. Owners and clocks are not here; `findings.model` adds them.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType, UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Self, TypeVar, get_args, get_origin

try:  # as `kernel.digests`, which this module may not know: hashlib loads OpenSSL
    from _sha2 import sha256  # type: ignore[import-not-found] # Python 3.12 and later
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found] # Python 3.11
    except ImportError:
        from hashlib import sha256

_T = TypeVar("_T")

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
    identity: str = digest.hexdigest()
    return identity[:32]


class Fix(NamedTuple):
    """What repairs a finding: a command where a machine can do it, else what a person does."""

    kind: str  # "upgrade", "remove", "edit", "rotate"
    text: str
    version: str | None = None
    command: str | None = None


class PackageRef(NamedTuple):
    """The package that a finding is about; `paths` are chains of `name@version`, the direct dependency first."""

    ecosystem: str
    name: str
    version: str
    purl: str
    paths: tuple[tuple[str, ...], ...] = ()


class Location(NamedTuple):
    """Where a finding is when it is in no file."""

    kind: LocationKind
    value: str


class Step(NamedTuple):
    """One step of the path from a source to a sink."""

    file: str
    line: int
    message: str


class Exploited(NamedTuple):
    """The finding's vulnerability is known to be exploited (CISA's catalogue): since when, and due by when there."""

    since: str | None = None
    due: str | None = None
    ransomware: bool = False


class Suppression(NamedTuple):
    """Why a finding does not count for now; `until` is a date (YYYY-MM-DD) or None where its source sets none (VEX)."""

    source: str  # the file that says so
    reason: str
    until: str | None


class _FindingFields(NamedTuple):
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
    vector: str | None = None  # CVSS, as the advisory or the tool gave it
    context: tuple[str, ...] = ()  # what stands around it, values left out: it is known again by this where it moved


class Finding(_FindingFields):
    """One thing that is wrong, where, how bad, how sure, and how to repair it.

    `file` is relative to the examined tree, `/`-separated, printable. Either `file` or `location` is set. `advisories`
    holds ids and aliases, the canonical id first. One fingerprint may occur more than once in a report (one package
    in two lockfiles): that is one wrong thing at two places.
    """

    __slots__ = ()

    if not TYPE_CHECKING:  # type checkers see the fields' own constructor

        def __new__(cls, *values: Any, **named: Any) -> Self:
            """Refuse a finding that is nowhere."""
            made = super().__new__(cls, *values, **named)
            if (made.file is None) == (made.location is None):
                detail = "a finding is in a file or at a location, and not in both"
                raise ValueError(detail)
            return made

        @classmethod
        def _make(cls, values: Iterable[Any]) -> Self:
            return cls(*values)

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


class Gap(NamedTuple):
    """Something in scope that was not examined, why, and what to do about it. Never a pass."""

    practice: Practice
    scope: str
    reason: str
    remedy: str
    units: int = 1  # how many of the practice's units (packages, files) it stands for


class _CoverageFields(NamedTuple):
    in_scope: int = 0
    examined: int = 0
    gaps: int = 0
    excluded: int = 0
    suppressed: int = 0
    data_date: str | None = None


class Coverage(_CoverageFields):
    """How much of one practice's scope was examined, in its units. `in_scope == examined + gaps` always.

    `excluded` were taken out of scope by the policy file, with a reason; `data_date` dates the data they were held
    against (ISO 8601), None where the practice needs none or has none.
    """

    __slots__ = ()

    if not TYPE_CHECKING:  # type checkers see the fields' own constructor

        def __new__(cls, *values: Any, **named: Any) -> Self:
            """Refuse an account that does not add up."""
            made = super().__new__(cls, *values, **named)
            if made.in_scope != made.examined + made.gaps:
                detail = f"{made.in_scope} in scope, but {made.examined} examined + {made.gaps} not examined"
                raise ValueError(detail)
            if min(made.examined, made.gaps, made.excluded, made.suppressed) < 0:
                detail = "less than nothing cannot be examined, a gap, excluded or suppressed"
                raise ValueError(detail)
            return made

        @classmethod
        def _make(cls, values: Iterable[Any]) -> Self:
            return cls(*values)


class Report(NamedTuple):
    """All that one check found and did not look at, by practice in scope. `suppressed` findings do not count."""

    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    coverage: Mapping[Practice, Coverage] = MappingProxyType({})
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
            "gaps": [gap._asdict() for gap in self.gaps],
            "coverage": {practice: part._asdict() for practice, part in self.coverage.items()},
            "suppressed": [finding_to_dict(finding) for finding in self.suppressed],
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the report that `to_dict` wrote; raises `KeyError`, `TypeError` or `ValueError` on any other shape.

        `schema` has to be ours; the verdict is worked out anew, never believed.
        """
        if document["schema"] != SCHEMA:
            detail = f"schema {document['schema']!r:.40}, and not {SCHEMA}"
            raise ValueError(detail)
        coverage: dict[Any, Coverage] = {
            practice: _made(Coverage, part) for practice, part in _object(document["coverage"]).items()
        }
        report = cls(
            findings=tuple(map(finding_from_dict, _listing(document["findings"]))),
            gaps=tuple(_made(Gap, gap) for gap in _listing(document["gaps"])),
            coverage=coverage,
            suppressed=tuple(map(finding_from_dict, _listing(document["suppressed"]))),
            notes=_listing(document["notes"]),
            fail_on=document["fail_on"],
        )
        if not all(isinstance(note, str) for note in report.notes) or not set(report.coverage) <= set(
            get_args(Practice)
        ):
            detail = "a note that is no text, or a practice that is none"
            raise ValueError(detail)
        if report.fail_on not in SEVERITIES:
            detail = f"{report.fail_on!r:.40} is no severity"
            raise ValueError(detail)
        return report


def finding_to_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON-ready values, every key present."""
    document = finding._asdict()
    location, package = finding.location, finding.package
    document["cwe"] = list(finding.cwe)
    document["location"] = {"kind": location.kind, location.kind: location.value} if location else None
    document["advisories"] = list(finding.advisories)
    document["trace"] = [step._asdict() for step in finding.trace]
    for name in ("fix", "exploited", "suppression"):
        part = document[name]
        document[name] = part._asdict() if part is not None else None
    if package is not None:
        document["package"] = {**package._asdict(), "paths": list(map(list, package.paths))}
    return document


def finding_from_dict(document: Mapping[str, Any]) -> Finding:
    """Return the finding that `finding_to_dict` wrote; raises `KeyError`, `TypeError` or `ValueError` otherwise."""
    values = dict(_object(document))
    for name in ("cwe", "advisories"):
        values[name] = _listing(values[name])
    values["context"] = _listing(values.get("context", ()))
    values["trace"] = tuple(_made(Step, step) for step in _listing(values["trace"]))
    if values["location"] is not None:
        place = _object(values["location"])
        values["location"] = _made(Location, {"kind": place["kind"], "value": place[place["kind"]]})
    if values["package"] is not None:
        package = _object(values["package"])
        values["package"] = _made(PackageRef, {**package, "paths": tuple(map(_listing, _listing(package["paths"])))})
    for name, kind in (("fix", Fix), ("exploited", Exploited), ("suppression", Suppression)):
        if values[name] is not None:
            values[name] = _made(kind, values[name])
    return _made(Finding, values)


def most_urgent_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings in the order in which they want attention."""
    return tuple(sorted(findings, key=Finding.urgency))


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        detail = "an object is missing"
        raise TypeError(detail)
    return value


def _listing(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        detail = "a list is missing"
        raise TypeError(detail)
    return tuple(value)


def _made(kind: type[_T], values: Any) -> _T:
    """Return a value of one of the classes above, every field of the type that the class declares."""
    made = kind(**_object(values))
    for value, (name, plain, words, wanted) in zip(made, _shape(kind), strict=True):  # type: ignore[arg-type, call-overload]
        form = type(value)
        if form not in plain and not (form is str and value in words) and not _fits(value, wanted):
            detail = f"{kind.__name__}.{name} cannot be {value!r:.40}"
            raise TypeError(detail)
    return made


def prepare_shapes() -> None:
    """Work out now what `Report.from_dict` needs to know of the types of a finding's values: half a millisecond."""
    for kind in (Finding, PackageRef, Fix, Gap, Coverage):
        _shape(kind)


@cache
def _shape(kind: type) -> tuple[tuple[str, frozenset[type], frozenset[str], Any], ...]:
    """Return the fields of a class: name, types and words that need no closer look, and the declared type."""
    declared: dict[str, Any] = {}
    for part in reversed(kind.__mro__):  # not get_type_hints: all of them are types already
        declared |= getattr(part, "__annotations__", {})
    return tuple(
        (
            name,
            frozenset(_plain_types(wanted)),
            frozenset(get_args(wanted) if get_origin(wanted) is Literal else ()),
            wanted,
        )
        for name, wanted in declared.items()
    )


def _plain_types(wanted: Any) -> set[type]:
    if isinstance(wanted, UnionType):
        return set().union(*map(_plain_types, get_args(wanted)))
    if wanted is float:
        return {float, int}
    return {wanted} if isinstance(wanted, type) and get_origin(wanted) is None else set()


def _fits(value: Any, wanted: Any) -> bool:
    origin = get_origin(wanted)
    if isinstance(wanted, UnionType):
        return any(_fits(value, one) for one in get_args(wanted))
    if origin is Literal:
        return isinstance(value, str) and value in get_args(wanted)
    if origin is tuple:
        kind = get_args(wanted)[0]
        return isinstance(value, tuple) and all(type(part) is kind or _fits(part, kind) for part in value)
    return isinstance(value, wanted) and not isinstance(value, bool)
