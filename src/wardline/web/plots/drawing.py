"""What plots are made of: a picture, the same in one sentence, and the numbers behind it. Pure functions of values.

A picture is SVG without style, script or anything that loads: colours come from the style sheet by class, and each
series has its own dash as well, so that none is told by colour alone. Words are escaped here, once.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from wardline.kernel.text import printable

WIDTH: Final = 720
HEIGHT: Final = 280
LEFT: Final = 54
RIGHT: Final = 16
TOP: Final = 14
BOTTOM: Final = 34
_NICE: Final = (1, 2, 2.5, 5, 10)


class Plot(NamedTuple):
    """A picture with its title, its summary in words, and its table: `columns`, and `rows` of values as text."""

    svg: Markup
    title: str
    summary: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...] = ()  # class, name


def words(text: object) -> Markup:
    """Return text for an SVG text node or attribute: printable and escaped."""
    return escape(printable(str(text), max_chars=120))


def svg(
    parts: Sequence[str], title: str, *, width: float = WIDTH, height: float = HEIGHT, kind: str = "curves"
) -> Markup:
    """Return the picture that these parts make, named by `title` for who does not see it; `kind` is its class."""
    inside = "".join(parts)
    return Markup(  # noqa: S704 - parts are made by this package from numbers and from `words`
        f'<svg class="{kind}" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{words(title)}">{inside}</svg>'
    )


def ticks(most: float, wanted: int = 4, *, whole: bool = False) -> list[float]:
    """Return round numbers from 0 to at least `most`, about `wanted` of them; only `whole` ones for what is counted."""
    if most <= 0 or not math.isfinite(most):
        return [0.0, 1.0]
    rough = most / wanted
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * nice for nice in _NICE if size * nice >= rough)
    if whole:
        step = float(math.ceil(step))
    return [step * number for number in range(math.ceil(most / step - 1e-9) + 1)]


def number(value: float) -> str:
    """Return a number as short as it can be said: "1,200", "0.5"."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def coordinate(value: float) -> str:
    """Return a coordinate to a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")


class Frame(NamedTuple):
    """The area in which values are drawn: from (0, 0) to (`across`, `up`) in the plot's own units."""

    across: float
    up: float

    def x(self, value: float) -> float:
        """Return where a value lies from the left."""
        return LEFT + (WIDTH - LEFT - RIGHT) * (value / self.across if self.across else 0)

    def y(self, value: float) -> float:
        """Return where a value lies from the top."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / self.up if self.up else 0)

    def point(self, across: float, up: float) -> str:
        """Return a point of a path."""
        return f"{coordinate(self.x(across))} {coordinate(self.y(up))}"

    def grid(self, across: Sequence[tuple[float, str]], up: Sequence[tuple[float, str]]) -> list[str]:
        """Return lines and labels: `across` below, `up` at the left."""
        parts = []
        for value, name in up:
            y = coordinate(self.y(value))
            kind = "axis" if value == 0 else "grid"
            parts.append(f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
            parts.append(f'<text x="{LEFT - 8}" y="{float(y) + 4:g}" text-anchor="end">{words(name)}</text>')
        for value, name in across:
            x = coordinate(self.x(value))
            anchor = "end" if value >= self.across else ("start" if value <= 0 else "middle")
            parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 20}" text-anchor="{anchor}">{words(name)}</text>')
        return parts
