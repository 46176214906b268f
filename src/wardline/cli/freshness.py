"""`wardline freshness`: parse, ask once, show."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from wardline.cli.terminal import colour, progress, width
from wardline.kernel.errors import EXIT_CANNOT_SAY, EXIT_YES

if TYPE_CHECKING:
    from wardline.check.dependencies.freshness.model import Freshness, Total
    from wardline.check.freshness import Answer
    from wardline.check.reports.terminal import Terminal

_SHOWN: Final = 15
_MAX_NAMED: Final = 4
_DAYS_PER_MONTH: Final = 30.44
_HEADINGS: Final = {
    "direct": "Direct: what the project itself asks for",
    "transitive": "Transitive: what others bring along",
    "unknown": "Direct or transitive: the lockfile does not tell",
}


def _registries(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    for value in values:
        ecosystem, equals, url = value.partition("=")
        if not (ecosystem and equals and url):
            raise click.BadParameter(f"{value!r}; write ECOSYSTEM=URL, such as npm=https://registry.example/")
    return tuple((value.partition("=")[0], value.partition("=")[2]) for value in values)


@click.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--format", "format_name", default="text", type=click.Choice(["text", "json"]), show_default=True)
@click.option("--offline", is_flag=True, help="Ask nobody: what was answered before, and what lockfiles say.")
@click.option("--ecosystem", "ecosystems", multiple=True, help="Only this one (PyPI, npm, Go, …); repeatable.")
@click.option(
    "--registry", "registries", multiple=True, callback=_registries, metavar="ECOSYSTEM=URL", help="Ask this registry."
)
@click.option("--all", "everything", is_flag=True, help="List every package that is behind.")
def command(path: Path, **options: Any) -> int:
    """Say how far behind the libraries in PATH's lockfiles are: in years, releases and versions.

    A package's libyears are the time between the release that is used and the newest stable one. Registries are those
    that the ecosystems' own tools are set up with. Exit status: 0 said (what could not be is listed), 2 asked wrongly,
    3 nothing could be said.
    """
    from wardline.check import freshness
    from wardline.kernel import clock

    question = freshness.Question(
        path=path,
        offline=options["offline"],
        only=options["ecosystems"],
        registries=dict(options["registries"]),
    )
    with progress() as told:
        answer = freshness.freshness(question, now=clock.now(), progress=told)
    if options["format_name"] == "json":
        import orjson

        sys.stdout.buffer.write(orjson.dumps(freshness.to_dict(answer), option=orjson.OPT_INDENT_2) + b"\n")
    else:
        from wardline.check.reports.terminal import Terminal

        terminal = Terminal(colour(), min(max(width(), 60), 120))
        lines = _text(answer, terminal, 10**9 if options["everything"] else _SHOWN)
        sys.stdout.buffer.write(("\n".join(lines) + "\n").encode("utf-8", "backslashreplace"))
    return EXIT_YES if answer.rows else EXIT_CANNOT_SAY


def _text(answer: "Answer", terminal: "Terminal", most: int) -> Iterator[str]:
    """Give the lines: the sum, a table for each kind of package worst first, what is left out, and what to do next."""
    totals = answer.totals()
    yield from _headline(answer, totals["all"], terminal)
    for kind, heading in _HEADINGS.items():
        rows = [row for row in answer.of_kind(kind) if row.outdated]
        if answer.of_kind(kind):
            yield ""
            yield from terminal.block(heading, "", "bold")
            yield from terminal.block(_sum(totals[kind]), "  ")
        if rows:
            yield from _table(rows, answer, terminal, most)
    yield from _untrusted(answer, terminal)
    yield from _unsaid(answer, terminal)
    yield from _next(answer, terminal)


def _headline(answer: "Answer", whole: "Total", terminal: "Terminal") -> Iterator[str]:
    if not answer.rows:
        yield from terminal.block(f"{answer.name}: nothing can be said about its libraries", "", "bold")
        return
    behind = f"{whole.libyears:,.1f} libyears behind" if whole.dated else "how many years behind cannot be said"
    yield from terminal.block(f"{answer.name}: {behind}", "", "bold")
    yield from terminal.block(_sum(whole), "  ")


def _sum(part: "Total") -> str:
    said = (
        f"{part.outdated:,} of {_counted(part.packages, 'package')} outdated, {part.releases_behind:,} releases behind"
    )
    if part.dated:
        said += f", {part.libyears:,.1f} libyears"
    if part.untrusted:
        said += f" (without {part.untrusted:,} whose dates are not trusted)"
    return said


def _table(rows: "list[Freshness]", answer: "Answer", terminal: "Terminal", most: int) -> Iterator[str]:
    from wardline.check.reports.terminal import cut, shown

    now = int(answer.at.timestamp())
    name_width = terminal.width - 60
    head = (
        f"{'years':>7}  {'rel.':>5}  {'lines':<9}  {'package':<{name_width}}  {'used':<10}  {'newest':<10}  {'age':>5}"
    )
    yield terminal.paint(head, "dim")
    for row in rows[:most]:
        years = "?" if row.libyears is None else f"{row.libyears:.2f}"
        name = _padded(_end(shown(row.used.name), name_width), name_width)
        used, newest = (_padded(cut(shown(text), 10), 10) for text in (row.used.version, row.newest))
        line = f"{years:>7}  {row.releases_behind:>5}  {_lines(row):<9}  {name}  {used}  {newest}  {_age(row, now):>5}"
        yield terminal.paint(line, "red") if row.withdrawn else line
    if len(rows) > most:
        yield f"  … {len(rows) - most:,} more: wardline freshness --all"


def _end(name: str, wide: int) -> str:
    """Return a name that fits, shortened from the left: a path's end tells more than its beginning."""
    from wardline.check.reports.terminal import columns, cut

    if columns(name) <= wide:
        return name
    return "…" + name[1 - wide :] if name.isascii() else cut(name, wide)


