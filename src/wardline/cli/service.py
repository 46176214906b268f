"""`wardline service`: what is looked after, by whom, and what of it runs."""

from typing import Any

import click

from wardline.cli.remote import showing
from wardline.cli.remote.asking import server

_FACTS = (
    "id", "slug", "name", "team_name", "tier", "tier_facts", "tier_argument", "exposed", "repository", "description",
    "data", "environments", "depends_on", "notes",
)  # fmt: skip


@click.group()
def command() -> None:
    """List services, change what is said of one, record what runs."""


@command.command(name="list")
@click.option("--text", help="In name, short name and repository.")
@click.option("--team", multiple=True, help="Id or short name; repeatable.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@showing.options
def list_(**options: Any) -> None:
    """List services by name."""
    asked = server(options["server"])
    rows = list(asked.rows("/services", limit=options["limit"], text=options["text"], team=options["team"]))
    if options["as_json"]:
        showing.json(rows)
        return
    shown = [showing.names(row, "slug", "name", "team_name", "tier", "exposed", "repository") for row in rows]
    showing.table(("SERVICE", "NAME", "TEAM", "TIER", "EXPOSED", "REPOSITORY"), shown, empty="no service")


@command.command()
@click.argument("service")
@showing.options
def show(service: str, **options: Any) -> None:
    """Show one service, and what of it runs."""
    from wardline.cli.remote.server import part

    asked = server(options["server"])
    shown = asked.get(f"/services/{part(service)}")
    shown["running"] = list(asked.rows(f"/services/{part(service)}/deployments", running=True))
    if options["as_json"]:
        showing.json(shown)
        return
    running = [f"{one['environment_name']}: {one['digest']}" for one in shown["running"]]
    showing.facts([*((name, shown[name]) for name in _FACTS), ("running", running)])


@command.command()
@click.argument("service")
@click.option("--name")
@click.option("--team", help="Id or short name.")
@click.option("--exposed/--not-exposed", default=None, help="Whether it is reachable from the internet.")
@click.option("--repository")
@click.option("--description")
@showing.options
def put(service: str, **options: Any) -> None:
    """Make a service, or change what is said of it."""
    from wardline.cli.remote.server import part

    names = ("name", "team", "exposed", "repository", "description")
    values = {name: options[name] for name in names if options[name] is not None}
    _show(server(options["server"]).ask("PUT", f"/services/{part(service)}", values=values), options)


@command.command()
@click.argument("service")
@click.argument("tier", type=click.IntRange(1, 4))
@click.option("--argument", required=True, help="Why: it stands in the ledger, beside what the facts say.")
@showing.options
def tier(service: str, tier: int, argument: str, **options: Any) -> None:
    """Claim a tier."""
    from wardline.cli.remote.server import part

    values = {"tier": tier, "argument": argument}
    _show(server(options["server"]).ask("PUT", f"/services/{part(service)}/tier", values=values), options)


@command.command()
@click.argument("service")
@click.argument("environment")
@click.argument("digest")
@click.option("--commit", help="That it was built from.")
@showing.options
def deployed(service: str, environment: str, digest: str, commit: str | None, **options: Any) -> None:
    """Record that DIGEST runs in ENVIRONMENT from now on. CI says this after a deployment."""
    from wardline.cli.remote.server import part

    values = {"environment": environment, "digest": digest, "commit": commit}
    made = server(options["server"]).ask("POST", f"/services/{part(service)}/deployments", values=values)
    if options["as_json"]:
        showing.json(made)
    else:
        showing.say(f"{showing.plain(made['service_name'] or service)} runs in {environment}: {made['id']}")


def _show(shown: Any, options: dict[str, Any]) -> None:
    if options["as_json"]:
        showing.json(shown)
    else:
        showing.facts((name, shown[name]) for name in _FACTS)
