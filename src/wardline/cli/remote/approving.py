"""What commands of the vault share: the approver's key and root on this machine, and documents to and from a server."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wardline.cli.remote import credentials
from wardline.kernel.errors import AskedWronglyError

if TYPE_CHECKING:
    from wardline.cli.remote.server import Server
    from wardline.vault.protocol.keys import SoftwareSigner
    from wardline.vault.protocol.model.statement import HeadSeen
    from wardline.vault.protocol.roots import TrustedRoot

PASSPHRASE = "WARDLINE_PASSPHRASE"  # noqa: S105 - the name of a variable


def key_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names the approver's key file."""
    path = click.Path(path_type=Path, dir_okay=False)
    return click.option("--key", type=path, envvar="WARDLINE_KEY", help="Your key file. [default: approver.key]")(
        command
    )


def folder() -> Path:
    """Return where a person's key and root are kept: beside the sign-ins."""
    return credentials.file().parent


def key_file(given: Path | None) -> Path:
    """Return the key file that is meant."""
    return given or folder() / "approver.key"


def signer(given: Path | None) -> "SoftwareSigner":
    """Return the approver's key, asking for its passphrase where it has one."""
    from wardline.vault.approver import keyfile

    path = key_file(given)
    return keyfile.read(path, passphrase(confirm=False) if keyfile.protected(path) else None)


def passphrase(*, confirm: bool) -> bytes:
    """Return a passphrase from the environment, or typed; it is never an argument."""
    import os

    if PASSPHRASE in os.environ:
        return os.environ[PASSPHRASE].encode()
    typed: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return typed.encode()


def trusted(server: "Server") -> "TrustedRoot":
    """Return the newest root that a server has, which follows from the one that this machine was told to trust."""
    from wardline.vault.approver.trusting import Trusting

    return Trusting(folder()).follow([content(one) for one in server.get("/vault/roots")["roots"]])


def approver(root: "TrustedRoot", key: "SoftwareSigner") -> str:
    """Return whose key this is. Raises: `AskedWronglyError` where it is no approver's."""
    for one in root.root.approvers:
        if one.key == key.public:
            return one.name
    raise AskedWronglyError(
        "this key is none of the root's approvers", hint="another --key, or have it put into the next root"
    )


def asked(url: str | None) -> "Server":
    """Return the server that is meant, saying first where one person approves alone in its vault."""
    from wardline.cli.remote.asking import server
    from wardline.kernel.errors import NotFoundError

    found = server(url)
    with suppress(NotFoundError):  # no root yet: whatever is asked next says so
        solo_warning(found.get("/vault")["standing"])
    return found


def requester(root: "TrustedRoot", said: str) -> str:
    """Return who asks: as they said, or the one person of a vault for a first look. Raises: `AskedWronglyError`."""
    if said or root.standing == "ordinary":
        if not said:
            raise AskedWronglyError("nobody is named who asks", hint="--requester NAME: you; you cannot approve it")
        return said
    return root.root.approvers[0].name


def zone(root: "TrustedRoot", said: str) -> str:
    """Return the zone: as it was said, or the only one that there is. Raises: `AskedWronglyError`."""
    names = [one.name for one in root.root.zones]
    if said or len(names) == 1:
        return said or names[0]
    raise AskedWronglyError("which zone?", hint=f"--zone, one of: {', '.join(names)}")


def granted(server: "Server", path: str) -> bytes:
    """Return a secret's newest grant. Raises: `NotFoundError` that says so where its first one waits for signatures."""
    from wardline.kernel.errors import NotFoundError

    try:
        return content(server.get("/vault/grant", path=path))
    except NotFoundError:
        for row in server.rows("/vault/proposals", limit=1000, state="open"):
            if row["kind"] == "grant" and row["path"] == path:
                raise NotFoundError(
                    f"{path}: its first grant waits for signatures", hint=f"wardline grant approve {row['id']}"
                ) from None
        raise NotFoundError(f"there is no secret {path}", hint="wardline secret list, or wardline secret add") from None


def roots_again(server: "Server") -> None:
    """Hand in the roots that this machine followed and a restored server does not have."""
    from wardline.vault.approver.trusting import Trusting

    known = Trusting(folder()).roots()
    there = [content(one) for one in server.get("/vault/roots")["roots"]]
    for written in known[len(there) :]:
        server.ask("POST", "/vault/roots", values=sent(written))
        click.echo(f"root {known.index(written) + 1}: handed in again")


def head(server: "Server") -> "HeadSeen":
    """Return the newest head of the server's ledger, whose signature is one of the root's ledger keys."""
    from wardline.vault.protocol import heads
    from wardline.vault.protocol.model.statement import HeadSeen

    found = heads.require_head(server.get("/ledger/note")["note"].encode(), trusted(server).root)
    return HeadSeen(found.size, found.root_hash)


def standing(server: "Server") -> list[bytes]:
    """Return what holds by people's signatures: newest grants, epochs, revocations, joins."""
    return [content(one) for one in server.rows("/vault/documents")]


def content(envelope: Any) -> bytes:
    """Return the bytes of an envelope that a server showed."""
    import orjson

    return orjson.dumps(envelope)


def sent(written: bytes) -> Any:
    """Return an envelope as a request holds it."""
    import orjson

    return orjson.loads(written)


def read_file(path: Path, what: str) -> bytes:
    """Return a file. Raises: `AskedWronglyError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise AskedWronglyError(f"{path}: {error.strerror}", hint=f"name the file of the {what}") from error


def solo_warning(standing: str) -> None:
    """Say on standard error that one person approves alone, where that is so."""
    if standing == "solo":
        click.echo("this vault is for a first look: ONE person approves alone (--solo)", err=True)
