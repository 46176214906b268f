"""`wardline secret`: secrets by path. No command shows a value, and none could."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from wardline.cli.remote import approving, showing
from wardline.kernel.errors import EXIT_NO, EXIT_YES, AskedWronglyError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_MAX_VALUE = 256 * 1024


@click.group()
def command() -> None:
    """Add a secret, bring its value, see how it stands. Values are never shown."""


@command.command()
@click.argument("path")
@click.option(
    "--target", default="", metavar="ADDRESS", help="postgresql://… without a password; none: people bring it."
)
@click.option("--zone", default="", help="Whose custodians keep it. [default: the only one]")
@click.option("--rotate-every", default="1h", show_default=True, metavar="TIME")
@click.option("--maximum-age", default="1d", show_default=True, metavar="TIME")
@click.option("--overlap", default="5m", show_default=True, metavar="TIME")
@click.option("--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="PEM: the target's authority.")
@click.option(
    "--program", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="For exec://: its digest."
)
@click.option("--requester", default="", metavar="NAME", help="You: you cannot approve what you request.")
@showing.options
def add(path: str, **said: Any) -> int:
    """Ask for a new secret: its first grant. Nobody reads it yet (`wardline grant request`)."""
    from hashlib import sha256

    from wardline.kernel import clock
    from wardline.vault.approver import drafting

    asked = approving.asked(said["server"])
    root = approving.trusted(asked)
    terms = drafting.Terms(
        path,
        approving.zone(root, said["zone"]),
        approving.requester(root, said["requester"]),
        said["target"],
        rotate_every=_time(said["rotate_every"]),
        maximum_age=_time(said["maximum_age"]),
        overlap=_time(said["overlap"]),
        authority=approving.read_file(said["ca"], "target's CA").decode() if said["ca"] else "",
        program=sha256(approving.read_file(said["program"], "program")).digest() if said["program"] else b"",
    )
    draft = drafting.drafted(drafting.first_grant(root, terms, clock.now()))
    made = asked.ask("POST", "/vault/proposals", values=approving.sent(draft.written()))
    click.echo(f"{made['id']}: to be approved by {made['wanted']} with `wardline grant approve {made['id']}`")
    return EXIT_YES


@command.command(name="import")
@click.argument("path")
@click.option("--field", default="value", show_default=True, help="What the value is called; JSON: `--json-fields`.")
@click.option("--json-fields", is_flag=True, help="Standard input is one JSON object of fields.")
@approving.key_option
@showing.options
def import_(path: str, **said: Any) -> int:
    """Bring a value: read from standard input, sealed on this machine to the custodians of its zone.

    Its origin says for ever that a person has seen it, until it is rotated.
    """
    import os
    import sys

    from wardline.kernel import clock
    from wardline.vault.approver import bringing

    if sys.stdin.isatty():
        raise AskedWronglyError("the value is read from standard input", hint="wardline secret import PATH < FILE")
    fields = bringing.fields(sys.stdin.buffer.read(_MAX_VALUE + 1), said["field"], as_json=said["json_fields"])
    asked = approving.asked(said["server"])
    root = approving.trusted(asked)
    signer = approving.signer(said["key"])
    writer = f"person:{approving.approver(root, signer)}"
    granted = approving.granted(asked, path)
    current = asked.get("/vault/secret", path=path)
    put = bringing.sealed(
        granted,
        root,
        fields,
        bringing.After(writer, current["epoch"] or 1, current["number"] or 0),
        signer=signer,
        now=clock.now(),
        random=os.urandom,
    )
    asked.ask("POST", "/vault/values", values=approving.sent(put))
    click.echo(f"{path}: sealed and handed in; a custodian publishes it")
    return EXIT_YES


@command.command(name="list")
@click.option("--prefix", default="", help="Paths that begin so.")
@showing.options
def list_(**said: Any) -> int:
    """List secrets, with their ages and next rotations."""
    rows = list(approving.asked(said["server"]).rows("/vault/secrets", limit=10_000, prefix=said["prefix"]))
    if said["as_json"]:
        showing.json(rows)
        return EXIT_YES
    shown = [
        [
            *showing.names(row, "path", "zone", "strategy", "number", "origin"),
            showing.when(row["published_at"]),
            showing.when(row["next_rotation_at"]),
            _standing(row),
        ]
        for row in rows
    ]
    headings = ("SECRET", "ZONE", "ROTATED BY", "VERSION", "ORIGIN", "SINCE", "NEXT", "STANDING")
    showing.table(headings, shown, empty="no secret yet: wardline secret add")
    return EXIT_NO if any(row["overdue"] for row in rows) else EXIT_YES


@command.command()
@click.argument("path")
@showing.options
def status(path: str, **said: Any) -> int:
    """Show one secret: who approved it, who reads it, and which version each has."""
    asked = approving.asked(said["server"])
    row = asked.get("/vault/secret", path=path)
    consumers = list(asked.rows("/vault/consumers", path=path))
    if said["as_json"]:
        showing.json({**row, "consumers": consumers})
        return EXIT_YES
    showing.facts(
        [
            *(
                (name.replace("_", " "), row[name])
                for name in ("path", "zone", "strategy", "requester", "approvers", "readers")
            ),
            ("version", row["number"]),
            ("origin", row["origin"]),
            ("since", showing.when(row["published_at"])),
            ("next rotation", showing.when(row["next_rotation_at"])),
            ("grant ends", showing.when(row["grant_expires_at"])),
            ("standing", _standing(row)),
        ]
    )
    shown = [
        [*showing.names(one, "reader", "key_id", "number", "delivered"), showing.when(one["at"])] for one in consumers
    ]
    showing.table(("SEALED TO", "KEY", "HAS VERSION", "DELIVERED", "AT"), shown, empty="sealed to nobody yet")
    return EXIT_NO if row["overdue"] else EXIT_YES


@command.command()
@click.argument("path")
@showing.options
def history(path: str, **said: Any) -> int:
    """List a secret's versions."""
    rows = list(approving.asked(said["server"]).rows("/vault/versions", limit=1000, path=path))
    if said["as_json"]:
        showing.json(rows)
        return EXIT_YES
    shown = [
        [
            *showing.names(row, "epoch", "number", "origin", "custodian"),
            showing.when(row["issued_at"]),
            row["consumers"],
        ]
        for row in rows
    ]
    showing.table(("EPOCH", "VERSION", "ORIGIN", "BY", "AT", "SEALED TO"), shown, empty="no version yet")
    return EXIT_YES


