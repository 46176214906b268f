"""Portfolio: every service by every practice; what is overdue is red, has a sign, and stands first."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from starlette.responses import Response

from wardline.catalog.model import Brief
from wardline.findings.measures import Cell, Heat
from wardline.web import exports, filters, rendering
from wardline.web.asking import Asked
from wardline.web.plots.fleet import NAMES, Standing, Tile, fleet
from wardline.web.routing import Look
from wardline.web.words import counted

COLUMNS: Final = (
    "service",
    "service_name",
    "team_name",
    "tier",
    "practice",
    "open",
    "late",
    "waived",
    "worst",
    "standing",
)
_ROWS: Final = 100
_MOST: Final = 5000
_WORST: Final = ("critical", "high", "medium", "low", "info")
_SIGNS: Final = ("", "", "!", "✕")


class Shown(NamedTuple):
    """One cell: what it says, in which level, and where it leads."""

    level: int
    text: str
    words: str
    address: str


class Row(NamedTuple):
    """One service's row."""

    id: str
    slug: str
    name: str
    team: str
    tier: int
    standing: Standing
    cells: tuple[Shown, ...] = ()


def portfolio(asked: Asked) -> Response:
    """Return the page."""
    heat = asked.services.findings.heat(asked.who)
    services = asked.services.catalog.briefs(asked.who)[:_MOST]
    ever = asked.services.findings.reported(asked.who)
    practices = tuple(one for one in filters.PRACTICES if one in heat.practices) or filters.PRACTICES[:4]
    rows = [_row(one, heat, practices, ever) for one in _ordered(services, heat)]
    team, level = asked.query.get("team", ""), asked.query.get("standing", "")
    kept = [
        row for row in rows if (not team or row.team == team) and (level not in _LEVELS or str(row.standing) == level)
    ]
    whole = asked.query.get("rows") == "all"
    return asked.html(
        "portfolio.html",
        rows=[_filled(row, heat, practices) for row in (kept if whole else kept[:_ROWS])],
        total=len(kept),
        practices=practices,
        standing_words=_standing_words(rows),
        fleet=fleet([Tile(row.name, row.team, row.standing) for row in rows]),
        tiles=[(NAMES[level], sum(row.standing == level for row in rows), level) for level in (3, 2, 1, 0, 4)],
        teams=sorted({row.team for row in rows}),
        chosen={"team": team, "standing": level if level in _LEVELS else ""},
        address=lambda **changes: "/portfolio" + rendering.query({"team": team, "standing": level, **changes}),
    )


def export(asked: Asked) -> Response:
    """Return every cell as a file."""
    heat = asked.services.findings.heat(asked.who)
    services = {one.id: one for one in asked.services.catalog.briefs(asked.who)}
    found = []
    for (service, practice), cell in sorted(heat.cells.items()):
        one = services.get(service)
        found.append(
            {
                "service": service,
                "service_name": one.name if one else "",
                "team_name": one.team_name if one else "",
                "tier": one.tier if one else None,
                "practice": practice,
                **cell._asdict(),
                "worst": _WORST[cell.worst] if cell.worst is not None else None,
                "standing": NAMES[_level(cell)],
            }
        )
    return exports.answer(asked.path.rpartition(".")[2], "portfolio", found, COLUMNS)


def _ordered(services: Sequence[Brief], heat: Heat) -> list[Brief]:
    """Return the services, whatever is overdue first, then in the order of the heat."""
    place = {service: number for number, (service, _, _) in enumerate(heat.services)}
    late = {service for (service, _), cell in heat.cells.items() if cell.late}
    return sorted(services, key=lambda one: (one.id not in late, place.get(one.id, len(place)), one.name.casefold()))


def _row(one: Brief, heat: Heat, practices: tuple[str, ...], ever: frozenset[str]) -> Row:
    cells = [heat.cells.get((one.id, practice), Cell()) for practice in practices]
    worst = max(map(_level, cells), default=0)
    known = one.id in ever or any(cell.open for cell in cells)
    standing: Standing = worst if known else 4  # type: ignore[assignment] # 0 to 3
    return Row(one.id, one.slug, one.name, one.team_name, one.tier, standing)


def _filled(row: Row, heat: Heat, practices: tuple[str, ...]) -> Row:
    """Return a row with its cells, which only those that are shown have."""
    cells = ((practice, heat.cells.get((row.id, practice), Cell())) for practice in practices)
    return row._replace(cells=tuple(_shown(row.id, practice, cell) for practice, cell in cells))


def _level(cell: Cell) -> int:
    if cell.late:
        return 3
    if cell.worst is not None and cell.worst <= 1:
        return 2
    return 1 if cell.open else 0


def _standing_words(rows: list[Row]) -> str:
    """Return in one sentence what the map says at a glance."""
    late = sum(row.standing == 3 for row in rows)
    if not rows:
        return "There is no service yet."
    if late:
        return f"{late:,} of {counted(len(rows), 'service')} {'has' if late == 1 else 'have'} something overdue."
    return f"Nothing is overdue in any of {counted(len(rows), 'service')}."


def _shown(service: str, practice: str, cell: Cell) -> Shown:
    level = _level(cell)
    if not cell.open:
        return Shown(0, "", "", "")
    said = [f"{cell.open:,} open"]
    if cell.late:
        said.append(f"{cell.late:,} overdue")
    if cell.worst is not None:
        said.append(f"the worst is {_WORST[cell.worst]}")
    if cell.waived:
        said.append(f"{cell.waived:,} waived")
    chosen = filters.Filter(service=(service,), practice=(practice,), due="overdue" if cell.late else "")
    number = f"{cell.late:,} of {cell.open:,}" if cell.late else f"{cell.open:,}"
    return Shown(level, f"{_SIGNS[level]} {number}".strip(), ", ".join(said), chosen.address())


_LEVELS: Final = frozenset("01234")
ROUTES: Final = (
    Look("/portfolio", portfolio, "finding:read"),
    Look("/portfolio.csv", export, "finding:read"),
    Look("/portfolio.json", export, "finding:read"),
)
