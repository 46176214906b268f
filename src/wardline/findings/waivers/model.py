"""Waivers: leave for a finding to stay a while, asked for, decided by someone else, and always ending. Pure values.

`effective` is the one place where it is decided whether a waiver counts; gates, pages, clocks and duties all ask it.
"""

from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from wardline.findings.report import Severity

Reason = Literal[
    "fix-in-progress", "compensating-control", "no-fix-available", "not-reachable", "false-positive-in-review"
]
MAX_DAYS: Final[dict[Severity, int]] = {
    "critical": 7,
    "unknown": 30,
    "high": 30,
    "medium": 90,
    "low": 180,
    "info": 180,
}
MAX_RENEWALS: Final = 2
STANDING = Literal["asked", "effective", "approved", "refused", "expired", "revoked", "lapsed", "withdrawn"]


class Scope(NamedTuple):
    """What a waiver covers: findings of one service, by fingerprint, by rule, or by rule below a path."""

    service: str
    fingerprint: str | None = None
    rule: str | None = None
    path_prefix: str | None = None


class Control(NamedTuple):
    """What holds instead of the fix: in words, and how it is known to hold (a check, or a person who attests)."""

    text: str
    check: str | None = None
    attested_by: str | None = None


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


def effective(waiver: Waiver, now: datetime) -> bool:
    """Return whether the waiver counts at `now`: approved by enough others, started, not expired, revoked or lapsed.

    The requester and the owners of what it covers are no approvers, whatever the record says.
    """
    if waiver.refused_at or waiver.revoked_at or waiver.lapsed_at or not waiver.starts_at <= now < waiver.expires_at:
        return False
    others = {yes.account for yes in waiver.approvals} - {waiver.requester} - waiver.owners
    return waiver.granted_by_clock or len(others) >= waiver.needed_approvals
