"""Every service as one small tile, worst first within its team: where the red is, at a thousand services at once.

A tile's standing is its colour and its sign: overdue has a cross, critical or high an exclamation mark, open a dot,
calm nothing, and what was never reported of is hatched. The table of the page says the same with names.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from wardline.web.plots.drawing import Plot, svg, words
from wardline.web.words import counted

Standing = Literal[0, 1, 2, 3, 4]
NAMES: Final[tuple[str, ...]] = (
    "nothing open",
    "open, in time",
    "critical or high, in time",
    "overdue",
    "nothing ever reported",
)
_TILE: Final = 18
_FEW: Final = 24  # in the largest team: the picture is drawn narrower then, so that its tiles are shown larger
_GAP: Final = 3
_WIDTH: Final = 1080
_NARROW: Final = 760
_LABEL: Final = 170
_MAX_TEAMS: Final = 200
_WORST_FIRST: Final = (3, 2, 4, 1, 0)


class Tile(NamedTuple):
    """One service."""

    name: str
    team: str
    standing: Standing


def fleet(tiles: Sequence[Tile]) -> Plot:
    """Return the tiles, a row or more for each team; the team with the most red is first."""
    teams: dict[str, list[Tile]] = {}
    for tile in tiles:
        teams.setdefault(tile.team, []).append(tile)
    ordered = sorted(teams.items(), key=lambda pair: (*(-count for count in _counts(pair[1])), pair[0]))
    parts, top = [], 0.0
    width = _NARROW if all(len(members) <= _FEW for members in teams.values()) else _WIDTH
    for team, members in ordered[:_MAX_TEAMS]:
        members.sort(key=lambda tile: (_WORST_FIRST.index(tile.standing), tile.name))
        drawn, bottom = _row(team, members, top, width)
        parts += drawn
        top = bottom + _GAP
    title = "Every service by team, the worst first"
    return Plot(
        svg(parts, title, width=width, height=max(top, _TILE), kind="fleet"),
        title,
        _summary(tiles),
        ("Team", *(NAMES[standing].capitalize() for standing in _WORST_FIRST), "Services"),
        tuple((team, *(f"{count:,}" for count in _counts(members)), f"{len(members):,}") for team, members in ordered),
        (("f3", NAMES[3]), ("f2", NAMES[2]), ("f4", NAMES[4]), ("f1", NAMES[1]), ("f0", NAMES[0])),
    )


def _row(team: str, members: Sequence[Tile], top: float, width: int) -> tuple[list[str], float]:
    a_line = (width - _LABEL) // (_TILE + _GAP)
    name = team if len(team) <= 20 else team[:19] + "…"
    parts = [f'<text class="label" x="0" y="{top + 13:g}">{words(name)}</text>']
    paths: dict[int, str] = {}
    signs = hatches = ""
    for place, tile in enumerate(members):
        x, y = _LABEL + place % a_line * (_TILE + _GAP), top + place // a_line * (_TILE + _GAP)
        shape = f"M{x:g} {y:g}h{_TILE}v{_TILE}h-{_TILE}z"
        paths[0 if tile.standing == 4 else tile.standing] = (
            paths.get(0 if tile.standing == 4 else tile.standing, "") + shape
        )
        if tile.standing == 3:
            signs += f"M{x + 5:g} {y + 5:g}l8 8m0-8l-8 8"
        elif tile.standing == 2:
            hatches += f"M{x + 9:g} {y + 4.5:g}v6m0 2.500v.5"
        elif tile.standing == 1:
            hatches += f"M{x + 8.5:g} {y + 9:g}h1"
        elif tile.standing == 4:
            hatches += f"M{x:g} {y + 9:g}l9-9M{x:g} {y + 18:g}l18-18M{x + 9:g} {y + 18:g}l9-9"
    parts += [f'<path class="f{level}" d="{path}"/>' for level, path in sorted(paths.items())]
    parts.append(f'<path class="sign" d="{signs}"/>' if signs else "")
    parts.append(f'<path class="hatch" fill="none" d="{hatches}"/>' if hatches else "")
    lines = (len(members) - 1) // a_line + 1
    return parts, top + lines * (_TILE + _GAP)


def _counts(members: Sequence[Tile]) -> tuple[int, ...]:
    return tuple(sum(tile.standing == standing for tile in members) for standing in _WORST_FIRST)


def _summary(tiles: Sequence[Tile]) -> str:
    if not tiles:
        return "There is no service yet."
    overdue, severe, never, _, calm = _counts(tiles)
    return (
        f"Of {counted(len(tiles), 'service')}, {overdue:,} have something overdue, {severe:,} something critical or "
        f"high that is in time, {calm:,} have nothing open, and of {never:,} nothing was ever reported."
    )
