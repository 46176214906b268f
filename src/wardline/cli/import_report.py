"""`wardline import`: parse, ask once, show."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wardline.kernel.errors import EXIT_CANNOT_SAY, EXIT_YES, AskedWronglyError

if TYPE_CHECKING:
    from wardline.cli.remote.origin import Origin
    from wardline.findings.importers.spooling import Spooled

_SHOWN = 50
_SHOWN_GAPS = 20
_SAMPLE = 100
_SOURCES = {"wardline": "wardline check"}


@click.command(name="import")
@click.argument("report", required=False, metavar="FILE|-")
@click.option(
    "--format", "format_name", default="auto", metavar="FORMAT", help="The report's format. [default: by its content]"
)
@click.option("--help-formats", is_flag=True, help="List the formats.")
@click.option("--dry-run", is_flag=True, help="Show what the report says, and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Show it as check --format json does.")
@click.option("--lines", is_flag=True, hidden=True)  # --json for a program: a line without findings, then one each
@click.option("--send", "url", envvar="WARDLINE_URL", metavar="URL", help="The platform that keeps the findings.")
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    help="The tree that the report is about. [default: the current folder, where the report's files are in it]",
)
@click.option("--service", metavar="NAME", help="The service that it is about. [default: as the repository says]")
@click.option("--source", metavar="NAME", help="Who found it: closes its own findings only. [default: the format]")
@click.option("--branch", metavar="NAME", help="[default: as the CI or the repository says]")
@click.option("--default-branch", is_flag=True, help="It is about the default branch.")
def command(  # noqa: PLR0913 - an option is a parameter
    *,
    report: str | None,
    format_name: str,
    help_formats: bool,
    dry_run: bool,
    as_json: bool,
    lines: bool,
    url: str | None,
    root: Path | None,
    service: str | None,
    source: str | None,
    branch: str | None,
    default_branch: bool,
) -> int:
    """Read another tool's report from FILE, or from standard input, and send it to the platform.

    Exit status: 0 all of it was read, 2 asked wrongly, 3 something was not (see `gaps`), or the server has no answer.
    """
    from wardline.findings.importers import service as importing
    from wardline.findings.importers.recognition import formats
    from wardline.findings.importers.spooling import Spooled

    if help_formats:
        for known in formats():
            click.echo(f"  {known.name:<12} {known.title}")
        return EXIT_YES
    if report is None:
        raise AskedWronglyError("no report is named", hint="wardline import FILE, or - for standard input")
    if not dry_run and url is None:
        raise AskedWronglyError(
            "nowhere to send the findings to",
            hint="name the platform with --send URL or WARDLINE_URL, or look at them with --dry-run",
        )
    name = format_name if dry_run else _format(report, format_name)
    told = importing.examined(report, name, root=str(root.resolve()) if root else _tree(report, name))
    with Spooled(told) as spooled:
        if not dry_run and url is not None:
            from wardline.cli.remote import origin

            where = origin.of(root or Path(), service=service, branch=branch, default_branch=default_branch)
            _send(spooled, url, where, source or name, as_json=as_json)
        elif lines:
            spooled.write_lines(sys.stdout.buffer)
        elif as_json:
            spooled.write_json(sys.stdout.buffer)
        else:
            _show(spooled)
        return EXIT_CANNOT_SAY if spooled.rest.gaps else EXIT_YES


def _tree(report: str, format_name: str) -> str:
    """Return the current folder where it holds half of the first files that the report names; else no tree.

    A tree of another project that has a README as well is not what the report is about. Standard input is read once.
    """
    from itertools import islice

    from wardline.findings.importers import service as importing
    from wardline.findings.report import Finding

    if not Path(report).is_file():
        return ""
    here = Path.cwd()
    told = importing.examined(report, format_name, root=str(here))
    files = {one.file for one in islice(told, _SAMPLE) if isinstance(one, Finding) and one.file and one.line}
    told.close()
    return str(here) if files and 2 * sum((here / file).is_file() for file in files) >= len(files) else ""


def _format(report: str, format_name: str) -> str:
    """Return the name of the report's format, which is also whose findings it closes.

    Raises: `AskedWronglyError` where it has to be named.
    """
    from wardline.findings.importers import recognition
    from wardline.findings.importers.source import Source

    if format_name != "auto":
        return recognition.named(format_name).name
    if report == "-":
        raise AskedWronglyError("what comes from standard input has to be named", hint="--format NAME")
    try:
        with Path(report).open("rb") as stream:
            return recognition.recognise(Source(stream)).name
    except OSError as error:
        raise AskedWronglyError(f"{report}: {error.strerror}", hint="name the report's file") from error


def _send(spooled: "Spooled", url: str, where: "Origin", source: str, *, as_json: bool) -> None:
    from wardline.cli.remote import sending, showing

    receipt = sending.send(url, spooled.write_json, where, source=_SOURCES.get(source, source))
    if as_json:
        showing.json(receipt)
    else:
        click.echo(sending.said(url, where, receipt))


def _show(spooled: "Spooled") -> None:
    """Print a line for each of the most urgent findings, the gaps, and a summary."""
    from itertools import islice

    from wardline.cli import terminal
    from wardline.findings.report import SEVERITIES
    from wardline.kernel.text import printable

    width = terminal.width()
    total = sum(spooled.by_severity.values())
    for one in islice(spooled.findings(), _SHOWN):
        place = one.file or (one.location.value if one.location else "")
        place += f":{one.line}" if one.line else ""
        click.echo(printable(f"{one.severity:<9} {place}  {one.rule}  {one.title}", max_chars=max(60, width)))
    if total > _SHOWN:
        click.echo(f"… and {total - _SHOWN:,} more: --json gives all")
    for gap in spooled.rest.gaps[:_SHOWN_GAPS]:
        click.echo(f"not read  {printable(gap.scope)}: {printable(gap.reason)} ({printable(gap.remedy)})")
    if len(spooled.rest.gaps) > _SHOWN_GAPS:
        click.echo(f"… and {len(spooled.rest.gaps) - _SHOWN_GAPS:,} more gaps: --json gives all")
    counts = [f"{spooled.by_severity[name]:,} {name}" for name in SEVERITIES if spooled.by_severity[name]]
    said = f"{total:,} findings" + (f": {', '.join(counts)}" if counts else "")
    said += f"; {spooled.suppressed:,} suppressed" if spooled.suppressed else ""
    click.echo(f"{said}; {len(spooled.rest.gaps):,} gaps")
