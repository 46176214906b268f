"""`wardline findings`: ask the server for what is open, show it."""

from typing import Any, get_args

import click

from wardline.cli.remote import showing
from wardline.cli.remote.asking import server
from wardline.findings.report import Practice, Severity

_STATES = ("detected", "owned", "fixing", "fixed", "verified", "dismissed")
_HEADINGS = ("ID", "DUE", "SEVERITY", "SERVICE", "STATE", "OWNER", "WHERE", "WHAT")


@click.command()
@click.option("--service", multiple=True, help="Id or short name; repeatable.")
@click.option("--team", multiple=True, help="Id or short name; repeatable.")
@click.option("--severity", multiple=True, type=click.Choice(get_args(Severity)), help="Repeatable.")
@click.option("--practice", multiple=True, type=click.Choice(get_args(Practice)), help="Repeatable.")
@click.option("--state", multiple=True, type=click.Choice(_STATES), help="Repeatable. [default: what is open]")
@click.option("--mine", is_flag=True, help="Only what I own.")
@click.option("--overdue", is_flag=True, help="Only what is late.")
@click.option("--text", help="Words in title, place, rule and advisories.")
@click.option("--sort", type=click.Choice(["due", "severity", "detected", "seen"]), default="due", show_default=True)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@showing.options
def command(**options: Any) -> None:
    """List findings: what burns first comes first. Exit status: 0 shown, 2 asked wrongly, 3 no answer."""
    from wardline.kernel import clock

    asked = server(options["server"])
    wanted = {name: options[name] for name in ("service", "team", "severity", "practice", "state", "text", "sort")}
    if options["overdue"]:
        wanted["overdue"] = True
    if options["mine"]:
        wanted["owner"] = asked.get("/me")["id"]
    rows = list(asked.rows("/findings", limit=options["limit"], **wanted))
    if options["as_json"]:
        showing.json(rows)
        return
    now = clock.now()
    showing.table(
        _HEADINGS,
        [
            [
                row["id"],
                "waived" if row["waived_until"] else showing.left(row["due_at"], now) if row["open"] else "",
                *showing.names(row, "severity", "service_name", "state"),
                row["owner_name"] or row["team_name"],
                *showing.names(row, "place", "title"),
            ]
            for row in rows
        ],
        empty="nothing: no finding fits",
    )