@command.command()
@click.argument("path")
@showing.options
def rotate(path: str, **said: Any) -> int:
    """Ask for a new version now."""
    approving.asked(said["server"]).ask("POST", "/vault/rotations", values={"path": path})
    click.echo(f"{path}: asked for; `wardline secret status {path}` shows the new version")
    return EXIT_YES


@command.command()
@click.argument("path")
@click.option(
    "--custodian",
    type=click.Path(path_type=Path),
    envvar="WARDLINE_CUSTODIAN",
    help="Its socket, custodian.sock in its folder. [default: the only one of this user's]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def test(path: str, custodian: Path | None, *, as_json: bool) -> int:
    """Have a custodian log in with the current version, for people who cannot look: yes, no, or cannot say.

    It is asked on its own machine, by its own user, past the server: what a server says of it would be worth nothing.
    """
    from wardline.kernel import settings
    from wardline.kernel.errors import EXIT_CANNOT_SAY
    from wardline.vault.custodian import door

    known = sorted(settings.state_folder().glob(f"custodian-*/{door.FILE}"))
    if custodian is None and len(known) != 1:
        raise AskedWronglyError("which custodian?", hint="on its machine: --custodian STATE/custodian.sock")
    said = door.ask(custodian or known[0], {"test": path})
    if as_json:
        showing.json(said)
    else:
        click.echo(f"{said['works']}: {said['detail']}")
    return {"yes": EXIT_YES, "no": EXIT_NO}.get(said["works"], EXIT_CANNOT_SAY)


def _standing(row: dict[str, Any]) -> str:
    if row["rotation_problem"]:
        since = showing.when(row["rotation_since"])
        return f"rotation stuck at {row['rotation_step']} since {since}: {row['rotation_problem']}"
    if row["rotation_step"]:
        return f"rotating: {row['rotation_step']}"
    if row["number"] is None:
        return "no value yet"
    return "older than its maximum age" if row["overdue"] else "current"


def _time(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if unit not in _UNITS or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise AskedWronglyError(f"{text} is no time", hint="for example 30s, 5m, 1h or 1d")
    return timedelta(seconds=int(number) * _UNITS[unit])
