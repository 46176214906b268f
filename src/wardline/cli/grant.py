"""`wardline grant`: who may read a secret: requested by one person, approved by two others, each on their own diff."""

from typing import Any

import click

from wardline.cli.remote import approving, showing
from wardline.kernel.errors import EXIT_NO, EXIT_YES


@click.group()
def command() -> None:
    """Ask for a grant, approve one, take one away."""


@command.command(name="list")
@click.option("--state", type=click.Choice(["open", "done", "withdrawn"]), default="open", show_default=True)
@showing.options
def list_(**said: Any) -> int:
    """List what people are asked to sign."""
    rows = list(approving.asked(said["server"]).rows("/vault/proposals", limit=500, state=said["state"]))
    if said["as_json"]:
        showing.json(rows)
        return EXIT_YES
    shown = [
        [
            *showing.names(row, "id", "kind", "path"),
            showing.when(row["asked_at"]),
            f"{len(row['signed_by'])} of {row['wanted']}",
        ]
        for row in rows
    ]
    showing.table(("ID", "KIND", "SECRET", "ASKED", "SIGNED"), shown, empty="nothing waits for a signature")
    return EXIT_YES


@command.command()
@click.argument("path")
@click.option("--reader", required=True, metavar="NAME", help="workload:orders")
@click.option("--issuer", default="", help="Whose tokens say who it is; none: joined by hand, for development.")
@click.option("--claim", "claims", multiple=True, metavar="NAME=VALUE", help="What the token has to say; repeatable.")
@click.option("--instances", type=click.IntRange(1, 100_000), default=1, show_default=True)
@click.option("--requester", default="", metavar="NAME", help="You: you cannot approve what you request.")
@showing.options
def request(path: str, **said: Any) -> int:
    """Ask that a workload may read a secret."""
    from wardline.kernel import clock
    from wardline.vault.approver import drafting
    from wardline.vault.protocol import grants

    asked = approving.asked(said["server"])
    root = approving.trusted(asked)
    before = grants.require(approving.content(asked.get("/vault/grant", path=path)), root)
    reader = drafting.subject(said["reader"], said["issuer"], list(said["claims"]), said["instances"])
    after = drafting.with_reader(
        drafting.next_grant(before, approving.requester(root, said["requester"]), clock.now()), reader
    )
    _proposed(asked, drafting.drafted(after).written())
    return EXIT_YES


@command.command()
@click.argument("proposal")
@approving.key_option
@click.option("--yes", is_flag=True, help="Do not ask: you have read the diff.")
@showing.options
def approve(proposal: str, **said: Any) -> int:
    """Show what a grant changes, worked out on this machine, and sign it."""
    from wardline.cli.remote.server import part
    from wardline.vault.approver import drafting

    asked = approving.asked(said["server"])
    root = approving.trusted(asked)
    found = asked.get(f"/vault/proposals/{part(proposal)}")
    content = approving.content(found["document"])
    before = None
    if found["kind"] == "grant":
        before = _granted(asked, found["path"])
        read, lines = drafting.looked_at(content, before, root)
        envelope = read.envelope
    else:
        envelope, lines = drafting.looked_at_other(content, root)
    signer = approving.signer(said["key"])
    name = approving.approver(root, signer)
    click.echo(f"{found['kind']} {found['path']}".rstrip())
    for line in lines:
        click.echo(f"  {line}")
    if not said["yes"]:
        click.confirm(f"Sign this as {name}?", abort=True)
    values = approving.sent(envelope.cosigned(signer).written())
    after = asked.ask("POST", f"/vault/proposals/{part(proposal)}/signatures", values=values)
    click.echo(f"signed by {', '.join(after['signed_by'])}; {after['state']}")
    return EXIT_YES


@command.command()
@click.argument("path")
@click.option("--reader", default="", metavar="NAME", help="Who; none: everybody.")
@click.option("--why", required=True)
@click.option("--wait", type=click.IntRange(0, 600), default=30, show_default=True, help="Seconds, for custodians.")
@approving.key_option
@showing.options
def revoke(path: str, **said: Any) -> int:
    """Take a reader off a secret. Succeeds once every custodian has acknowledged it.

    Exit status 1 also where a person brought the value: whoever read it knows it, until it is replaced at its provider.
    """
    import time

    from wardline.kernel import clock
    from wardline.vault.approver import drafting
    from wardline.vault.protocol import grants
    from wardline.vault.protocol.envelope import enveloped

    asked = approving.asked(said["server"])
    root = approving.trusted(asked)
    signer = approving.signer(said["key"])
    approving.approver(root, signer)
    grant = grants.require(approving.content(asked.get("/vault/grant", path=path)), root)
    made = drafting.revocation(grant, said["reader"], said["why"], clock.now())
    standing = asked.ask("POST", "/vault/revocations", values=approving.sent(enveloped(made, signer).written()))
    until = time.monotonic() + said["wait"]
    while standing["missing"] and time.monotonic() < until:
        time.sleep(0.2)
        standing = asked.get(f"/vault/revocations/{standing['document']}")
    if standing["missing"]:
        click.echo(f"not yet acknowledged by {', '.join(standing['missing'])}: it does not hold there yet", err=True)
        return EXIT_NO
    click.echo("revoked: every custodian has acknowledged it")
    if grant.document.strategy == "none":
        click.echo(f"{path} is rotated by nobody here: replace it where it is accepted, and import it anew", err=True)
        return EXIT_NO
    return EXIT_YES


def _granted(asked: Any, path: str) -> bytes | None:
    from wardline.kernel.errors import NotFoundError

    try:
        return approving.content(asked.get("/vault/grant", path=path))
    except NotFoundError:
        return None


def _proposed(asked: Any, content: bytes) -> None:
    made = asked.ask("POST", "/vault/proposals", values=approving.sent(content))
    click.echo(f"{made['id']}: to be approved by {made['wanted']} with `wardline grant approve {made['id']}`")
