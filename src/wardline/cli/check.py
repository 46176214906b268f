"""`wardline check`: parse, ask once, show."""

import sys
from pathlib import Path
from typing import Any, get_args

import click

from wardline.check.model import PRACTICES, Mode, Request
from wardline.cli import terminal
from wardline.findings.report import Practice, Severity
from wardline.kernel.errors import EXIT_YES, AskedWronglyError

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
    "--advisories",
    envvar="WARDLINE_ADVISORIES",
    metavar="PATH|URL",
    help="A mirror of advisories in OSV's format.",
)
@click.option("--kev", type=_PATH, envvar="WARDLINE_KEV", help="CISA's known exploited vulnerabilities (JSON).")
@click.option("--epss", type=_PATH, envvar="WARDLINE_EPSS", help="Exploit prediction scores (CSV).")
@click.option("--vex", type=_PATH, multiple=True, help="OpenVEX or CycloneDX VEX statements; repeatable.")
@click.option("--require-sandbox", is_flag=True, help="What the sandbox could not enforce here is a gap.")
def command(path: Path, **options: Any) -> int:
    """Examine PATH (default: here) and give one verdict.

    Exit status: 0 yes, 1 no, 2 asked wrongly, 3 cannot say (something in scope was not examined).
    """
    from wardline.check import asking
    from wardline.check.reports import service as reports
    from wardline.kernel import clock

    if options["help_formats"]:
        for known in reports.formats():
            click.echo(f"  {known.name:<12} {known.title}")
        return EXIT_YES
    names = [options["format_name"], *(name for name, _ in options["writes"])]
    reports.check_names(names)
    request = _request(path, options, names, inventory=reports.want_components(names))
    with terminal.progress() as told:
        answer = asking.check(request, now=clock.now(), progress=told)
    subject = answer.subject._replace(colour=terminal.colour(), width=terminal.width())
    for name, target in options["writes"]:
        _write(target, reports.render(name, answer.report, subject._replace(colour=False)))
    sys.stdout.buffer.write(reports.render(options["format_name"], answer.report, subject))
    return asking.exit_status(answer.report.verdict)


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        raise AskedWronglyError(f"{target}: {error.strerror}", hint="name a file that can be written") from error


def _request(path: Path, options: dict[str, Any], names: list[str], *, inventory: bool) -> Request:
    modes: list[Mode] = [mode for mode, asked in _modes(options) if asked]
    if len(modes) > 1:
        raise AskedWronglyError(f"--{' and --'.join(modes)} exclude each other", hint="name one of them")
    advisories = options["advisories"]
    return Request(
        path=path,
        mode=modes[0] if modes else "tree",
        base=options["base"],
        only=options["only"],
        fail_on=options["fail_on"],
        advisories=advisories,
        kev=options["kev"],
        epss=options["epss"],
        vex=options["vex"],
        inventory=inventory,
        require_sandbox=options["require_sandbox"],
        revision=any(name not in {"text", "json"} for name in names),
    )


def _modes(options: dict[str, Any]) -> list[tuple[Mode, bool]]:
    return [("diff", options["base"] is not None), ("staged", options["staged"]), ("history", options["history"])]
