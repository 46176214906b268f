"""`wardline grant`: who may read a secret: requested by one person, approved by two others, each on their own diff."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wardline.cli.remote import approving, showing
from wardline.cli.remote.server import part
from wardline.kernel.errors import EXIT_NO, EXIT_YES, AskedWronglyError

if TYPE_CHECKING:
    from wardline.vault.protocol.envelope import Envelope
    from wardline.vault.protocol.model.grant import Grant, Subject
    from wardline.vault.protocol.roots import TrustedRoot


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
    before = grants.require(approving.granted(asked, path), root)
    reader = drafting.subject(said["reader"], said["issuer"], list(said["claims"]), said["instances"])
    if _reads(asked, path, before.document, reader):
        click.echo(f"{reader.name} may read {path} already: nothing to ask for")
        return EXIT_YES
    after = drafting.with_reader(
        drafting.next_grant(before, approving.requester(root, said["requester"]), clock.now()), reader
    )
    _proposed(asked, drafting.drafted(after).written())
    return EXIT_YES


@command.command()
@click.argument("paths", nargs=-1)
@click.option("--ending", metavar="DAYS", type=click.IntRange(1, 365), help="All whose grants end within this time.")
@click.option("--requester", default="", metavar="NAME", help="You: you cannot approve what you request.")
@showing.options
def renew(paths: tuple[str, ...], **said: Any) -> int:
    """Ask that grants go on for another year, as they are."""
    from datetime import datetime, timedelta

    from wardline.kernel import clock
    from wardline.vault.approver import drafting
    from wardline.vault.protocol import grants

    if bool(paths) == bool(said["ending"]):
        raise AskedWronglyError("which grants?", hint="name their secrets, or --ending 30")
    asked = approving.asked(said["server"])
    root = approving.trusted(asked)
    until = clock.now() + timedelta(days=said["ending"] or 0)
    for path in paths or [
        row["path"]
        for row in asked.rows("/vault/secrets", limit=10_000)
        if datetime.fromisoformat(row["grant_expires_at"]) < until
    ]:
        before = grants.require(approving.granted(asked, path), root)
        after = drafting.next_grant(before, approving.requester(root, said["requester"]), clock.now())
        _proposed(asked, drafting.drafted(after).written())
    return EXIT_YES


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--requester", default="", metavar="NAME", help="You: you cannot approve what you request.")
@click.option("--dry-run", is_flag=True, help="Only show what would be asked for.")
@showing.options
def apply(file: Path, **said: Any) -> int:
    """Ask for what FILE (grants.yaml) says: one proposal for each secret whose readers differ from it.

    Secrets that the file does not name are left alone. A reader that is gone from it reads nothing new once the grant
    stands; `wardline grant revoke` also ends what it has, at once.
    """
    from wardline.kernel import clock
    from wardline.vault.approver import declaring, drafting
    from wardline.vault.protocol import grants

    entries = declaring.read(approving.read_file(file, "grants"), str(file))
    asked = approving.asked(said["server"])
    root = approving.trusted(asked)
    paths = [row["path"] for row in asked.rows("/vault/secrets", limit=10_000)]
    for entry in entries:
        if not any(entry.names(path) for path in paths):
            raise AskedWronglyError(
                f"{file}:{entry.line}: no secret is named {entry.path or entry.prefix}", hint="wardline secret add"
            )
    waiting = [row for row in asked.rows("/vault/proposals", limit=1000, state="open") if row["kind"] == "grant"]
    for path in paths:
        readers = declaring.wanted(entries, path)
        if readers is None:
            continue
        before = grants.require(approving.content(asked.get("/vault/grant", path=path)), root)
        if not declaring.changed(before, readers):
            continue
        if known := _waits(waiting, path, root, readers):
            click.echo(f"{known}: waits for signatures already ({path})")
            continue
        after = drafting.next_grant(before, approving.requester(root, said["requester"]), clock.now())
        after = drafting.with_readers(after, readers)
        click.echo(path)
        for line in grants.changes(before.document, after):
            if " readers: " in line:
                click.echo(f"  {line}")
        if not said["dry_run"]:
            _proposed(asked, drafting.drafted(after).written())
    return EXIT_YES


@command.command()
@click.argument("proposal", required=False)
@approving.key_option
@click.option(
    "--all", "every", is_flag=True, help="Every grant that waits for you: each diff first, then one question."
)
@click.option("--yes", is_flag=True, help="Do not ask: you have read the diff.")
@showing.options
def approve(proposal: str | None, **said: Any) -> int:
    """Show what a grant changes, worked out on this machine, and sign it."""
    if bool(proposal) == said["every"]:
        raise AskedWronglyError("which proposal?", hint="`wardline grant list` shows them; --all for every grant")
    asked = approving.asked(said["server"])
    root = approving.trusted(asked)
    signer = approving.signer(said["key"])
    name = approving.approver(root, signer)
    if proposal:
        listed = [asked.get(f"/vault/proposals/{part(proposal)}")]
    else:
        listed = [
            row
            for row in asked.rows("/vault/proposals", limit=1000, state="open")
            if row["kind"] == "grant" and name not in row["signed_by"]
        ]
    looked = [(found["id"], _shown(asked, root, found)) for found in listed]
    if not looked:
        click.echo("nothing waits for your signature")
        return EXIT_YES
    if not said["yes"]:
        click.confirm(f"Sign {'this' if len(looked) == 1 else f'these {len(looked)}'} as {name}?", abort=True)
    for identifier, envelope in looked:
        values = approving.sent(envelope.cosigned(signer).written())
        after = asked.ask("POST", f"/vault/proposals/{part(identifier)}/signatures", values=values)
        click.echo(f"{identifier}: signed by {', '.join(after['signed_by'])}; {after['state']}")
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
    grant = grants.require(approving.granted(asked, path), root)
    _require_known(asked, grant.document, said["reader"])
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


def _reads(asked: Any, path: str, grant: "Grant", reader: "Subject") -> bool:
    """Return whether a grant gives exactly this, and nobody took it away since."""
    from dataclasses import replace

    there = any(replace(one, given=reader.given) == reader for one in grant.readers)
    return there and reader.name in asked.get("/vault/secret", path=path)["readers"]


def _require_known(asked: Any, grant: "Grant", name: str) -> None:
    """Refuse to take away what nobody of that name has: a name that was mistyped would be reported as revoked."""
    named = {one.name for one in (*grant.readers, *grant.writers)}
    named.update(str(row["reader"]) for row in asked.rows("/vault/consumers", path=grant.path))
    if name and name not in named:
        raise AskedWronglyError(
            f"{name} has nothing of {grant.path}", hint=f"--reader is one of: {', '.join(sorted(named)) or 'nobody'}"
        )


def _shown(asked: Any, root: "TrustedRoot", found: dict[str, Any]) -> "Envelope":
    """Show what a proposal changes, and return what is signed: exactly that."""
    from wardline.vault.approver import drafting, succession

    content = approving.content(found["document"])
    if found["kind"] == "grant":
        read, lines = drafting.looked_at(content, _granted(asked, found["path"]), root)
        envelope = read.envelope
    elif found["kind"] in {"root", "solo-root"}:
        envelope, lines = succession.looked_at(content, root, approving.standing(asked))
    else:
        envelope, lines = drafting.looked_at_other(content, root)
    click.echo(f"{found['kind']} {found['path']}".rstrip())
    for line in lines:
        click.echo(f"  {line}")
    return envelope


def _waits(waiting: list[dict[str, Any]], path: str, root: "TrustedRoot", readers: tuple["Subject", ...]) -> str:
    from wardline.vault.approver import declaring
    from wardline.vault.protocol.envelope import unverified
    from wardline.vault.protocol.model.grant import Grant

    for row in waiting:
        if row["path"] == path:
            grant = unverified(Grant, approving.content(row["document"]), root.id)
            if not declaring.changed(grant, readers):
                return str(row["id"])
    return ""


def _granted(asked: Any, path: str) -> bytes | None:
    from wardline.kernel.errors import NotFoundError

    try:
        return approving.content(asked.get("/vault/grant", path=path))
    except NotFoundError:
        return None


def _proposed(asked: Any, content: bytes) -> None:
    made = asked.ask("POST", "/vault/proposals", values=approving.sent(content))
    click.echo(f"{made['id']}: to be approved by {made['wanted']} with `wardline grant approve {made['id']}`")
