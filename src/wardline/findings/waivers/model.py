"""Waivers: leave for a finding to stay a while, asked for, decided by someone else, and always ending. Pure values.

`effective` is the one place where it is decided whether a waiver counts; gates, pages, clocks and duties all ask it.
A waiver covers the findings that were there when it was asked for, each in the cycle and at the severity it had then:
what appears later, comes back, or turns out to be worse, nobody has looked at, so nobody has waived it.
"""

from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, get_args

from wardline.findings.report import Severity

Reason = Literal[
    "fix-in-progress", "compensating-control", "no-fix-available", "not-reachable", "false-positive-in-review"
]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
# The longest life by severity where the organisation's policy says nothing else.
MAX_DAYS: Final[dict[Severity, int]] = {
    "critical": 7,
    "unknown": 30,
    "high": 30,
    "medium": 90,
    "low": 180,
    "info": 180,
}
Standing = Literal["asked", "effective", "approved", "refused", "expired", "revoked", "lapsed", "withdrawn"]
STANDINGS: Final[tuple[Standing, ...]] = get_args(Standing)
TERMINAL: Final[frozenset[Standing]] = frozenset({"refused", "expired", "revoked", "lapsed", "withdrawn"})
Action = Literal["approve", "refuse", "renew", "revoke", "withdraw"]

# Worst first; unknown is as bad as high until somebody knows better.
_URGENCY: Final[dict[Severity, int]] = {"critical": 0, "high": 1, "unknown": 1, "medium": 2, "low": 3, "info": 4}


class Scope(NamedTuple):
    """What a waiver covers: findings of one service, by fingerprint, by rule, or by rule below a path."""

    service: str
    fingerprint: str | None = None
    rule: str | None = None
    path_prefix: str | None = None


class Control(NamedTuple):
    """What holds instead of the fix: in words, and how it is known to hold (a check, or a person who attests).

    `check` is a rule: where it finds something open in the same service, the control does not hold and the waiver ends.
    `attested_by` is an account that is told so, and may end the waiver by objecting.
    """

    text: str
    check: str | None = None
    attested_by: str | None = None


class Request(NamedTuple):
    """What is asked for. `scope.service` is an id or a slug; `control.attested_by` an account's id or e-mail."""

    scope: Scope
    reason: Reason
    justification: str
    control: Control
    expires_at: datetime


class Approval(NamedTuple):
    """One person's yes."""

    account: str
    name: str
    at: datetime


class Waiver(NamedTuple):
    """One request to let something stay until `expires_at`, and what became of it."""

    id: str
    scope: Scope
    severity: Severity  # the highest that it covers: it bounds its life and who may decide
    reason: Reason
    justification: str
    control: Control
    requester: str
    requester_name: str
    owners: frozenset[str]  # the accounts that own what it covers: they do not approve
    asked_at: datetime
    decide_by: datetime
    starts_at: datetime
    expires_at: datetime
    approvals: tuple[Approval, ...] = ()
    needed_approvals: int = 1
    refused_at: datetime | None = None
    refused_by: str | None = None
    refusal: str = ""
    revoked_at: datetime | None = None
    lapsed_at: datetime | None = None  # no longer needed
    granted_by_clock: bool = False  # security was late on a low or medium one
    renewals: int = 0
    renews: str | None = None
    source: Literal["api", "file"] = "api"
    details: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed
    withdrawn_at: datetime | None = None
    involved: frozenset[str] = frozenset()  # who else had a hand in asking (authors of the file, a workload)
    asked_until: datetime | None = None  # what was asked for, where the clock granted less
    ending: str = ""  # why it was revoked, or lapsed
    ended_by: str | None = None  # who revoked or withdrew it
    team: str = ""
    file: str | None = None  # the file in the repository that asks for it


class Pin(NamedTuple):
    """One finding that a waiver covers: in which cycle, and how bad it was when somebody looked."""

    finding: str
    cycle: int
    severity: Severity
    released: str = ""  # why it is not covered any more


