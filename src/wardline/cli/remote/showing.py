"""What a server answered, shown: as a table for people, as JSON for machines."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import click

from wardline.cli import terminal
from wardline.kernel.text import printable

_GAP: Final = "  "
_LEAST: Final = 6
_DAY: Final = 86_400


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every command has that asks a server."""
    server = click.option(
        "--server", envvar="WARDLINE_URL", metavar="URL", help="The server. [default: the one you signed in to]"
    )
    machine = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    return server(machine(command))


def json(value: Any) -> None:
    """Print a value as JSON."""
    import orjson

    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n")


def lines(rows: Iterable[Any]) -> None:
    """Print rows as JSON, one a line, as they come."""
    import orjson

    for row in rows:
        sys.stdout.buffer.write(orjson.dumps(row) + b"\n")


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """Print rows under headings, as wide as they are and as the terminal is; the widest column gives way."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        say(empty)
        return
    widths = [max(len(row[at]) for row in [list(headings), *cells]) for at in range(len(headings))]
    room = max(40, terminal.width()) if sys.stdout.isatty() else 10_000
    while sum(widths) + len(_GAP) * (len(widths) - 1) > room and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    bold, plain = ("\x1b[1m", "\x1b[0m") if terminal.colour() else ("", "")
    say(bold + _line(headings, widths) + plain)
    for row in cells:
        say(_line(row, widths))


def facts(pairs: Iterable[tuple[str, Any]]) -> None:
    """Print names and values, one pair a line; what is not known is left out."""
    known = [(name, _cell(value)) for name, value in pairs if value not in (None, "", [], ())]
    widest = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        say(f"{name:<{widest}}  {value}")


def say(line: str) -> None:
    """Print one line of ours; what a stranger wrote went through `printable` before."""
    sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace") + b"\n")


def left(until: str | None, now: datetime) -> str:
    """Return how much time there is until then, or how late it is, in words."""
    if not until:
        return ""
    seconds = (datetime.fromisoformat(until) - now).total_seconds()
    size = abs(seconds)
    shown = f"{size / _DAY:.0f} d" if size >= 2 * _DAY else f"{size / 3600:.0f} h" if size >= 3600 else "< 1 h"
    return f"{shown} late" if seconds < 0 else shown


def when(moment: str | None) -> str:
    """Return a moment as people read it: date and minute, in UTC."""
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


def names(row: Mapping[str, Any], *which: str) -> list[Any]:
    """Return some of a row's values."""
    return [row.get(name) for name in which]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    shown = [printable(cell, max_chars=width).ljust(width) for cell, width in zip(cells, widths, strict=True)]
    return _GAP.join(shown).rstrip()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_cell, value))
    return printable(str(value), max_chars=500)


def plain(text: str) -> str:
    """Return what a stranger wrote as it may be shown in a line."""
    return printable(text, max_chars=500)


def moment(until: str) -> str:
    """Return a date or a number of days ("30d") as a moment: the end of that day, in UTC.

    Raises: `AskedWronglyError`.
    """
    from datetime import UTC, date, timedelta
    from datetime import time as of_day

    from wardline.kernel import clock
    from wardline.kernel.errors import AskedWronglyError

    try:
        if until.endswith("d") and until[:-1].isdecimal():
            return (clock.now() + timedelta(days=int(until[:-1][:6]))).isoformat()
        return datetime.combine(date.fromisoformat(until), of_day(23, 59, 59), UTC).isoformat()
    except (ValueError, OverflowError):
        raise AskedWronglyError(f"{until!r:.40} is no date", hint="2027-01-31, or 30d from now") from None
