"""`wardline waiver`: ask for leave, decide about it, end it."""

from typing import Any

import click

from wardline.cli.remote import showing
from wardline.cli.remote.asking import server

_REASONS = ("fix-in-progress", "compensating-control", "no-fix-available", "not-reachable", "false-positive-in-review")
_STANDINGS = ("asked", "effective", "approved", "refused", "expired", "revoked", "lapsed", "withdrawn")


@click.group()
def command() -> None:
    """Ask for a waiver, decide about one, renew or end it."""


@command.command(name="list")
@click.option("--service", multiple=True, help="Id or short name; repeatable.")
@click.option("--standing", multiple=True, type=click.Choice(_STANDINGS), help="Repeatable.")
@click.option("--mine", is_flag=True, help="Only those that I may approve now.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@showing.options
def list_(**options: Any) -> None:
    """List waivers, newest first."""
    wanted = {"service": options["service"], "standing": options["standing"], "mine": options["mine"] or None}
    rows = list(server(options["server"]).rows("/waivers", limit=options["limit"], **wanted))
    if options["as_json"]:
        showing.json(rows)
        return
    shown = [
        [
            *showing.names(row, "id", "standing", "severity", "service_name", "requester_name", "reason"),
            showing.when(row["expires_at"]),
            row["justification"],
        ]
        for row in rows
    ]
    showing.table(("ID", "STANDING", "SEVERITY", "SERVICE", "ASKED BY", "REASON", "UNTIL", "WHY"), shown, empty="none")


@command.command()
@click.argument("waiver")
@showing.options
def show(waiver: str, **options: Any) -> None:
    """Show one waiver."""
    _said(options, "GET", waiver, "")


@command.command()
@click.option("--service", required=True, help="Id or short name.")
@click.option("--fingerprint", help="Of the finding.")
@click.option("--rule", help="All of this rule …")
@click.option("--path", "path_prefix", help="… below this path.")
@click.option("--reason", required=True, type=click.Choice(_REASONS))
@click.option("--justification", required=True)
@click.option("--control", required=True, help="What holds instead of the fix.")
@click.option("--control-check", help="A rule that finds something where the control does not hold.")
@click.option("--attested-by", help="Who says that it holds: an account's id or e-mail.")
@click.option("--until", required=True, metavar="DATE|DAYS")
@showing.options
def ask(**options: Any) -> None:
    """Ask for a waiver of what is open now."""
    control = {"text": options["control"], "check": options["control_check"], "attested_by": options["attested_by"]}
    values = {name: options[name] for name in ("service", "fingerprint", "rule", "path_prefix", "reason")}
    values |= {"justification": options["justification"], "control": control}
    _said(options, "POST", "", "", {**values, "expires_at": showing.moment(options["until"])})


@command.command()
@click.argument("waiver")
@showing.options
def approve(waiver: str, **options: Any) -> None:
    """Say yes."""
    _said(options, "POST", waiver, "approve")


@command.command()
@click.argument("waiver")
@click.option("--until", required=True, metavar="DATE|DAYS")
@click.option("--justification", required=True)
@showing.options
def renew(waiver: str, until: str, justification: str, **options: Any) -> None:
    """Ask to go on with one that counts."""
    _said(options, "POST", waiver, "renew", {"expires_at": showing.moment(until), "justification": justification})


@command.command()
@click.argument("waiver")
@click.option("--why", required=True)
@showing.options
def refuse(waiver: str, why: str, **options: Any) -> None:
    """Say no."""
    _said(options, "POST", waiver, "refuse", {"why": why})


@command.command()
@click.argument("waiver")
@click.option("--why", required=True)
@showing.options
def revoke(waiver: str, why: str, **options: Any) -> None:
    """End it before its time."""
    _said(options, "POST", waiver, "revoke", {"why": why})


@command.command()
@click.argument("waiver")
@click.option("--why", default="")
@showing.options
def withdraw(waiver: str, why: str, **options: Any) -> None:
    """Take it back."""
    _said(options, "POST", waiver, "withdraw", {"why": why})


def _said(options: dict[str, Any], method: str, waiver: str, move: str, values: Any = None) -> None:
    from wardline.cli.remote.server import part

    path = "/".join(one for one in ("/waivers", part(waiver), move) if one)
    shown = server(options["server"]).ask(method, path, values=values)
    if options["as_json"]:
        showing.json(shown)
        return
    facts = ("id", "standing", "move", "severity", "service_name", "reason", "justification", "requester_name")
    showing.facts(
        [(name.removesuffix("_name"), shown[name]) for name in facts]
        + [
            ("control", shown["control"]["text"]),
            ("until", showing.when(shown["expires_at"])),
            ("decide by", showing.when(shown["decide_by"])),
            ("approved by", [one["name"] for one in shown["approvals"]]),
            ("covers", [f"{one['title']} ({one['place']})" for one in shown["findings"]]),
            ("ended", shown["ending"] or shown["refusal"]),
        ]
    )
