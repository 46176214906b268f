"""Time to fix as survival curves: what share of findings is still open so many days after it was detected.

Open findings count for as long as they have been open and leave the curve after that (they are censored), so nobody
looks quick by leaving the hard ones open.

Source: Kaplan and Meier, "Nonparametric Estimation from Incomplete Observations", 1958.
"""

from collections.abc import Sequence
from typing import NamedTuple

from wardline.web.plots.drawing import Frame, Plot, number, svg, ticks
from wardline.web.words import percent


class Line(NamedTuple):
    """One curve: its name, how many findings it stands on, and (days, share still open), first day first."""

    name: str
    findings: int
    points: tuple[tuple[float, float], ...]
    kind: str = ""  # a class of the style sheet that gives it a colour of its own


def survival(curves: Sequence[Line]) -> Plot:
    """Return the curves as one picture, with a half-way line."""
    drawn = [curve for curve in curves if curve.points][:5]
    longest = max((curve.points[-1][0] for curve in drawn), default=1.0)
    across = ticks(max(longest, 6.0), 6)  # a tick for each day at least: parts of one would be called alike
    frame = Frame(max(across[-1], 1.0), 1.0)
    shares = [(0.0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %")]
    parts = frame.grid([(day, f"{number(day)} d") for day in across], shares)
    for place, curve in enumerate(drawn, 1):
        parts.append(f'<path class="curve {_kind(place, curve)}" d="{_steps(frame, curve)}"/>')
    title = "Share of findings still open, by days since they were detected"
    return Plot(
        svg(parts, title),
        title,
        _summary(drawn),
        ("Findings", "Number", "Half are fixed after", "9 of 10 are fixed after", "Still open at the end"),
        tuple(
            (curve.name, f"{curve.findings:,}", _after(curve, 0.5), _after(curve, 0.1), percent(curve.points[-1][1]))
            for curve in drawn
        ),
        tuple((_kind(place, curve), f"{curve.name} ({curve.findings:,})") for place, curve in enumerate(drawn, 1)),
    )


def reached(curve: Line, share: float) -> float | None:
    """Return after how many days at most this share was still open, None where that never was."""
    return next((day for day, left in curve.points if left <= share), None)


def _steps(frame: Frame, curve: Line) -> str:
    """Return the curve as steps: a share holds until the next finding is fixed."""
    path, last = f"M{frame.point(0, 1)}", 1.0
    for day, share in curve.points:
        path += f"L{frame.point(day, last)}L{frame.point(day, share)}"
        last = share
    return path


def _kind(place: int, curve: Line) -> str:
    return f"s{place} {curve.kind}".strip()


def _after(curve: Line, share: float) -> str:
    day = reached(curve, share)
    return "not yet" if day is None else f"{number(round(day, 1))} d"


def _summary(curves: Sequence[Line]) -> str:
    if not curves:
        return "No finding was detected in this time."
    said = []
    for curve in curves:
        day = reached(curve, 0.5)
        half = f"half are fixed after {number(round(day, 1))} days" if day is not None else "fewer than half are fixed"
        said.append(f"{curve.name}: {half}")
    return "; ".join(said) + "."
