"""`wardline vault`: the ceremony, the root, and what people are asked to sign."""

from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from wardline.cli.remote import approving, showing
from wardline.kernel.errors import EXIT_YES, AskedWronglyError

_OF_THE_SERVER: Final = ("backup", "restore")
_COMMANDS_OF_THE_SERVER: Final = "wardline.main.commands.vault"
_FILE = click.Path(path_type=Path, dir_okay=False)
_IN = click.Path(path_type=Path, exists=True, dir_okay=False)


class _Group(click.Group):
    """The group, with commands that work on the server's own files, which are loaded only to be run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names, alphabetical."""
        return sorted((*super().list_commands(ctx), *_OF_THE_SERVER))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None where there is none of that name."""
        if cmd_name not in _OF_THE_SERVER:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(_COMMANDS_OF_THE_SERVER), cmd_name)
        return found


@click.group(cls=_Group)
def command() -> None:
    """Hold the ceremony, keep your key, see how the vault stands."""


@command.command()
@click.argument("name")
@approving.key_option
@click.option("--unprotected", is_flag=True, help="Leave the file as it is read: for machines that ask nobody.")
def key(name: str, key: Path | None, *, unprotected: bool) -> int:
    """Make your signing key; print the line that whoever drafts the root needs.

    The key stays in its file, on this machine.
    """
    from wardline.vault.approver import keyfile

    secret = b"" if unprotected else approving.passphrase(confirm=True)
    made = keyfile.made(approving.key_file(key), secret)
    click.echo(keyfile.public_line(name, made.public))
    return EXIT_YES


@command.command()
@click.argument("root", metavar="KIND:DIGEST")
def trust(root: str) -> int:
    """Tell this machine which root to trust: what the ceremony printed, and nothing that a server says."""
    from wardline.vault.approver.trusting import Trusting
    from wardline.vault.protocol.roots import Pin

    Trusting(approving.folder()).give(Pin.parse(root))
    click.echo(f"trusted: {root}")
    return EXIT_YES


@command.command()
@click.option("--organisation", required=True)
@click.option(
    "--approver", "approvers", multiple=True, required=True, metavar="NAME:KEY", help="As `vault key` printed."
)
@click.option("--threshold", type=click.IntRange(1, 64), default=2, show_default=True, help="Who change the root.")
@click.option(
    "--grant-threshold", type=click.IntRange(1, 64), default=2, show_default=True, help="Who approve a grant."
)
@click.option("--custodian", "custodians", multiple=True, required=True, metavar="ZONE=LINE", help="As it printed.")
@click.option(
    "--issuer", "issuers", multiple=True, metavar="FORM=ADDRESS=JWKS-FILE|https://…", help="Of workloads' tokens."
)
@click.option("--solo", is_flag=True, help="For a first look: you alone approve. It can never become two people's.")
@click.option("--output", type=_FILE, required=True, help="The draft, for each approver to sign.")
@showing.options
def draft(**said: Any) -> int:
    """Draft the first root of a ceremony. The server is asked for the key of its ledger."""
    from wardline.kernel import clock
    from wardline.vault.approver import drafting, keyfile

    zones = _custodians(said["custodians"])
    asked = approving.asked(said["server"])
    solo = said["solo"]
    plan = drafting.Plan(
        said["organisation"],
        [keyfile.read_public(line) for line in said["approvers"]],
        1 if solo else said["threshold"],
        1 if solo else said["grant_threshold"],
        {zone: tuple(listed) for zone, listed in zones.items()},
        _ledger_key(asked),
        [_issuer(one) for one in said["issuers"]],
    )
    envelope, standing = drafting.first_root(plan, clock.now(), solo=solo)
    said["output"].write_bytes(envelope.written())
    approving.solo_warning(standing)
    click.echo(f"{said['output']}: to be signed by each approver with `wardline vault sign {said['output']}`")
    return EXIT_YES


@command.command()
@click.option("--approver", "approvers", multiple=True, metavar="NAME:KEY", help="Who comes, as `vault key` printed.")
@click.option("--without-approver", "without_approvers", multiple=True, metavar="NAME", help="Who leaves.")
@click.option("--custodian", "custodians", multiple=True, metavar="ZONE=LINE", help="Who comes, as it printed.")
@click.option("--without-custodian", "without_custodians", multiple=True, metavar="NAME", help="Which leaves.")
@click.option("--issuer", "issuers", multiple=True, metavar="FORM=ADDRESS=JWKS-FILE|https://…", help="Of tokens.")
@click.option("--without-issuer", "without_issuers", multiple=True, metavar="ADDRESS")
@click.option("--threshold", type=click.IntRange(1, 64), help="Who change the root. [default: as it is]")
@click.option("--grant-threshold", type=click.IntRange(1, 64), help="Who approve a grant. [default: as it is]")
@click.option("--ledger", is_flag=True, help="Take the key in that signs the server's ledger now.")
@showing.options
def amend(**said: Any) -> int:
    """Ask for the next root: people and custodians come and leave. Approve it as a grant is approved.

    What stands by the signature of somebody who leaves goes on to hold: the root names it, and those who sign see it.
    What a custodian that leaves knew is rotated at once.
    """
    from wardline.kernel import clock
    from wardline.vault.approver import keyfile, succession
    from wardline.vault.protocol import encoding
    from wardline.vault.protocol.model.root import Root

    asked = approving.asked(said["server"])
    root = approving.trusted(asked)
    amendment = succession.Amendment(
        approvers=[keyfile.read_public(line) for line in said["approvers"]],
        custodians=[(zone, one) for zone, listed in _custodians(said["custodians"]).items() for one in listed],
        issuers=[_issuer(one) for one in said["issuers"]],
        ledger=_ledger_key(asked) if said["ledger"] else None,
        **{name: said[name] for name in ("threshold", "grant_threshold") if said[name]},
        **{name: said[name] for name in ("without_approvers", "without_custodians", "without_issuers")},
    )
    standing = approving.standing(asked)
    made = succession.amended(root, amendment, standing, clock.now())
    after = encoding.read(Root, made.payload, "a root")
    if not (lines := succession.changes(root.root, after)):
        raise AskedWronglyError("this changes nothing", hint="wardline vault amend --help")
    for line in lines:
        click.echo(line)
    for name in succession.fallen(root, after, standing):
        click.echo(f"falls with it, and has to be granted anew: {name}", err=True)
    answer = asked.ask("POST", "/vault/proposals", values=approving.sent(made.written()))
    click.echo(f"{answer['id']}: to be approved by {answer['wanted']} with `wardline grant approve {answer['id']}`")
    return EXIT_YES


@command.command()
@click.argument("file", type=_IN)
@approving.key_option
@click.option("--yes", is_flag=True, help="Do not ask: you have read it.")
def sign(file: Path, key: Path | None, *, yes: bool) -> int:
    """Show the root or join document that is in a file, and add your signature to it."""
    from wardline.vault.approver import drafting
    from wardline.vault.protocol.envelope import read_envelope

    envelope = read_envelope(approving.read_file(file, "document"))
    for line in drafting.said_by(envelope):
        click.echo(line)
    if not yes:
        click.confirm(f"Sign this {envelope.kind}?", abort=True)
    file.write_bytes(envelope.cosigned(approving.signer(key)).written())
    click.echo("signed")
    return EXIT_YES


@command.command()
@click.argument("file", type=_IN)
@showing.options
def publish(file: Path, **said: Any) -> int:
    """Hand the signed root to the server; print what agents, custodians and approvers are told to trust."""
    from wardline.vault.approver.trusting import Trusting
    from wardline.vault.protocol.encoding import unb64
    from wardline.vault.protocol.envelope import read_envelope
    from wardline.vault.protocol.model.root import Root, Standing
    from wardline.vault.protocol.roots import Pin

    content = approving.read_file(file, "root")
    kind = read_envelope(content).kind
    standing: Standing = next((name for name, known in Root.kinds.items() if known == kind), "ordinary")
    made = approving.asked(said["server"]).ask("POST", "/vault/roots", values=approving.sent(content))
    pin = Pin(unb64(made["root"]), standing)
    Trusting(approving.folder()).give(pin)
    approving.solo_warning(standing)
    click.echo(str(pin))
    return EXIT_YES


@command.command()
@click.argument("name")
@click.argument("thumbprint")
@click.option("--requester", default="", metavar="NAME", help="You: you cannot approve what you request.")
@click.option("--output", type=_FILE, required=True, help="The document, for approvers to sign.")
@showing.options
def join(name: str, thumbprint: str, **said: Any) -> int:
    """Draft what makes an agent's keys those of a workload, for development: it shows its thumbprint itself."""
    from wardline.kernel import clock
    from wardline.vault.approver import drafting

    root = approving.trusted(approving.asked(said["server"]))
    envelope = drafting.join(root, name, approving.requester(root, said["requester"]), thumbprint, clock.now())
    said["output"].write_bytes(envelope.written())
    click.echo(f"{said['output']}: to be signed by {root.root.grant_threshold} with `wardline vault sign`")
    return EXIT_YES


