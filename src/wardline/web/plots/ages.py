"""How old each secret's value is against the most that its grant allows: one bar a secret, the nearest to it first.

The line is the maximum. What is past it is red and has a cross; what has used four fifths of it has an exclamation
mark; what has no maximum or no value yet is in the table alone.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from wardline.web.plots.drawing import Plot, coordinate, svg, words
from wardline.web.words import counted, span

_ROW: Final = 26
_LABEL: Final = 180
_WIDTH: Final = 580
_SAID: Final = 120
_MOST: Final = 25
_LONGEST_NAME: Final = 21
_FURTHEST: Final = 1.25  # of the maximum: a bar that is longer ends there
_SOON: Final = 0.8
_LEVELS: Final = (("p1", "in time"), ("f2", "four fifths used"), ("f3", "older than allowed"))


class Age(NamedTuple):
    """One secret: how old its value is and may become, in seconds; None where there is no value, 0 for no maximum."""

    path: str
    age: float | None
    maximum: int

    @property
    def share(self) -> float | None:
        """How much of the maximum is used up; None where nothing can be said."""
        return self.age / self.maximum if self.age is not None and self.maximum else None


def ages(secrets: Sequence[Age]) -> Plot:
    """Return the bars; beyond the 25 that are nearest to their maximum, the table alone."""
    ordered = sorted(secrets, key=lambda one: (-(one.share if one.share is not None else -1.0), one.path))
    drawn = [one for one in ordered if one.share is not None][:_MOST]
    room = _WIDTH - _LABEL - _SAID
    limit = coordinate(_LABEL + room / _FURTHEST)
    parts: list[str] = []
    for place, one in enumerate(drawn):
        parts += _bar(one, place * _ROW, room)
    height = max(_ROW, _ROW * len(drawn))
    if drawn:
        parts.append(f'<line class="limit" x1="{limit}" x2="{limit}" y1="0" y2="{height}"/>')
    title = "Age of each value against the most that its grant allows"
    return Plot(
        svg(parts, title, width=_WIDTH, height=height + 10, kind="ages"),
        title,
        _summary(ordered),
        ("Secret", "Age", "At most", "Used"),
        tuple((one.path, *_said(one)) for one in ordered),
        _LEVELS,
    )


def _bar(one: Age, top: float, room: float) -> list[str]:
    share = one.share or 0.0
    level = 2 if share > 1 else 1 if share >= _SOON else 0
    kind, width = _LEVELS[level][0], max(2.0, room * min(share, _FURTHEST) / _FURTHEST)
    name = one.path if len(one.path) <= _LONGEST_NAME else "…" + one.path[1 - _LONGEST_NAME :]
    said = f"{100 * share:.0f} % of {_span(one.maximum)}"
    parts = [
        f'<text class="label" x="0" y="{top + 17:g}">{words(name)}</text>',
        f'<rect class="track" x="{_LABEL}" y="{top + 5:g}" width="{room:g}" height="16" rx="3"/>',
        f'<rect class="{kind}" x="{_LABEL}" y="{top + 5:g}" width="{coordinate(width)}" height="16" rx="3"/>',
        f'<text x="{_WIDTH}" y="{top + 17:g}" text-anchor="end">{words(said)}</text>',
    ]
    if level == 2:
        parts.append(f'<path class="sign" d="M{_LABEL + 5} {top + 9:g}l8 8m0-8l-8 8"/>')
    elif level == 1:
        parts.append(f'<path class="hatch" d="M{_LABEL + 9} {top + 8:g}v6m0 2.5v.5"/>')
    return parts


def _span(seconds: float) -> str:
    return f"{int(seconds)} s" if abs(seconds) < 60 else span(seconds)


def _said(one: Age) -> tuple[str, str, str]:
    age = _span(one.age) if one.age is not None else "no value yet"
    share = f"{100 * one.share:.0f} %" if one.share is not None else "\N{EN DASH}"
    return age, _span(one.maximum) if one.maximum else "no maximum", share


def _summary(ordered: Sequence[Age]) -> str:
    if not ordered:
        return "There is no secret yet."
    shares = [one.share for one in ordered if one.share is not None]
    late = sum(share > 1 for share in shares)
    soon = sum(_SOON <= share <= 1 for share in shares)
    empty = sum(one.age is None for one in ordered)
    more = f" The picture shows the {_MOST} nearest to their maximum." if len(shares) > _MOST else ""
    return (
        f"Of {counted(len(ordered), 'secret')}, {late:,} {'is' if late == 1 else 'are'} older than allowed; "
        f"{counted(soon, 'more has', 'more have')} used four fifths of the time; "
        f"{counted(empty, 'has', 'have')} no value yet.{more}"
    )
