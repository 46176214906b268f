"""`wardline check`: parse, ask once, show."""

import os
import sys
from pathlib import Path
from typing import Any, cast, get_args

import click

from wardline.check.model import PRACTICES, Mode, Request
from wardline.findings.report import Practice, Severity
from wardline.kernel.errors import AskedWronglyError

_SEVERITIES = [name for name in get_args(Severity) if name != "unknown"]


def _practices(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[Practice, ...]:
    if value is None:
        return PRACTICES
    named = [name.strip() for name in value.split(",") if name.strip()]
    unknown = [name for name in named if name not in PRACTICES]
    if unknown or not named:
        raise click.BadParameter(f"{', '.join(unknown) or 'nothing named'}; there are: {', '.join(PRACTICES)}")
    return tuple(practice for practice in PRACTICES if practice in named)


def _writes(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    found = []
    for value in values:
        name, equals, path = value.partition("=")
        if not (name and equals and path):
            raise click.BadParameter(f"{value!r}; write FORMAT=FILE, such as sarif=wardline.sarif")
        found.append((name, Path(path)))
    return tuple(found)


_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("path", default=".", type=_PATH)
@click.option("--diff", "base", metavar="BASE", help="Only what changed since the merge base with the revision BASE.")
@click.option("--staged", is_flag=True, help="Only what is staged for the next commit.")
@click.option("--history", is_flag=True, help="Also every blob that was ever committed (exposure).")
@click.option("--only", callback=_practices, metavar="PRACTICE[,…]", help=f"Any of: {', '.join(PRACTICES)}.")
@click.option(
    "--format", "format_name", default="text", metavar="FORMAT", help="What to print; --help-formats lists them."
)
@click.option("--help-formats", is_flag=True, help="List the formats.")
@click.option(
    "--write", "writes", multiple=True, callback=_writes, metavar="FORMAT=FILE", help="Also write FILE; repeatable."
)
@click.option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    help="Block at this severity and above. [default: the policy's, else low]",
)
@click.option(
    "--advisories", envvar="WARDLINE_ADVISORIES", metavar="PATH|URL", help="A mirror of advisories in OSV's format."
)
@click.option("--kev", type=_PATH, envvar="WARDLINE_KEV", help="CISA's known exploited vulnerabilities (JSON).")
@click.option("--epss", type=_PATH, envvar="WARDLINE_EPSS", help="Exploit prediction scores (CSV).")
@click.option("--vex", type=_PATH, multiple=True, help="OpenVEX or CycloneDX VEX statements; repeatable.")
@click.option("--require-sandbox", is_flag=True, help="What the sandbox could not enforce here is a gap.")
def command(path: Path, **options: Any) -> int:
    """Examine PATH (default: here) and give one verdict.

    Exit status: 0 yes, 1 no, 2 asked wrongly, 3 cannot say (something in scope was not examined).
    """
    from wardline.check import service
    from wardline.check.reports import service as reports

    if options["help_formats"]:
        for name, title in reports.formats():
            click.echo(f"  {name:<12} {title}")
        return 0
    names = [options["format_name"], *(name for name, _ in options["writes"])]
    reports.check_names(names)
    answer = service.check(_request(path, options, lists=reports.list_components(names)))
    shown = service.subject(answer, colour=_colour(), width=_width())
    content = reports.render(options["format_name"], answer.report, shown)
    for name, target in options["writes"]:
        _write(target, reports.render(name, answer.report, shown))
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    return service.exit_status(answer.report.verdict)
