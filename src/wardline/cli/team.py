"""`wardline team`: who is asked first, and who is in it."""

from typing import Any

import click

from wardline.cli.remote import showing
from wardline.cli.remote.asking import server


@click.group()
def command() -> None:
    """List teams, and who is in them."""


@command.command(name="list")
@showing.options
def list_(**options: Any) -> None:
    """List teams by name."""
    rows = list(server(options["server"]).rows("/teams"))
    if options["as_json"]:
        showing.json(rows)
        return
    shown = [showing.names(row, "slug", "name", "members", "email", "slack") for row in rows]
    showing.table(("TEAM", "NAME", "MEMBERS", "E-MAIL", "SLACK"), shown, empty="no team")


@command.command()
@click.argument("team")
@showing.options
def show(team: str, **options: Any) -> None:
    """Show one team and its people."""
    from wardline.cli.remote.server import part

    asked = server(options["server"])
    shown = asked.get(f"/teams/{part(team)}")
    shown["people"] = list(asked.rows(f"/teams/{part(team)}/members"))
    if options["as_json"]:
        showing.json(shown)
        return
    showing.facts((name, shown[name]) for name in ("id", "slug", "name", "email", "slack"))
    people = [showing.names(one, "account", "name", "email", "lead") for one in shown["people"]]
    showing.table(("ACCOUNT", "NAME", "E-MAIL", "LEADS"), people, empty="nobody is in it")


@command.command()
@click.argument("team")
@click.option("--name")
@click.option("--email")
@click.option("--slack", help="Its channel.")
@showing.options
def put(team: str, **options: Any) -> None:
    """Make a team, or change it."""
    from wardline.cli.remote.server import part

    values = {name: options[name] for name in ("name", "email", "slack") if options[name] is not None}
    shown = server(options["server"]).ask("PUT", f"/teams/{part(team)}", values=values)
    if options["as_json"]:
        showing.json(shown)
    else:
        showing.facts((name, shown[name]) for name in ("id", "slug", "name", "email", "slack"))


@command.command()
@click.argument("team")
@click.argument("account")
@click.option("--lead", is_flag=True)
@showing.options
def add(team: str, account: str, lead: bool, **options: Any) -> None:  # noqa: FBT001 - click passes options by name
    """Make ACCOUNT (acc-…) a member of TEAM."""
    from wardline.cli.remote.server import part

    server(options["server"]).ask("PUT", f"/teams/{part(team)}/members/{part(account)}", values={"lead": lead})


@command.command()
@click.argument("team")
@click.argument("account")
@showing.options
def remove(team: str, account: str, **options: Any) -> None:
    """End a membership."""
    from wardline.cli.remote.server import part

    server(options["server"]).ask("DELETE", f"/teams/{part(team)}/members/{part(account)}")
