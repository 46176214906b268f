"""`wardline explain`: parse, ask once, show."""

import sys

import click

from wardline.cli.terminal import markdown


@click.command()
@click.argument("name", metavar="[RULE|ADVISORY]", required=False)
@click.option("--advisories", envvar="WARDLINE_ADVISORIES", help="A mirror of advisories.")
def command(name: str | None, advisories: str | None) -> int:
    """Say what a RULE or an ADVISORY (CVE-…, GHSA-…, …) means, why it matters and what repairs it.

    Without a name: list the rules.
    """
    from wardline.check import explanation

    sys.stdout.write(markdown(explanation.explain(name, advisories=advisories) if name else explanation.listed()))
    return 0
