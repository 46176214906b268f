"""Secure velocity in numbers that are hard to flatter. Pure.

- Time to fix is a survival curve (Kaplan and Meier 1958; with delayed entry as in Klein and Moeschberger, Survival
  Analysis, section 4.6): what is still open counts for as long as it has been, and dismissing something is no fix: it
  leaves as censored, at the age it had. What was open before the period enters at the age it had when that began.
- Attainment: of what was due in the period, or is late now, how much was fixed in time.
- Exposure: the days that findings were open, added up; and until they were gone from what runs.
- Each number stands beside the one that it could be flattered with: time to fix beside dismissals and waivers.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

BIN_SECONDS: Final = 6 * 3600  # ages are counted in quarters of a day
DAY: Final = 86400
_NONE: Final = 9


class Point(NamedTuple):
    """At this age (days), `open_share` of all findings were still open; `at_risk` were seen at that age."""

    days: float
    open_share: float
    at_risk: int


class Curve(NamedTuple):
    """How long findings stay open. `median_days` None: more than half are still open at every age that was seen."""

    name: str
    points: tuple[Point, ...]
    median_days: float | None
    fixed: int
    still_open: int
    dismissed: int


class Attainment(NamedTuple):
    """How due times are kept. `share` is of what was due in the period or is late now; None where nothing was."""

    open: int
    late: int
    waived: int
    met: int
    missed: int

    @property
    def share(self) -> float | None:
        """Return the part that was fixed in time."""
        due = self.met + self.missed
        return self.met / due if due else None


class Exposure(NamedTuple):
    """Days that findings were open, and days until they were gone from what runs, added up."""

    open_days: float
    running_days: float


class Pace(NamedTuple):
    """One team's or service's numbers side by side, each beside the one that it could be flattered with."""

    id: str
    name: str
    open: int
    late: int
    median_days: float | None
    fixed: int
    dismissed: int
    waived: int
    came_back: int
    exposure: Exposure

    @property
    def dismissed_share(self) -> float | None:
        """Return which part of what ended was dismissed."""
        ended = self.fixed + self.dismissed
        return self.dismissed / ended if ended else None

    @property
    def waived_share(self) -> float | None:
        """Return which part of what there was had a waiver at some time."""
        there = self.fixed + self.dismissed + self.open
        return self.waived / there if there else None

    @property
    def came_back_share(self) -> float | None:
        """Return how many came back for each that was fixed."""
        return self.came_back / self.fixed if self.fixed else None


class Velocity(NamedTuple):
    """All of it at once: how long things take (`whole` None: there was nothing), what that exposes, what is kept."""

    whole: Curve | None
    curves: tuple[Curve, ...]
    exposure: Exposure
    exposure_by_severity: Mapping[str, Exposure]
    attainment: Attainment
    paces: tuple[Pace, ...]


class Cell(NamedTuple):
    """One service's findings of one practice: how many, how many of them late or waived, and the worst severity."""

    open: int = 0
    late: int = 0
    waived: int = 0
    worst: int | None = None  # 0 critical … 4 info


class Heat(NamedTuple):
    """What is open, by service (id, name, tier) and practice. The most urgent service stands first."""

    practices: tuple[str, ...]
    services: tuple[tuple[str, str, int], ...]
    cells: Mapping[tuple[str, str], Cell]


class OpenDay(NamedTuple):
    """How many findings were open at the end of a day (UTC); of the last day: until now. `info` counts as low."""

    day: date
    critical: int
    high: int
    medium: int
    low: int


def open_by_day(spans: Iterable[tuple[int, int | None, int, int]], since: int, until: int) -> tuple[OpenDay, ...]:
    """Return what was open at the end of each day from `since` to `until` (days since 1970).

    A span is (first day, day of its end or None, urgency, how many): it counts from its first day until the day before
    its end. Every cycle of a finding is a span of its own, at the severity that was last reported of it.
    """
    length = until - since + 1
    changes = [[0, 0, 0, 0] for _ in range(length + 1)]
    for first, end, urgency, count in spans:
        begins, ends = max(first - since, 0), length if end is None else min(max(end - since, 0), length)
        if begins < ends:
            layer = min(urgency, 3)
            changes[begins][layer] += count
            changes[ends][layer] -= count
    present, days = [0, 0, 0, 0], []
    for place, change in enumerate(changes[:length]):
        present = [value + step for value, step in zip(present, change, strict=True)]
        days.append(OpenDay(_day(since + place), *present))
    return tuple(days)


def _day(number: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)).date()


def survival(
    name: str, *, entered: Mapping[int, int], fixed: Mapping[int, int], left: Mapping[int, int], dismissed: int = 0
) -> Curve:
    """Return the curve of findings that entered, were fixed and otherwise left at ages (in bins of `BIN_SECONDS`).

    What is fixed and what leaves at one age counts as at risk there. `left` holds the dismissed and the still open;
    `dismissed` says how many of them were dismissed.
    """
    at_risk, share = 0, 1.0
    points = [Point(0.0, 1.0, entered.get(0, 0))]
    median: float | None = None
    ages = sorted({*entered, *fixed, *left})
    for age in ages:
        at_risk += entered.get(age, 0)
        gone = fixed.get(age, 0)
        if gone and at_risk:
            share *= 1 - gone / at_risk
            days = (age + 1) * BIN_SECONDS / DAY
            points.append(Point(days, share, at_risk))
            if median is None and share <= 0.5:
                median = days
        at_risk -= gone + left.get(age, 0)
    if ages:
        points.append(Point((ages[-1] + 1) * BIN_SECONDS / DAY, share, max(at_risk, 0)))
    return Curve(
        name=name,
        points=tuple(points),
        median_days=median,
        fixed=sum(fixed.values()),
        still_open=sum(left.values()) - dismissed,
        dismissed=dismissed,
    )


def hottest(
    cells: Mapping[tuple[str, str], Cell], services: Iterable[tuple[str, str, int]]
) -> tuple[tuple[str, str, int], ...]:
    """Return services, the most urgent first: by the worst that is open, by how much is late, by tier, by name."""
    worst: dict[str, int] = {}
    late: dict[str, int] = {}
    for (service, _), cell in cells.items():
        worst[service] = min(worst.get(service, _NONE), _NONE if cell.worst is None else cell.worst)
        late[service] = late.get(service, 0) + cell.late
    return tuple(
        sorted(services, key=lambda one: (worst.get(one[0], _NONE), -late.get(one[0], 0), one[2], one[1], one[0]))
    )
