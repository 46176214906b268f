"""`wardline token`: API tokens, scoped and expiring."""

from typing import Any

import click

from wardline.cli.remote import showing
from wardline.cli.remote.asking import server


@click.group()
def command() -> None:
    """Make, list and revoke API tokens. Making one takes a sign-in: a token makes no tokens."""


@command.command(name="list")
@click.option("--everybody", is_flag=True, help="Not only mine.")
@showing.options
def list_(**options: Any) -> None:
    """List tokens, newest first."""
    rows = list(server(options["server"]).rows("/tokens", everybody=options["everybody"]))
    if options["as_json"]:
        showing.json(rows)
        return
    shown = [
        [
            *showing.names(row, "id", "name", "account_name", "permissions"),
            "revoked" if row["revoked_at"] else showing.when(row["expires_at"]),
            showing.when(row["last_used_at"]),
        ]
        for row in rows
    ]
    showing.table(("ID", "NAME", "OF", "MAY", "UNTIL", "LAST USED"), shown, empty="no token")


@command.command()
@click.argument("name")
@click.option("--permission", "permissions", multiple=True, required=True, help="report:write, …; repeatable.")
@click.option("--service", "services", multiple=True, help="Id or short name to narrow it to; repeatable.")
@click.option("--until", metavar="DATE|DAYS", help="2027-01-31, or 30d from now. [default: 90d]")
@showing.options
def create(name: str, until: str | None, **options: Any) -> None:
    """Make a token and print it: this once."""
    from wardline.cli.remote.server import part

    asked = server(options["server"])
    services = [asked.get(f"/services/{part(one)}")["id"] for one in options["services"]]
    values = {"name": name, "permissions": options["permissions"], "services": services}
    if until:
        values["expires_at"] = showing.moment(until)
    made = asked.ask("POST", "/tokens", values=values)
    if options["as_json"]:
        showing.json(made)
    else:
        showing.say(made["token"])


@command.command()
@click.argument("token")
@showing.options
def revoke(token: str, **options: Any) -> None:
    """Revoke a token by its id (tok-…): its next request fails."""
    from wardline.cli.remote.server import part

    server(options["server"]).ask("DELETE", f"/tokens/{part(token)}")
