"""A message as the two bodies of a mail: wrapped text, and HTML that is readable in light and in dark. Pure.

Everything from outside is escaped; there is no script, no image, no remote style: opening a mail tells nobody anything.
"""

from collections.abc import Iterator, Mapping
from html import escape
from textwrap import fill
from typing import Final

from wardline.kernel.notices.model import Message, Row, Section

_WIDTH: Final = 72

_COLOURS: Final[Mapping[str, tuple[str, str]]] = {  # light, dark: both 4.5:1 on their ground
    "critical": ("#b3123f", "#ff8fa8"),
    "unknown": ("#9a3d00", "#ffb27d"),
    "high": ("#9a3d00", "#ffb27d"),
    "medium": ("#7a5b00", "#e8c95c"),
    "low": ("#3d5a80", "#9fc0ea"),
    "info": ("#55606e", "#aab4c0"),
}

_STYLE: Final = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 0; background: #f3f4f6; color: #1b1f24; }
.ground { background: #f3f4f6; padding: 24px 12px; }
.sheet { background: #ffffff; border: 1px solid #d9dde3; border-radius: 10px; max-width: 600px; margin: 0 auto;
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; text-align: left; }
.part { padding: 22px 26px; border-top: 1px solid #e6e9ee; }
.first { border-top: 0; }
.mark { padding: 14px 26px 0; font-size: 12px; font-weight: 700; letter-spacing: .08em; color: #55606e; }
h1 { font-size: 19px; line-height: 1.3; margin: 0 0 8px; }
p { margin: 0 0 12px; }
table.rows { border-collapse: collapse; width: 100%; margin: 4px 0 14px; }
table.rows td { border-top: 1px solid #e6e9ee; padding: 9px 0; vertical-align: top; overflow-wrap: anywhere; }
table.rows td.left { text-align: right; white-space: nowrap; padding-left: 16px; font-variant-numeric: tabular-nums;
  font-weight: 600; }
.what { font-weight: 600; }
.quiet { color: #55606e; font-size: 13px; line-height: 1.45; }
@media (max-width: 480px) { .ground { padding: 12px 6px; } .part { padding: 18px 16px; } .mark { padding: 12px 16px 0; }
  table.rows td.left { font-size: 13px; padding-left: 10px; } }
.severity { font-size: 11px; font-weight: 700; letter-spacing: .05em; text-transform: uppercase; }
.go { display: inline-block; background: #1f4fd8; color: #ffffff; border-radius: 6px; padding: 10px 18px;
  text-decoration: none; font-weight: 600; }
.foot { max-width: 600px; margin: 14px auto 0; font: 12px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial,
  sans-serif; color: #55606e; text-align: left; padding: 0 26px; }
"""
_DARK: Final = """
@media (prefers-color-scheme: dark) {
  body, .ground { background: #101317 !important; color: #e7eaee !important; }
  .sheet { background: #191d23 !important; border-color: #2d333b !important; }
  .part, table.rows td { border-color: #2d333b !important; }
  .mark, .quiet, .foot { color: #a3adb9 !important; }
  .go { background: #8fb0ff !important; color: #0c1424 !important; }
"""


def text_of(message: Message) -> str:
    """Return the message as text of at most 72 characters a line (links and long names may be longer)."""
    parts = ["\n".join(_text_section(section)) for section in message.sections]
    return f"\n\n{'-' * _WIDTH}\n\n".join(parts) + "\n\n-- \nWardline. A machine wrote this; answers reach nobody.\n"


def html_of(message: Message) -> str:
    """Return the message as a page that fits a mail: 600 pixels, one column, light and dark."""
    dark = "".join(f".s-{name} {{ color: {pair[1]} !important; }}\n" for name, pair in _COLOURS.items())
    light = "".join(f".s-{name} {{ color: {pair[0]}; }}\n" for name, pair in _COLOURS.items())
    parts = "".join(_html_section(section, number) for number, section in enumerate(message.sections))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{_safe(message.subject)}</title>\n<style>{_STYLE}{light}{_DARK}{dark}}}</style></head>\n"
        '<body><div class="ground"><div class="sheet" role="article">\n<div class="mark">WARDLINE</div>\n'
        f'{parts}</div>\n<div class="foot">A machine wrote this; answers reach nobody.</div></div></body></html>\n'
    )


def _text_section(section: Section) -> Iterator[str]:
    yield from _wrapped(section.subject)
    yield "=" * min(len(section.subject), _WIDTH)
    yield ""
    for line in section.text.splitlines():
        yield from _wrapped(line)
    if section.rows:
        if section.text.strip():
            yield ""
        for row in section.rows:
            yield from _wrapped(f"* {_mark(row)}{row.title}", "  ")
            if row.place:
                yield from _wrapped(f"  {row.place}", "  ")
            if row.move or row.left:
                yield from _wrapped("  " + " - ".join(part for part in (row.left, row.move) if part), "  ")
    if section.more:
        yield f"  and {section.more} more"
    if section.link:
        yield ""
        yield section.link


def _mark(row: Row) -> str:
    return f"[{row.severity}] " if row.severity else ""


def _wrapped(text: str, indent: str = "") -> list[str]:
    return fill(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False).split("\n")


def _html_section(section: Section, number: int) -> str:
    paragraphs = "".join(
        f"<p>{'<br>'.join(map(_safe, block.splitlines()))}</p>\n"
        for block in section.text.split("\n\n")
        if block.strip()
    )
    rows = "".join(map(_html_row, section.rows))
    table = f'<table class="rows" role="presentation">\n{rows}</table>\n' if rows else ""
    more = f'<p class="quiet">and {section.more} more</p>\n' if section.more else ""
    link = f'<p><a class="go" href="{_safe(section.link)}">Open in Wardline</a></p>\n' if section.link else ""
    first = " first" if number == 0 else ""
    return f'<div class="part{first}"><h1>{_safe(section.subject)}</h1>\n{paragraphs}{table}{more}{link}</div>\n'


def _html_row(row: Row) -> str:
    severity = f'<span class="severity s-{row.severity}">{row.severity}</span> ' if row.severity in _COLOURS else ""
    where = " · ".join(_safe(part) for part in (row.place, row.move) if part)
    under = f'<br><span class="quiet">{where}</span>' if where else ""
    what = f'{severity}<span class="what">{_safe(row.title)}</span>{under}'
    late = " s-critical" if row.left.endswith(" late") else ""
    return f'<tr><td>{what}</td><td class="left{late}">{_safe(row.left)}</td></tr>\n'


def _safe(text: str) -> str:
    return escape(text, quote=True)
