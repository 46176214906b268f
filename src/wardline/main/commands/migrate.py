"""`wardline migrate`: bring the database to what this version expects."""

import os
from pathlib import Path

import click

from wardline.kernel.errors import EXIT_NO, EXIT_YES


@click.command()
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="[default: $WARDLINE_STATE]")
@click.option("--database", metavar="URL", help="[default: SQLite in the state folder]")
@click.option("--to", "revision", default="head", show_default=True, help="A revision, or `base` for none.")
@click.option("--check", is_flag=True, help="Change nothing: exit 1 where there is something to migrate.")
def command(state: Path | None, database: str | None, revision: str, *, check: bool) -> int:
    """Migrate the database; safe to run again, and while another node does the same."""
    from wardline.kernel import settings
    from wardline.kernel.database.engine import Database
    from wardline.main import migrating
    from wardline.main.state import prepared

    known = settings.load(prepared(state or settings.state_folder()), os.environ, database=database)
    opened = Database(known.database)
    if check:
        found, wanted = migrating.standing(opened), migrating.newest()
        click.echo(f"the database stands at {found or 'nothing'}; this version needs {wanted}")
        return EXIT_YES if found == wanted else EXIT_NO
    click.echo(f"the database stands at {migrating.migrate(opened, revision) or 'nothing'}")
    return EXIT_YES
