"""`wardline advisories`: parse, ask once, show."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from wardline.cli import terminal
from wardline.kernel.errors import EXIT_CANNOT_SAY, EXIT_YES
from wardline.kernel.text import printable

if TYPE_CHECKING:
    from wardline.check.dependencies.advisories.status import Status

_MAX_PROBLEMS: Final = 5


@click.group()
def command() -> None:
    """Fetch and inspect the advisories that libraries are checked against."""


@command.command()
@click.option("--from", "upstream", metavar="URL|PATH", help="A mirror in the layout of OSV's bucket. [default: OSV's]")
@click.option(
    "--ecosystem", "ecosystems", multiple=True, metavar="NAME", help="Only this one (OSV's name); repeatable."
)
def sync(upstream: str | None, ecosystems: tuple[str, ...]) -> int:
    """Bring the advisories up to date: only what changed is fetched.

    Exit status: 0 all are up to date, 2 asked wrongly, 3 some could not be fetched (they stay as they were).
    """
    from wardline.check.dependencies import mirror

    with terminal.progress() as told:
        results = mirror.sync(upstream, ecosystems=ecosystems, progress=told)
    width = max((len(result.name) for result in results), default=0)
    for result in results:
        sys.stdout.write(printable(f"{result.name:<{width}}  {result.outcome:<9}  {result.detail}").rstrip() + "\n")
    failed = sum(result.outcome == "failed" for result in results)
    if failed:
        sys.stdout.write(
            f"{failed} could not be fetched and stay as they were: try again, or name a mirror with --from\n"
        )
    else:
        sys.stdout.write("Next: wardline check\n")
    return EXIT_CANNOT_SAY if failed else EXIT_YES


@command.command()
@click.option(
    "--advisories", envvar="WARDLINE_ADVISORIES", metavar="PATH|URL", help="A mirror. [default: what was synced]"
)
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
def status(advisories: str | None, format_name: str) -> int:
    """Say which advisories there are, how fresh they are, and what of them could not be read.

    Exit status: 0 all of them can be read, 2 asked wrongly, 3 there are none, or some cannot be read.
    """
    from wardline.check.dependencies import mirror

    with terminal.progress() as told:
        found = mirror.status(advisories, told)
    if format_name == "json":
        import orjson

        sys.stdout.buffer.write(orjson.dumps(found.to_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        sys.stdout.write("\n".join(map(printable, _lines(found))) + "\n")
    return EXIT_CANNOT_SAY if found.unreadable or found.missing else EXIT_YES


def _lines(found: "Status") -> Iterator[str]:
    yield f"{found.source}, compiled {found.compiled_at}"
    yield ""
    yield f"{'ecosystem':<22} {'records':>9} {'packages':>9}  newest"
    for name, known in sorted(found.ecosystems.items(), key=lambda row: (not row[1].covered, row[0].casefold())):
        newest = (known.newest or "unknown")[:10]
        mention = "" if known.covered else "  (only mentioned by others: its packages are not covered)"
        yield f"{name:<22} {known.records:>9,} {known.packages:>9,}  {newest}{mention}"
    withdrawn = sum(part.withdrawn for part in found.sources)
    silent = sum(part.silent for part in found.sources)
    flawed = sum(part.flawed for part in found.sources)
    yield ""
    yield f"{withdrawn:,} withdrawn and {silent:,} that name no version do not count; {flawed:,} could be read in part"
    for problem in found.problems:
        yield f"not read: {problem.name}: {problem.reason}"
    for part in found.sources:
        for problem in part.problems[:_MAX_PROBLEMS]:
            yield f"  {part.name}: {problem.name}: {problem.reason}"
        more = part.unreadable + part.flawed - min(len(part.problems), _MAX_PROBLEMS)
        if more > 0:
            yield f"  {part.name}: and {more:,} more"
    if found.missing:
        yield f"listed and not there: {', '.join(found.missing)}"
    if found.unreadable or found.missing:
        yield "Next: fetch them anew: wardline advisories sync"