@command.command()
@click.option("--why", required=True, metavar="TEXT", help="For those who approve it, and for the ledger.")
@click.option("--restored", is_flag=True, help="The server came back from a backup: its ledger goes on from there.")
@click.option("--number", type=click.IntRange(2), help="Which epoch, where the backup knows less than custodians do.")
@showing.options
def epoch(**said: Any) -> int:
    """Ask for a new epoch: numbers begin again and every secret is rotated. Two approve it.

    It is the way out of a number that was poisoned, and part of every restore: with `--restored` it names the newest
    head of the server's ledger, and what custodians and agents saw beyond it did not happen. Roots that this machine
    knows and the backup does not are handed in again first.
    """
    from wardline.kernel import clock
    from wardline.vault.approver import drafting

    asked = approving.asked(said["server"])
    if said["restored"]:
        approving.roots_again(asked)
    root = approving.trusted(asked)
    done = [row for row in asked.rows("/vault/proposals", limit=10_000, state="done") if row["kind"] == "epoch"]
    before = approving.content(done[0]["document"]) if done else None  # the newest comes first
    restored = approving.head(asked) if said["restored"] else None
    made = drafting.next_epoch(root, before, said["why"], clock.now(), restored, number=said["number"])
    answer = asked.ask("POST", "/vault/proposals", values=approving.sent(made.written()))
    click.echo(f"{answer['id']}: to be approved by {answer['wanted']} with `wardline grant approve {answer['id']}`")
    return EXIT_YES


