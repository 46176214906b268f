"""How many findings were open on each day, by severity, one layer upon the other: a service's exposure over time."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from wardline.web.plots.drawing import Frame, Plot, number, svg, ticks

LAYERS: Final = ("critical", "high", "medium", "low")


class Day(NamedTuple):
    """What was open at the end of one day, in the order of `LAYERS` (unknown counts as high, info as low)."""

    day: date
    open: tuple[int, int, int, int]


def exposure(days: Sequence[Day], title: str = "Findings open at the end of each day, by severity") -> Plot:
    """Return the layers as one picture; the most severe is at the bottom, where its changes are seen best."""
    most = max((sum(day.open) for day in days), default=0)
    up = ticks(float(most), whole=True)
    frame = Frame(max(len(days) - 1, 1), up[-1])
    parts = frame.grid(_dates(days), [(value, number(value)) for value in up])
    below = [0] * len(days)
    shapes = []
    for layer, name in enumerate(LAYERS):
        above = [start + day.open[layer] for start, day in zip(below, days, strict=True)]
        if any(day.open[layer] for day in days) and len(days) > 1:
            forth = "L".join(frame.point(place, value) for place, value in enumerate(above))
            back = "L".join(frame.point(place, value) for place, value in reversed(list(enumerate(below))))
            shapes.append(f'<path class="sev-{name}" d="M{forth}L{back}Z"/>')
        below = above
    first = max(parts.index(part) for part in parts if "<line" in part) + 1 if parts else 0
    return Plot(
        svg([*parts[:first], *shapes, *parts[first:]], title),
        title,
        _summary(days),
        ("Day", *(name.capitalize() for name in LAYERS), "Together"),
        tuple(
            (f"{day.day:%Y-%m-%d}", *(f"{value:,}" for value in day.open), f"{sum(day.open):,}")
            for day in reversed(days)
        ),
        tuple((f"sev-{name}", name) for name in LAYERS),
    )


def _dates(days: Sequence[Day]) -> list[tuple[float, str]]:
    if not days:
        return []
    last = len(days) - 1
    places = sorted({0, last // 4, last // 2, 3 * last // 4, last})
    return [(float(place), f"{days[place].day.day} {days[place].day:%b}") for place in places]


def _summary(days: Sequence[Day]) -> str:
    if not days:
        return "Nothing has been reported yet."
    first, last = sum(days[0].open), sum(days[-1].open)
    peak = max(days, key=lambda day: sum(day.open))
    critical = days[-1].open[0]
    change = "as many as" if first == last else ("more than" if last > first else "fewer than")
    return (
        f"{last:,} open on {days[-1].day:%Y-%m-%d}, {change} the {first:,} on {days[0].day:%Y-%m-%d}; "
        f"the most were {sum(peak.open):,} on {peak.day:%Y-%m-%d}. "
        f"{critical or 'None'} of those open now {'is' if critical == 1 else 'are'} critical."
    )
