"""`wardline rekey`: change the key that signs the ledger."""

import os
from pathlib import Path

import click

from wardline.kernel.errors import EXIT_YES, ConflictError


@click.command()
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="[default: $WARDLINE_STATE]")
@click.option("--database", metavar="URL", help="[default: SQLite in the state folder]")
@click.option("--lost", is_flag=True, help="The ledger's key is gone: go on with the one in the key file, unvouched.")
def command(state: Path | None, database: str | None, *, lost: bool) -> int:
    """Make a new key and let it sign the ledger from now on; the present one vouches for it, on the record.

    Stop the nodes first, give each the new file, and start them again: a node that holds the old key numbers no events
    meanwhile, and loses none.
    """
    from wardline.kernel import settings
    from wardline.main.rekeying import rekey
    from wardline.main.state import holder, prepared

    folder = prepared(state or settings.state_folder())
    if holder(folder) is not None:
        raise ConflictError(f"Wardline runs from {folder}", hint="`wardline down` first: it would hold the old key")
    done = rekey(settings.load(folder, os.environ, database=database), lost=lost)
    click.echo(f"the ledger's key is {done.new} now, in {done.file}; before it was {done.old}")
    if not done.vouched:
        click.echo(f"nobody vouched for it: tell whoever verifies to use --trust {done.new}")
    return EXIT_YES
