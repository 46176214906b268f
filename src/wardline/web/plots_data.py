"""What plots are drawn from, worked out of what services answer. Pure but for the asking."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from wardline.findings.model import STATES, Query, Tracked
from wardline.kernel.paging import Page
from wardline.web.asking import Asked
from wardline.web.plots.exposure import LAYERS, Day

_MOST: Final = 1000
_AS: Final = {"unknown": "high", "info": "low"}


def exposure_days(asked: Asked, service: str, since: datetime) -> list[Day]:
    """Return what was open in a service at the end of each day since then."""
    query = Query(states=frozenset(STATES), services=frozenset({service}), sort="detected")
    rows = asked.services.findings.list(asked.who, query, Page(_MOST)).rows
    return open_by_day(rows, since, asked.now)


def open_by_day(findings: Iterable[Tracked], since: datetime, until: datetime) -> list[Day]:
    """Return what was open at the end of each day, from when each finding was detected until it was fixed.

    A finding counts from the beginning of its present cycle: what was fixed and came back counts anew.
    """
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    length = (last - first).days + 1
    changes = [[0] * len(LAYERS) for _ in range(length + 1)]
    for one in findings:
        layer = LAYERS.index(_AS.get(one.severity, one.severity))
        begins = max(0, (one.detected_at.astimezone(UTC).date() - first).days)
        ended = one.fixed_at or (None if one.open else one.last_seen_at)
        ends = length if ended is None else (ended.astimezone(UTC).date() - first).days
        if ends > begins and begins < length:
            changes[begins][layer] += 1
            changes[min(ends, length)][layer] -= 1
    return _summed(first, changes[:length])


def _summed(first: date, changes: Sequence[Sequence[int]]) -> list[Day]:
    days, present = [], [0] * len(LAYERS)
    for place, change in enumerate(changes):
        present = [value + step for value, step in zip(present, change, strict=True)]
        days.append(Day(first + timedelta(days=place), (present[0], present[1], present[2], present[3])))
    return days
