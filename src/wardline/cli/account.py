"""`wardline account`: people, and what roles they have."""

from typing import Any

import click

from wardline.cli.remote import showing
from wardline.cli.remote.asking import server

_FACTS = ("id", "name", "email", "roles", "teams", "active", "seen_at")


@click.group()
def command() -> None:
    """List people, give them roles, shut somebody out at once."""


@command.command(name="list")
@click.option("--text", help="In name, address and user name.")
@showing.options
def list_(**options: Any) -> None:
    """List accounts by name."""
    rows = list(server(options["server"]).rows("/accounts", text=options["text"]))
    if options["as_json"]:
        showing.json(rows)
        return
    shown = [
        [*showing.names(row, "id", "name", "email", "roles", "active"), showing.when(row["seen_at"])] for row in rows
    ]
    showing.table(("ID", "NAME", "E-MAIL", "ROLES", "ACTIVE", "SEEN"), shown, empty="nobody")


@command.command()
@click.argument("account", required=False)
@showing.options
def show(account: str | None, **options: Any) -> None:
    """Show one account; without ACCOUNT: who I am, and what this token may."""
    _said(options, "GET", f"/accounts/{account}" if account else "/me")


@command.command()
@click.argument("name")
@click.option("--email")
@click.option("--role", "roles", multiple=True, default=("developer",), show_default=True, help="Repeatable.")
@showing.options
def create(name: str, email: str | None, roles: tuple[str, ...], **options: Any) -> None:
    """Make an account for a person who will sign in later."""
    _said(options, "POST", "/accounts", {"name": name, "email": email, "roles": roles})


@command.command()
@click.argument("account")
@click.argument("roles", nargs=-1, required=True)
@showing.options
def roles(account: str, roles: tuple[str, ...], **options: Any) -> None:
    """Give ACCOUNT exactly these ROLES."""
    _said(options, "PUT", f"/accounts/{account}/roles", {"roles": roles})


@command.command()
@click.argument("account")
@showing.options
def deactivate(account: str, **options: Any) -> None:
    """Shut ACCOUNT out: its sessions and tokens end with it."""
    _said(options, "POST", f"/accounts/{account}/deactivate")


@command.command()
@click.argument("account")
@showing.options
def reactivate(account: str, **options: Any) -> None:
    """Let ACCOUNT in again."""
    _said(options, "POST", f"/accounts/{account}/reactivate")


@command.command()
@click.argument("account")
@showing.options
def invite(account: str, **options: Any) -> None:
    """Print a link that signs ACCOUNT in, once, within 15 minutes."""
    made = server(options["server"]).ask("POST", f"/accounts/{account}/invite")
    if options["as_json"]:
        showing.json(made)
    else:
        showing.say(showing.plain(made["link"]))


def _said(options: dict[str, Any], method: str, path: str, values: Any = None) -> None:
    shown = server(options["server"]).ask(method, path, values=values)
    if options["as_json"]:
        showing.json(shown)
    else:
        showing.facts((name, value) for name, value in shown.items() if name in {*_FACTS, "permissions", "services"})
