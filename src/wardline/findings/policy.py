"""What the organisation decided: how long things may take, who is told, what waivers may be. Defaults, and a TOML file.

    [windows]                      # until it has to be repaired, by severity
    critical = "7 days"            # "4 hours", "7 days", "1 working day"
    [halving]                      # internet-facing services of these tiers have half of it
    tiers = [1, 2]
    [cisa]                         # vulnerabilities with a CVE, by CISA's four facts
    act = "3 days"
    attend = "14 days"
    track = "60 days"
    otherwise = "180 days"
    [acknowledge]                  # until somebody says "mine", by severity
    critical = "4 hours"
    [clocks]
    leaked_credential = "1 day"
    ungated_deployment = "1 working day"
    regression = 0.5               # what is left of the window when it comes back
    [calendar]
    working_days = ["mon", "tue", "wed", "thu", "fri"]
    holidays = ["2026-12-25"]
    time_zone = "UTC"
    [dismissals]
    longest = "180 days"
    [waivers]
    renewals = 2
    late_grant = "7 days"          # what security was late to decide is granted for so long
    late_grant_severities = ["low", "medium"]
    [waivers.longest]              # by severity
    critical = "7 days"
    [waivers.decide]               # security's own clock, by severity
    critical = "4 hours"
    [waivers.approvals]            # how many, by severity
    critical = 1
    [[ladder]]                     # who is told at which part of the window; named, these replace all five
    percent = 50
    tell = "owner"

Whatever is not named keeps its default; `unknown` severity then follows `high`, and `info` follows `low`. A key that is
not known is an error, never ignored. Two files that say the same have one digest.
"""

from datetime import date
from hashlib import sha256
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar, get_args

from wardline.findings.report import Severity
from wardline.findings.spans import Calendar, Span

Value = TypeVar("Value")

Told = Literal["owner", "lead", "security", "director", "executive"]
TOLD: Final[tuple[Told, ...]] = get_args(Told)


class BySeverity(NamedTuple, Generic[Value]):
    """One value for each severity."""

    critical: Value
    high: Value
    medium: Value
    low: Value
    info: Value
    unknown: Value

    def of(self, severity: Severity) -> Value:
        """Return the value for `severity`."""
        found: Value = getattr(self, severity)
        return found


def _spans(critical: Span, high: Span, medium: Span, low: Span) -> BySeverity[Span]:
    return BySeverity(critical, high, medium, low, info=low, unknown=high)


_WINDOWS: Final = _spans(Span(7), Span(30), Span(90), Span(180))


class Halving(NamedTuple):
    """Which services have half the window: internet-facing ones of these tiers."""

    tiers: tuple[int, ...] = (1, 2)
    factor: float = 0.5


class Cisa(NamedTuple):
    """Windows by CISA's four facts: see `clocks.cisa` for the table."""

    act: Span = Span(3)
    attend: Span = Span(14)
    track: Span = Span(60)
    otherwise: Span = Span(180)


class Clocks(NamedTuple):
    """Windows that do not follow from a severity."""

    leaked_credential: Span = Span(1)
    ungated_deployment: Span = Span(1, "working days")
    regression: float = 0.5


class Dismissals(NamedTuple):
    """What holds for findings that are said to be wrong."""

    longest: Span = Span(180)


class WaiverRules(NamedTuple):
    """What waivers may be, and how long security may take to decide."""

    longest: BySeverity[Span] = _WINDOWS
    decide: BySeverity[Span] = _spans(
        Span(4, "hours"), Span(1, "working days"), Span(2, "working days"), Span(3, "working days")
    )
    approvals: BySeverity[int] = BySeverity(1, 1, 1, 1, 1, 1)
    renewals: int = 2
    late_grant: Span = Span(7)
    late_grant_severities: tuple[Severity, ...] = ("medium", "low", "info")


class Step(NamedTuple):
    """At `percent` of the window, `tell` is told; whoever was told before was told then."""

    percent: int
    tell: Told


class Policy(NamedTuple):
    """What the organisation decided. The defaults are those of one that decided nothing."""

    windows: BySeverity[Span] = _WINDOWS
    halving: Halving = Halving()
    cisa: Cisa = Cisa()
    acknowledge: BySeverity[Span] = _spans(
        Span(4, "hours"), Span(1, "working days"), Span(3, "working days"), Span(5, "working days")
    )
    clocks: Clocks = Clocks()
    calendar: Calendar = Calendar()
    dismissals: Dismissals = Dismissals()
    waivers: WaiverRules = WaiverRules()
    ladder: tuple[Step, ...] = (
        Step(50, "owner"),
        Step(80, "lead"),
        Step(100, "security"),
        Step(125, "director"),
        Step(150, "executive"),
    )

    @property
    def digest(self) -> str:
        """Return what names this policy: 64 hexadecimal digits over every value, defaults too."""
        return sha256(repr(plain(self)).encode()).hexdigest()


def plain(value: Any) -> Any:
    """Return a policy, or a part of one, as JSON-ready values: spans in words."""
    if isinstance(value, Span):
        return str(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: plain(part) for name, part in zip(value._fields, value, strict=True)}
    if isinstance(value, frozenset):
        return sorted(plain(part) for part in value)
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
