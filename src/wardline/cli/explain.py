"""`wardline explain`: parse, ask once, show."""

import sys

import click

from wardline.cli.terminal import markdown


@click.command()
@click.argument("name", metavar="[RULE|ADVISORY]", required=False)
def command(name: str | None) -> int:
    """Say what a RULE or an ADVISORY (CVE-…, GHSA-…, …) means, why it matters and what repairs it.

    Without a name: list the rules.
    """
    from wardline.check import explanation

    sys.stdout.write(markdown(explanation.explain(name) if name else explanation.listed()))
    return 0
