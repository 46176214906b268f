"""Times, lengths of time and amounts in the words that pages use. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final

_UNITS: Final = ((86400, "d", "day"), (3600, "h", "hour"), (60, "min", "minute"))
_LONGEST_IN_HOURS: Final = 48 * 3600


def exact(at: datetime) -> str:
    """Return a time as people read it, to the second, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def moment(at: datetime) -> str:
    """Return a time as people read it, to the minute, in UTC: "2 Mar 2026, 09:00 UTC"."""
    return f"{day(at.astimezone(UTC))}, {at.astimezone(UTC):%H:%M} UTC"


def machine(at: datetime) -> str:
    """Return a time for the `datetime` attribute (HTML, 4.5.14)."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def day(at: datetime) -> str:
    """Return a day: "2 Mar 2026"."""
    return f"{at.day} {at:%b %Y}"


def span(seconds: float) -> str:
    """Return a length of time in its one or two largest units: "4 d", "3 d 4 h", "47 h", "12 min"."""
    left = abs(int(seconds))
    if left < 60:
        return "under a minute"
    if 86400 <= left < _LONGEST_IN_HOURS:
        return f"{left // 3600} h"
    parts = []
    for unit, sign, _ in _UNITS:
        number, left = divmod(left, unit)
        if number:
            parts.append(f"{number} {sign}")
        if (len(parts) == 1 and (number >= 10 or sign == "min")) or len(parts) == 2:
            break
    return " ".join(parts)


def roughly(seconds: float) -> str:
    """Return a length of time in its largest unit, in full words: "3 days", "an hour"."""
    left = abs(int(seconds))
    for unit, _, word in _UNITS:
        number = left // unit
        if number:
            return f"{number:,} {word}s" if number > 1 else f"{'an' if word == 'hour' else 'a'} {word}"
    return "moments"


def ago(at: datetime, now: datetime) -> str:
    """Return when something was, or will be, seen from now: "3 days ago", "in 4 hours", "just now"."""
    seconds = (at - now).total_seconds()
    if abs(seconds) < 60:
        return "just now"
    return f"in {roughly(seconds)}" if seconds > 0 else f"{roughly(seconds)} ago"


def left(due: datetime, now: datetime) -> str:
    """Return what a clock says: "3 d 4 h left" or "2 d overdue"."""
    seconds = (due - now).total_seconds()
    if abs(seconds) < 60:
        return "due now"
    return f"{span(seconds)} left" if seconds > 0 else f"{span(seconds)} overdue"


def used(began: datetime, due: datetime, now: datetime) -> int:
    """Return how much of a window has passed, in per cent from 0; above 100 it is overdue."""
    whole = (due - began).total_seconds()
    if whole <= 0:
        return 100 if now < due else 101
    return max(0, int(100 * (now - began).total_seconds() / whole))


def counted(number: int, one: str, many: str = "") -> str:
    """Return an amount and its noun: "1 finding", "2,000 findings"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    """Return a share as a whole per cent; "no answer yet" is a dash. 99.6 % is not called 100."""
    if share is None:
        return "\N{EN DASH}"
    if 0 < share < 1:
        return f"{min(99, max(1, round(100 * share)))} %"
    return f"{round(100 * share)} %"


def initials(name: str) -> str:
    """Return up to two letters that stand for a name: of its first and its last word."""
    parts = [part[0] for part in name.split() if part[0].isalnum()]
    return (parts[0] + parts[-1] if len(parts) > 1 else "".join(parts)).upper()


def days(seconds: float) -> float:
    """Return seconds as days, to a tenth."""
    return round(seconds / timedelta(days=1).total_seconds(), 1)


def browser(agent: str) -> str:
    """Return a browser and a system as people call them, from what it says of itself (`User-Agent`, RFC 9110)."""
    name = next((word for sign, word in _BROWSERS if sign in agent), "")
    system = next((word for sign, word in _SYSTEMS if sign in agent), "")
    if name and system:
        return f"{name} on {system}"
    return name or agent[:60] or "a browser that does not say which"


_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip
