"""Joins an agent from its parts: what `wardline agent` runs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from wardline.kernel.errors import AskedWronglyError, ConflictError
from wardline.vault.agent import serving
from wardline.vault.agent.application import Application

if TYPE_CHECKING:
    from wardline.vault.agent.evidence import Shown
    from wardline.vault.agent.templates import Template
    from wardline.vault.keyring import Keyring

_SOCKET: Final = "agent.sock"
_SOLO: Final = "this vault is for a first look: ONE person approves alone (--solo)"


class Wish(NamedTuple):
    """What `wardline agent` is told."""

    state: Path | None = None
    socket: Path | None = None
    host: str = ""
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None
    servers: tuple[str, ...] = ()
    ca: Path | None = None
    root: str = ""
    token: Path | None = None
    join: Path | None = None
    templates: tuple[tuple[Path, Path], ...] = ()


def dev(wish: Wish, *, uninitialised: bool, say: Callable[[str], None]) -> None:
    """Serve a dev vault until SIGINT or SIGTERM; `say` is given what to show, `ready …` last.

    Raises: `ConflictError` beside a real root or another dev vault; `AskedWronglyError` for what cannot be listened on.
    """
    from wardline.vault.agent import dev as dev_vault

    with dev_vault.held(wish.state or dev_vault.state_folder()) as folder:
        made = dev_vault.made(uninitialised=uninitialised)
        application = Application(made.face, note=dev_vault.WARNING)
        at = _listening(wish, folder)

        token = dev_vault.written(folder, made.token, [one.address for one in at])

        def ready(addresses: list[str]) -> None:
            say(dev_vault.WARNING)
            if made.token:
                say(f"root token in {token}")
            say(" ".join(["ready", *addresses]))

        serving.serve(application, at, ready)


def real(wish: Wish, *, say: Callable[[str], None]) -> None:
    """Serve what this workload was granted until SIGINT or SIGTERM; `say` is given what to show, `ready …` last.

    Raises: `AskedWronglyError` for what it is not told; `ConflictError` in a dev vault's folder; `RefusedError` for a
    root that is not the pinned one.
    """
    from wardline.vault import hardening, keyring
    from wardline.vault.agent import real as real_agent
    from wardline.vault.agent.following import Following
    from wardline.vault.agent.holding import Holding
    from wardline.vault.agent.kept import Kept
    from wardline.vault.agent.rendering import Rendering
    from wardline.vault.agent.servers import Servers
    from wardline.vault.protocol.roots import Pin

    if not wish.root:
        raise AskedWronglyError("an agent starts only with a root's digest", hint="--root ordinary:… of the ceremony")
    pin = Pin.parse(wish.root)
    for warning in hardening.harden():
        say(f"warning: {warning}")
    folder = _folder(wish)
    keys = keyring.held(folder)
    upstream = Servers(wish.servers, keys, wish.ca)
    kept = Kept(folder)
    roots = kept.roots or upstream.roots()
    shown = _shown(wish, keys, pin.digest)
    holding = Holding(kept, keys, shown.identity, pin, roots)
    holding.restore()
    following = Following(holding, upstream, shown.evidence)
    rendering = Rendering(holding, _templates(wish), following.delivered)
    holding.listen(rendering.changed)
    holding.on_drop(rendering.dropped)
    note = _SOLO if pin.standing == "solo" else ""
    if note:
        say(f"warning: {note}")
    made = real_agent.made(holding, upstream, following, note=note)
    at = _listening(wish, folder)

    token = real_agent.write_token(folder, made.token)

    def ready(addresses: list[str]) -> None:
        if len(addresses) > 1:
            say(f"token for TCP in {token}")
        rendering.write_all()
        following.start()
        say(" ".join(["ready", *addresses]))

    try:
        serving.serve(made.application, at, ready)
    finally:
        following.stop()
        rendering.remove_all()


def thumbprint(wish: Wish) -> str:
    """Return what approvers sign in a join document, and what a platform's token has as its audience.

    Raises: `AskedWronglyError` without a root's digest.
    """
    from wardline.vault import keyring
    from wardline.vault.protocol.roots import Pin

    if not wish.root:
        raise AskedWronglyError("a thumbprint is one under a root", hint="--root ordinary:… of the ceremony")
    return keyring.held(_folder(wish)).thumbprint(Pin.parse(wish.root).digest)


def socket_path() -> Path:
    """Return where an agent listens unless it is told otherwise."""
    return _default_folder() / _SOCKET


def _default_folder() -> Path:
    from wardline.kernel import settings

    return settings.state_folder() / "agent"


def _folder(wish: Wish) -> Path:
    from wardline.vault import files
    from wardline.vault.agent import dev as dev_vault

    folder = files.folder(wish.state or _default_folder())
    if (folder / dev_vault.MARKER).exists():
        raise ConflictError(f"{folder} is a dev vault's", hint="name another folder with --state")
    return folder


def _shown(wish: Wish, keys: "Keyring", root_id: bytes) -> "Shown":
    from wardline.vault.agent import evidence

    if wish.token is not None:
        return evidence.from_token(wish.token, keys.thumbprint(root_id))
    if wish.join is not None:
        return evidence.from_join(wish.join, root_id)
    raise AskedWronglyError(
        "nothing says who this agent is",
        hint=f"--token FILE of the platform, or --join FILE over the thumbprint {keys.thumbprint(root_id)}",
    )


def _templates(wish: Wish) -> tuple["Template", ...]:
    from wardline.vault.agent import templates

    return tuple(templates.read(source, target) for source, target in wish.templates)


def _listening(wish: Wish, folder: Path) -> list[serving.Listening]:
    at = [serving.unix_socket(wish.socket or folder / _SOCKET)]
    if wish.host:
        bound = serving.loopback_socket(wish.host, wish.port, wish.certificate, wish.key)
        at.append(bound._replace(client_ca=wish.client_ca))
    return at
