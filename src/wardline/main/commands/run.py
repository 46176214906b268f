"""`wardline run`: a program with its secrets, told or started again when one of them changes."""

import signal
from typing import Any

import click

from wardline.kernel.errors import AskedWronglyError


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--env", "places", multiple=True, metavar="NAME=PATH#FIELD", help="A field in the program's environment.")
@click.option("--on-change", type=click.Choice(["restart", "signal", "exit"]), default="restart", show_default=True)
@click.option("--signal", "name", default="HUP", show_default=True, help="With --on-change signal.")
@click.option("--grace", type=click.FloatRange(0), default=10.0, show_default=True, help="Seconds before it is killed.")
@click.option("--agent", metavar="ADDRESS", help="[default: $WARDLINE_AGENT, or this user's agent]")
@click.argument("command", nargs=-1, required=True)
def command(**said: Any) -> int:
    """Run COMMAND with secrets in its environment; its exit status is this one's.

    wardline run --env DB_PASSWORD=db/orders#password -- gunicorn orders
    """
    from wardline.vault.agent import workload
    from wardline.vault.client import Client

    number = getattr(signal, f"SIG{said['name'].upper().removeprefix('SIG')}", None)
    if not isinstance(number, signal.Signals):
        raise AskedWronglyError(f"{said['name']} is no signal", hint="HUP, USR1, USR2, …")
    wish = workload.Wish(
        command=said["command"],
        places=tuple(workload.place(one) for one in said["places"]),
        on_change=said["on_change"],
        signal=number,
        grace_seconds=said["grace"],
    )
    return workload.run(wish, Client(said["agent"]), lambda text: click.echo(f"wardline run: {text}", err=True))
