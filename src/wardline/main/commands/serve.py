"""`wardline serve`: one node of the platform."""

import os
from pathlib import Path
from typing import Any

import click

from wardline.kernel.errors import EXIT_YES


@click.command()
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="[default: $WARDLINE_STATE]")
@click.option("--database", metavar="URL", help="postgresql://…; any number of nodes may share one.")
@click.option("--host", help="Address to listen on. [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="0: any free one.")
@click.option("--url", help="Address as browsers reach it.")
@click.option("--node", help="This node's name. [default: host name and process id]")
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help="A file for log lines. [default: stderr]")
@click.option("--parent", type=int, hidden=True, help="A descriptor; its other end's closing ends the node.")
def command(parent: int | None, state: Path | None, log: Path | None, **said: Any) -> int:
    """Serve the API and the pages and do the platform's duties, until SIGINT or SIGTERM.

    The database has to be migrated: `wardline migrate`.
    """
    from wardline.kernel import settings
    from wardline.main.serving import serve
    from wardline.main.state import prepared

    known = settings.load(prepared(state or settings.state_folder()), os.environ, **said)
    serve(known, parent=parent, log=log, ready=lambda url: click.echo(f"ready {url}"))
    return EXIT_YES