@command.command()
@showing.options
def status(**said: Any) -> int:
    """Show how the vault stands."""
    found = approving.asked(said["server"]).get("/vault")
    if said["as_json"]:
        showing.json(found)
        return EXIT_YES
    zones = [f"{zone}: {', '.join(names)}" for zone, names in found["zones"].items()]
    showing.facts(
        [
            ("root", f"{found['standing']}:{found['root']}"),
            ("version", found["version"]),
            ("approvers", found["approvers"]),
            ("change the root", f"{found['threshold']} of {len(found['approvers'])}"),
            ("approve a grant", f"{found['grant_threshold']} of {len(found['approvers'])}"),
            ("custodians", zones),
        ]
    )
    return EXIT_YES


def _custodians(lines: tuple[str, ...]) -> dict[str, list[Any]]:
    from wardline.vault.approver import drafting

    zones: dict[str, list[Any]] = {}
    for line in lines:
        zone, equals, rest = line.partition("=")
        if not equals:
            raise AskedWronglyError("a custodian is ZONE=LINE", hint="--custodian eu=keeper-1:…")
        zones.setdefault(zone, []).append(drafting.read_custodian(rest))
    return zones


def _ledger_key(asked: Any) -> Any:
    from wardline.vault.protocol.model.root import LedgerKey

    keys, note = list(asked.rows("/ledger/keys")), asked.get("/ledger/note")["note"]
    if not keys or not note:
        raise AskedWronglyError("the server's ledger has not begun", hint="ask again in a second")
    return LedgerKey(note.partition("\n")[0], bytes.fromhex(keys[-1]["public"]))


def _issuer(line: str) -> Any:
    from wardline.vault.approver import drafting

    form, _, rest = line.partition("=")
    address, equals, keys = rest.rpartition("=")
    if form not in {"kubernetes", "github", "oidc"} or not equals:
        raise AskedWronglyError("an issuer is FORM=ADDRESS=KEYS", hint="--issuer kubernetes=https://…=jwks.json")
    given = keys if keys.startswith("https://") else approving.read_file(Path(keys), "issuer's keys").decode()
    return drafting.issuer(form, address, given)
