"""Times as people read them in notices: a moment, and what is left until it. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


def moment(at: datetime) -> str:
    """Return a time in words: Tue 24 Nov 2026, 09:30 UTC."""
    return f"{at.astimezone(UTC):%a %-d %b %Y, %H:%M} UTC"


def left(until: datetime, now: datetime) -> str:
    """Return how much time is left until something is due ("3 days left"), or how late it is ("2 days late")."""
    span = abs(until - now)
    word = "left" if until > now else "late"
    if span >= 2 * _DAY:
        return f"{span // _DAY} days {word}"
    if span >= 2 * _HOUR:
        return f"{span // _HOUR} hours {word}"
    minutes = max(1, int(span.total_seconds()) // 60)
    return f"{minutes} {'minute' if minutes == 1 else 'minutes'} {word}"
