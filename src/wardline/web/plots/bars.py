"""Amounts as bars, one a row, each with its number beside it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from wardline.web.plots.drawing import Plot, coordinate, svg, words

_ROW: Final = 30
_LABEL: Final = 88
_WIDTH: Final = 480
_NUMBER: Final = 92
_MOST: Final = 40


class Bar(NamedTuple):
    """One amount: what of, how much, and the same in words; `kind` is the style sheet's class."""

    name: str
    amount: float
    said: str
    kind: str = "p1"


def bars(rows: Sequence[Bar], title: str, summary: str, columns: tuple[str, str], whole: float = 0) -> Plot:
    """Return the bars; the longest fills the width, or the one that would be `whole`."""
    longest = whole or max((row.amount for row in rows), default=0) or 1
    room = _WIDTH - _LABEL - _NUMBER
    parts = []
    for place, row in enumerate(rows[:_MOST]):
        top = place * _ROW
        width = max(2.0, room * min(row.amount, longest) / longest) if row.amount else 0.0
        parts.append(f'<text class="label" x="0" y="{top + 19}">{words(row.name[:14])}</text>')
        parts.append(f'<rect class="f0" x="{_LABEL}" y="{top + 7}" width="{room}" height="16" rx="4"/>')
        parts.append(
            f'<rect class="{row.kind}" x="{_LABEL}" y="{top + 7}" width="{coordinate(width)}" height="16" rx="4"/>'
        )
        parts.append(f'<text x="{_WIDTH}" y="{top + 19}" text-anchor="end">{words(row.said)}</text>')
    height = max(_ROW, _ROW * len(rows[:_MOST]))
    return Plot(
        svg(parts, title, width=_WIDTH, height=height, kind="bars"),
        title,
        summary,
        columns,
        tuple((row.name, row.said) for row in rows),
    )