class Subject(NamedTuple):
    """A finding as a waiver sees it: as it stands now."""

    id: str
    fingerprint: str
    rule: str
    file: str | None
    title: str
    place: str
    severity: Severity
    cycle: int
    open: bool
    owner: str | None
    team: str


class Shown(NamedTuple):
    """A waiver with everything that a page says about it: names beside ids, how it stands, and who may do what."""

    waiver: Waiver
    standing: Standing
    service_name: str
    service_slug: str
    team_name: str
    findings: tuple[Subject, ...]  # covered still
    released: tuple[tuple[Subject, str], ...]  # covered once, and why not any more
    names: dict[str, str]  # of every account that it names
    move: str  # whose move it is: "approver", "requester", "nobody"
    actions: frozenset[Action] = frozenset()  # what whoever asked may do with it now


class Query(NamedTuple):
    """Which waivers are asked for; None or empty means any. `mine`: those that whoever asks may approve now."""

    standings: frozenset[Standing] = frozenset()
    services: frozenset[str] = frozenset()  # ids or slugs
    teams: frozenset[str] = frozenset()
    finding: str | None = None
    requester: str | None = None
    expires_before: datetime | None = None
    mine: bool = False


def effective(waiver: Waiver, now: datetime) -> bool:
    """Return whether the waiver counts at `now`: approved by enough others, started, not expired, not ended otherwise.

    The requester, whoever else had a hand in asking, and the owners of what it covers are no approvers, whatever the
    record says.
    """
    if waiver.refused_at or waiver.revoked_at or waiver.lapsed_at or waiver.withdrawn_at:
        return False
    return waiver.starts_at <= now < waiver.expires_at and granted(waiver)


def granted(waiver: Waiver) -> bool:
    """Return whether enough others said yes, or the clock did because security was late."""
    others = {yes.account for yes in waiver.approvals} - {waiver.requester} - waiver.owners - waiver.involved
    return waiver.granted_by_clock or len(others) >= waiver.needed_approvals


def standing(waiver: Waiver, now: datetime) -> Standing:
    """Return how a waiver stands at `now`. Exactly one of these is ever true, and those of `TERMINAL` stay true."""
    ends: tuple[tuple[datetime | None, Standing], ...] = (
        (waiver.refused_at, "refused"),
        (waiver.revoked_at, "revoked"),
        (waiver.lapsed_at, "lapsed"),
        (waiver.withdrawn_at, "withdrawn"),
    )
    for at, word in ends:
        if at is not None:
            return word
    if now >= waiver.expires_at:
        return "expired"
    if effective(waiver, now):
        return "effective"
    return "approved" if granted(waiver) else "asked"


def covers(pin: Pin, finding: Subject) -> bool:
    """Return whether a pin still speaks of this finding as it is now: the same cycle, and no worse than it was."""
    return not pin.released and pin.finding == finding.id and not released(pin, finding)


def released(pin: Pin, finding: Subject) -> str:
    """Return why a pin does not hold any more, in words; "" where it does."""
    if pin.released:
        return pin.released
    if finding.cycle != pin.cycle:
        return "it was fixed and came back"
    if not finding.open:
        return "it is not open any more"
    if rose(pin.severity, finding.severity):
        return f"it is {finding.severity} now, and was waived as {pin.severity}"
    return ""


def rose(before: Severity, after: Severity) -> bool:
    """Return whether `after` is worse than `before`; unknown counts as high."""
    return _URGENCY[after] < _URGENCY[before]


def urgency(severity: Severity) -> int:
    """Return a sort key: 0 for critical, 4 for info."""
    return _URGENCY[severity]


def worst(severities: list[Severity]) -> Severity:
    """Return the worst of some severities."""
    return min(severities, key=lambda severity: (_URGENCY[severity], severity))


def within(scope: Scope, finding: Subject) -> bool:
    """Return whether a finding of the scope's service lies in it. A path ends where a folder's or file's name ends."""
    if scope.fingerprint is not None:
        return finding.fingerprint == scope.fingerprint
    if finding.rule != scope.rule:
        return False
    if scope.path_prefix is None:
        return True
    place = finding.file
    return place is not None and (place == scope.path_prefix or place.startswith(scope.path_prefix + "/"))
