"""A finding with an owner, a clock and a history: what the platform adds to what a check reports. Pure values.

The states are those of `STATES`; there is no backlog, no "accepted" and no "won't fix". Owner and due time are never
empty while a finding is open.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, get_args

from wardline.findings.report import Confidence, Finding, Practice, Severity

State = Literal["detected", "owned", "fixing", "fixed", "verified", "dismissed"]
STATES: Final[tuple[State, ...]] = get_args(State)
OPEN: Final[frozenset[State]] = frozenset({"detected", "owned", "fixing"})

Move = Literal["owner", "lead", "security", "requester", "approver", "platform", "nobody"]  # whose turn it is


class Tracked(NamedTuple):
    """One finding of one service. `fingerprint` and `service` are its identity; the rest may change.

    `detected_at` begins the present cycle (`cycle` counts from 1; a regression starts the next with half the window).
    `due_at` only ever moves earlier within a cycle. `acknowledge_by` is met by any move of the owner's. `waived_until`
    is set while a waiver is effective. `attributes` is the last report of it, as `findings.report` has it.
    """

    id: str
    service: str
    service_name: str
    tier: int
    team: str
    team_name: str
    owner: str | None  # an account; None: the team as a whole, which is never nobody
    owner_name: str | None
    fingerprint: str
    practice: Practice
    rule: str
    title: str
    severity: Severity
    confidence: Confidence
    place: str  # where, in one line: file:line, package@version, or a location
    state: State
    cycle: int
    first_detected_at: datetime
    detected_at: datetime
    window_seconds: int
    due_at: datetime
    acknowledge_by: datetime
    acknowledged_at: datetime | None
    fixed_at: datetime | None
    verified_at: datetime | None
    last_seen_at: datetime
    escalation: int  # steps of the ladder already taken in this cycle
    exploited: bool
    waived_until: datetime | None
    clock: tuple[str, ...]  # why it is due then, in words
    attributes: Finding

    @property
    def open(self) -> bool:
        """Whether it still has to be repaired."""
        return self.state in OPEN


class Cycle(NamedTuple):
    """One time that the finding was there: from when to when, how it ended, and what was due."""

    number: int
    detected_at: datetime
    due_at: datetime
    ended_at: datetime | None
    ended_as: Literal["fixed", "dismissed"] | None
    verified_at: datetime | None


class Dismissal(NamedTuple):
    """That a finding is wrong or does not apply: a reason, evidence, two people, and an end."""

    reason: str
    evidence: str
    asked_by: str
    asked_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    expires_at: datetime
    state: Literal["asked", "approved", "refused", "lapsed", "moot"] = "asked"
    refusal: str = ""


class Upload(NamedTuple):
    """A report as it arrives: of which service, from what, at which commit, and what it looked at.

    `complete` practices were examined whole, so what they no longer report is fixed; `branch` None is the default
    branch. `idempotency` names the upload: the same again changes nothing. Without it, all that the upload says is its
    name; findings that can be read only once then have none, and are received anew (which changes nothing either).
    """

    service: str  # id or slug
    source: str  # "wardline check", "trivy", …: findings are closed only by reports of their own source
    findings: Iterable[Finding]  # with the suppressed ones: what is suppressed is not fixed; an iterator is read once
    gaps: tuple[Mapping[str, Any], ...] = ()
    complete: frozenset[Practice] = frozenset()
    commit: str | None = None
    branch: str | None = None
    at: datetime | None = None
    idempotency: str | None = None
    said: bytes = b""  # a digest of what was sent, where it is known: then it need not be read to be known again


class Receipt(NamedTuple):
    """What an upload changed."""

    report: str
    opened: int
    reopened: int
    seen: int
    fixed: int
    ambiguous: int
    gaps: int
    repeated: bool = False  # the same upload was here before; nothing was changed
    moved: int = 0  # known findings that are elsewhere now: they keep their clocks
    stale: bool = False  # older than what stands: it reopened and fixed nothing
    branch: str | None = None  # None: the default branch; any other one changes nothing
    introduced: int = 0  # another branch: what the default branch does not have


class Query(NamedTuple):
    """Which findings are asked for; None or empty means any. `text` is searched in title, place, rule, advisories."""

    states: frozenset[State] = OPEN
    practices: frozenset[Practice] = frozenset()
    severities: frozenset[Severity] = frozenset()
    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    owner: str | None = None
    text: str = ""
    overdue: bool | None = None
    waived: bool | None = None
    exploited: bool | None = None
    due_before: datetime | None = None
    sort: Literal["due", "severity", "detected", "seen"] = "due"
