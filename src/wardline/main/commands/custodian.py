"""`wardline custodian`: mints and rotates the values of a zone, and is the only one that sees them."""

from pathlib import Path
from typing import Any

import click

from wardline.kernel.errors import EXIT_YES, AskedWronglyError


@click.command()
@click.option("--name", required=True, help="As the root names it.")
@click.option("--zone", help="As the root names it.")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="Folder of its keys and memory.")
@click.option("--server", "servers", multiple=True, metavar="URL", help="A server of the vault; any number of them.")
@click.option("--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="PEM: the servers' CA.")
@click.option("--root", metavar="KIND:DIGEST", envvar="WARDLINE_VAULT_ROOT", help="As the ceremony printed it.")
@click.option(
    "--way", "ways", multiple=True, metavar="PATH=ADDRESS", help="Its own way to a secret's target; * for all."
)
@click.option("--public", is_flag=True, help="Print the line that the ceremony needs of it, and end.")
@click.option("--parent", type=int, hidden=True, help="A descriptor; its other end's closing ends the custodian.")
def command(**said: Any) -> int:
    """Keep the secrets of a zone, until SIGINT or SIGTERM. Run two or more for each zone, on different machines.

    Its keys are made in its folder, the first time, and never leave it.
    """
    from wardline.main import custodian, lifeline

    pairs = [one.partition("=") for one in said["ways"]]
    if not all(path and equals for path, equals, _ in pairs):
        raise AskedWronglyError(
            "a way is PATH=ADDRESS", hint="--way db/orders=postgresql:///orders?host=/run/postgresql"
        )
    wish = custodian.Wish(
        said["name"],
        said["zone"] or "",
        said["state"],
        said["servers"],
        said["ca"],
        said["root"] or "",
        {path: address for path, _, address in pairs},
    )
    if said["public"]:
        click.echo(custodian.public_line(wish))
        return EXIT_YES
    if not said["zone"]:
        raise AskedWronglyError("a custodian belongs to a zone", hint="--zone, as the root names it")
    lifeline.follow(said["parent"])
    custodian.serve(wish, say=click.echo)
    return EXIT_YES
