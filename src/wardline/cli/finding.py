"""`wardline finding`: one finding, and the moves that there are."""

from typing import Any

import click

from wardline.cli.remote import showing
from wardline.cli.remote.asking import server


@click.group()
def command() -> None:
    """Show a finding, take it, hand it on, or say that it is none."""


@command.command()
@click.argument("finding")
@click.option("--history", is_flag=True, help="Also every event.")
@showing.options
def show(finding: str, history: bool, **options: Any) -> None:  # noqa: FBT001 - click passes options by name
    """Show what is wrong, where, how to repair it, and until when."""
    from wardline.cli.remote.server import part

    asked = server(options["server"])
    shown = asked.get(f"/findings/{part(finding)}")
    if history:
        shown["history"] = asked.get(f"/findings/{part(finding)}/history")
    if options["as_json"]:
        showing.json(shown)
        return
    _show(shown)
    for event in shown.get("history", {}).get("events", {}).get("rows", []):
        showing.say(
            f"  {showing.when(event['at'])}  {showing.plain(event['action'])}  {showing.plain(event['actor_name'])}"
        )


def _show(shown: dict[str, Any]) -> None:
    from wardline.kernel import clock

    told = shown["attributes"]
    fix = told["fix"] or {}
    showing.facts(
        [
            ("finding", shown["id"]),
            ("what", shown["title"]),
            ("where", shown["place"]),
            ("severity", shown["severity"] + (", known to be exploited" if shown["exploited"] else "")),
            ("rule", shown["rule"]),
            ("service", f"{shown['service_name']} (tier {shown['tier']})"),
            ("owner", shown["owner_name"] or f"{shown['team_name']} as a team"),
            ("state", shown["state"] + (f", cycle {shown['cycle']}" if shown["cycle"] > 1 else "")),
            ("due", f"{showing.when(shown['due_at'])} UTC ({showing.left(shown['due_at'], clock.now())})"),
            ("why then", "; ".join(shown["clock"])),
            ("waived until", showing.when(shown["waived_until"])),
            ("why it matters", told["message"]),
            ("repair", fix.get("text")),
            ("command", fix.get("command")),
            ("advisories", told["advisories"]),
        ]
    )


def _move(finding: str, move: str, options: dict[str, Any], values: Any = None) -> None:
    from wardline.cli.remote.server import part

    shown = server(options["server"]).ask("POST", f"/findings/{part(finding)}/{move}", values=values)
    if options["as_json"]:
        showing.json(shown)
        return
    owner = shown["owner_name"] or shown["team_name"]
    showing.say(f"{shown['id']}: {shown['state']}, {showing.plain(owner)}, due {showing.when(shown['due_at'])} UTC")


@command.command()
@click.argument("finding")
@showing.options
def acknowledge(finding: str, **options: Any) -> None:
    """Say "mine"."""
    _move(finding, "acknowledge", options)


@command.command()
@click.argument("finding")
@click.argument("account")
@showing.options
def assign(finding: str, account: str, **options: Any) -> None:
    """Hand it to ACCOUNT (an id: acc-…)."""
    _move(finding, "assign", options, {"account": account})


@command.command()
@click.argument("finding")
@showing.options
def start(finding: str, **options: Any) -> None:
    """Say that the repair has begun."""
    _move(finding, "start", options)


@command.command()
@click.argument("finding")
@click.option("--reason", required=True, help="Why it is wrong, or does not apply.")
@click.option("--evidence", required=True, help="What shows it.")
@click.option("--until", required=True, metavar="DATE|DAYS", help="2027-01-31, or 30d from now.")
@showing.options
def dismiss(finding: str, reason: str, evidence: str, until: str, **options: Any) -> None:
    """Ask that it count as wrong until a date: a second person decides."""
    values = {"reason": reason, "evidence": evidence, "expires_at": showing.moment(until)}
    _move(finding, "dismissal", options, values)


@command.command()
@click.argument("finding")
@showing.options
def approve(finding: str, **options: Any) -> None:
    """Agree that it is wrong."""
    _move(finding, "dismissal/approve", options)


@command.command()
@click.argument("finding")
@click.option("--why", required=True)
@showing.options
def refuse(finding: str, why: str, **options: Any) -> None:
    """Say that it is none to dismiss."""
    _move(finding, "dismissal/refuse", options, {"why": why})
