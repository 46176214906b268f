"""`wardline down`: end what `wardline up` started."""

from pathlib import Path

import click

from wardline.kernel.errors import EXIT_NO, EXIT_YES


@click.command()
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="[default: $WARDLINE_STATE]")
def command(state: Path | None) -> int:
    """End the platform that runs on this machine. Nothing is lost: `wardline up` goes on where it was.

    Exit status: 0 it has ended, 1 none was running, 3 it does not end.
    """
    from wardline.kernel.settings import state_folder
    from wardline.main.up import down

    folder = state or state_folder()
    if down(folder):
        click.echo("ended")
        return EXIT_YES
    click.echo(f"nothing runs from {folder}")
    return EXIT_NO
