"""`wardline inventory`: parse, ask once, show."""

import sys
from pathlib import Path

import click

from wardline.cli.terminal import progress


@click.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--format", "format_name", default="json", type=click.Choice(["json", "cyclonedx", "spdx"]), show_default=True
)
def command(path: Path, format_name: str) -> int:
    """List the third-party packages that the lockfiles and SBOMs under PATH name.

    PATH may be a single lockfile. Exit status: 0 all of it was read, 2 asked wrongly, 3 something was not (see `gaps`).
    """
    from wardline.check import asking
    from wardline.check.model import Request
    from wardline.check.reports.service import render_inventory
    from wardline.findings.inventory import Inventory
    from wardline.kernel import clock

    request = Request(path=path, only=("dependencies",), purpose="inventory")
    with progress() as told:
        answer = asking.check(request, now=clock.now(), progress=told)
    sys.stdout.buffer.write(
        render_inventory(format_name, answer.inventory or Inventory(needs={}, gaps=answer.report.gaps), answer.subject)
    )
    return asking.exit_status("cannot-say" if answer.report.gaps else "pass")