def _padded(text: str, wide: int) -> str:
    from wardline.check.reports.terminal import columns

    return text + " " * (wide - columns(text))


def _lines(row: "Freshness") -> str:
    """Return the most telling of the lines that are newer: majors before minors before patches."""
    for number, name in zip(row.behind or (), ("major", "minor", "patch"), strict=False):
        if number:
            return f"{number} {name}"
    return ""


def _age(row: "Freshness", now: int) -> str:
    if row.newest_published is None:
        return "?"
    days = max(0, now - row.newest_published) / 86400
    if days < 2 * _DAYS_PER_MONTH:
        return f"{days:.0f} d"
    return f"{days / _DAYS_PER_MONTH:.0f} mo" if days < 730.5 else f"{days / 365.25:.1f} y"


def _untrusted(answer: "Answer", terminal: "Terminal") -> Iterator[str]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for row in answer.rows:
        if row.doubt:
            reasons.setdefault((row.used.ecosystem, row.doubt), []).append(row.used.name)
    if reasons:
        yield ""
        yield terminal.paint("Date untrusted: not in the libyears", "bold")
    for (ecosystem, reason), names in sorted(reasons.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        yield from _point(terminal, f"{ecosystem}: {reason}", _named(names))


def _unsaid(answer: "Answer", terminal: "Terminal") -> Iterator[str]:
    if answer.gaps:
        yield ""
        yield terminal.paint(f"Nothing said about {_counted(sum(gap.units for gap in answer.gaps), 'package')}", "bold")
    for gap in answer.gaps:
        yield from _point(terminal, f"{gap.scope}: {gap.reason}", gap.remedy)
    for note in answer.notes:
        yield from _point(terminal, note, "")


def _next(answer: "Answer", terminal: "Terminal") -> Iterator[str]:
    yield ""
    yield terminal.paint("Next", "bold")
    worst = next((row for row in answer.of_kind("direct") if row.outdated), None)
    if worst is not None:
        raised = f"raise {worst.used.name} from {worst.used.version} to {worst.newest}"
        why = "the direct package that is furthest behind; run your tests after it"
        yield from _point(terminal, answer.commands.get(worst.used, raised), why)
    yield "  wardline check --only dependencies"
    yield from terminal.block("says which of them have known vulnerabilities: those first", "    ", "dim")


def _point(terminal: "Terminal", text: str, more: str) -> Iterator[str]:
    from wardline.check.reports.terminal import shown

    yield from terminal.block(shown(text), "  ")
    if more:
        yield from terminal.block(shown(more), "    ", "dim")


def _named(names: list[str]) -> str:
    from wardline.check.reports.terminal import shown

    more = len(names) - _MAX_NAMED
    return ", ".join(shown(name, 60) for name in names[:_MAX_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
