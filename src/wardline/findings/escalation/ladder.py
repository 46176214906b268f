"""The ladder of escalation as rules: which steps a finding has climbed at a moment, and who is told at each. Pure.

A step is a part of the window from when the finding was detected to when it is due: by default 50 % its owner, 80 % the
team's lead, 100 % security, 125 % the directors, 150 % the executives. From the last step on the finding stays in the
executives' weekly digest for as long as it is open. Beside these are the first word ("yours", when it is detected) and
the word to the lead where nobody said "mine" in time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wardline.findings.policy import Policy, Step, Told
from wardline.kernel.notices.model import MORNING_HOUR

OPENED: Final = "opened"
UNACKNOWLEDGED: Final = "unacknowledged"
WEEK: Final = "week"


class Climber(NamedTuple):
    """What the ladder needs to know of a finding that is open and not waived."""

    detected_at: datetime
    due_at: datetime
    acknowledge_by: datetime
    acknowledged_at: datetime | None


class Rung(NamedTuple):
    """One step that is due: its name, unique in a finding's cycle, who is told, and its place in the ladder."""

    step: str
    tell: Told
    number: int = 0


def due(climber: Climber, policy: Policy, now: datetime) -> Iterator[Rung]:
    """Yield every step that is due at `now`, the earliest first, whether or not it was taken before."""
    yield Rung(OPENED, "owner")
    if climber.acknowledged_at is None and now >= climber.acknowledge_by:
        yield Rung(UNACKNOWLEDGED, "lead")
    ladder = sorted(policy.ladder)
    for number, step in enumerate(ladder, 1):
        if now >= reached(climber, step):
            yield Rung(f"{step.percent}%", step.tell, number)
    if ladder:
        monday = digest_time(now)
        if monday > reached(climber, ladder[-1]):
            year, week, _day = monday.isocalendar()
            yield Rung(f"{WEEK} {year}-{week:02}", ladder[-1].tell)


def reached(climber: Climber, step: Step) -> datetime:
    """Return when a finding reaches a step of the ladder."""
    return climber.detected_at + (climber.due_at - climber.detected_at) * step.percent / 100


def percent(climber: Climber, now: datetime) -> int:
    """Return how much of its window a finding has used."""
    window = climber.due_at - climber.detected_at
    return int((now - climber.detected_at) / window * 100) if window > timedelta(0) else 100


def digest_time(now: datetime) -> datetime:
    """Return the latest Monday 07:00 UTC at or before `now`: when the executives' digest of that week is due."""
    monday = (now - timedelta(days=now.weekday())).replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
    return monday if monday <= now else monday - timedelta(days=7)
