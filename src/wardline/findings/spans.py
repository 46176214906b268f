"""Lengths of time as a policy says them ("4 hours", "7 days", "1 working day"), and when they are over. Pure.

Hours and days are plain ones: 24 hours on any day of the year. A working day is 24 hours that fall on working days:
time on any other day does not count. Friday 15:00 and one working day is Monday 15:00; what begins on a Saturday begins
on Monday at 00:00, and is over on Tuesday at 00:00. Days begin at midnight of the calendar's time zone.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, Literal, NamedTuple, get_args

Unit = Literal["hours", "days", "working days"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
LONGEST: Final = timedelta(days=3660)

_DAY: Final = timedelta(days=1)
_SPAN: Final = re.compile(r"\s*(\d{1,5}(?:\.\d{1,3})?)\s*(hours?|days?|working days?)\s*", re.IGNORECASE)


class Span(NamedTuple):
    """A length of time. `str()` says it in words, and `parse` reads those."""

    amount: float
    unit: Unit = "days"

    def __str__(self) -> str:
        unit = self.unit[:-1] if self.amount == 1 else self.unit
        return f"{self.amount:.4g} {unit}"

    def times(self, factor: float) -> "Span":
        """Return this span, shorter or longer by `factor`."""
        return self._replace(amount=self.amount * factor)


class Calendar(NamedTuple):
    """Which days are working days, and where midnight is."""

    working_days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    holidays: frozenset[date] = frozenset()
    time_zone: str = "UTC"  # a name of the IANA time zone database

    def works(self, day: date) -> bool:
        """Return whether `day` is a working day."""
        return WEEKDAYS[day.weekday()] in self.working_days and day not in self.holidays


def parse(text: str) -> Span | None:
    """Return the span that `text` names, or None where it names none, or one that is nothing or ten years long."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    word = found[2].lower()
    unit: Unit = "hours" if word.startswith("hour") else "days" if word.startswith("day") else "working days"
    span = Span(float(found[1]), unit)
    hours = span.amount * (1 if unit == "hours" else 24)
    return span if hours > 0 and timedelta(hours=hours) < LONGEST else None


def after(start: datetime, span: Span, calendar: Calendar) -> datetime:
    """Return when `span`, begun at `start`, is over: aware UTC."""
    if span.unit == "hours":
        return start + timedelta(hours=span.amount)
    if span.unit == "days":
        return start + timedelta(days=span.amount)
    zone = _zone(calendar.time_zone)
    left = timedelta(days=span.amount)
    day = start.astimezone(zone).date()
    for _ in range(2 * LONGEST.days):
        begins = max(start, _midnight(day, zone))
        day += _DAY
        if calendar.works(day - _DAY):
            there = _midnight(day, zone) - begins
            if left <= there:
                return begins + left
            left -= there
    return start + LONGEST  # no calendar that a policy may name comes here: one day of the week works


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def known_zone(name: str) -> bool:
    """Return whether `name` is a time zone that this machine knows."""
    from zoneinfo import ZoneInfoNotFoundError

    try:
        _zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
