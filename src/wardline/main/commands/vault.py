"""`wardline vault backup` and `wardline vault restore`: on the server, over its own database and folder."""

import os
from pathlib import Path

import click

from wardline.kernel.errors import EXIT_YES, ConflictError

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--state", type=_FOLDER, help="[default: $WARDLINE_STATE]")
@click.option("--database", metavar="URL", help="[default: SQLite in the state folder]")
def backup(file: Path, state: Path | None, database: str | None) -> int:
    """Write the server's database and the ledger's key into FILE, while it runs.

    No value can be opened with it; whoever has it can sign the ledger. Keep it as you keep the server.
    """
    from wardline.kernel import settings
    from wardline.main import backups
    from wardline.main.state import prepared

    folder = prepared(state or settings.state_folder())
    made = backups.backup(settings.load(folder, os.environ, database=database), file)
    click.echo(f"{file}: {made.database} at revision {made.revision}, {made.entries} entries of the ledger")
    return EXIT_YES


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--state", type=_FOLDER, help="[default: $WARDLINE_STATE]")
@click.option("--database", metavar="URL", help="An empty one. [default: SQLite in the state folder]")
@click.option("--over", is_flag=True, help="Something is there: keep it beside what is restored.")
def restore(file: Path, state: Path | None, database: str | None, *, over: bool) -> int:
    """Put what is in FILE in this server's place. Stop its nodes first.

    Custodians and agents saw more than the backup knows, and refuse it until a new epoch is raised.
    """
    from wardline.kernel import settings
    from wardline.main import backups
    from wardline.main.state import holder, prepared

    folder = prepared(state or settings.state_folder())
    if holder(folder) is not None:
        raise ConflictError(f"Wardline runs from {folder}", hint="`wardline down` first")
    done = backups.restore(settings.load(folder, os.environ, database=database), file, over=over)
    click.echo(f"restored: {done.database} of {done.made}, {done.entries} entries of the ledger")
    click.echo('next: start the server, and ask for a new epoch: wardline vault epoch --restored --why "…"')
    return EXIT_YES
