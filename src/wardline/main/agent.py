"""Joins an agent from its parts: what `wardline agent` runs."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from wardline.vault.agent import dev as dev_vault
from wardline.vault.agent import serving
from wardline.vault.agent.application import Application


class Wish(NamedTuple):
    """What `wardline agent` is told."""

    state: Path | None = None
    socket: Path | None = None
    host: str = ""
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None


def dev(wish: Wish, *, uninitialised: bool, say: Callable[[str], None]) -> None:
    """Serve a dev vault until SIGINT or SIGTERM; `say` is given what to show, `ready …` last.

    Raises: `ConflictError` beside a real root or another dev vault; `AskedWronglyError` for what cannot be listened on.
    """
    with dev_vault.held(wish.state or dev_vault.state_folder()) as folder:
        made = dev_vault.made(uninitialised=uninitialised)
        application = Application(made.face, note=dev_vault.WARNING)
        at = _listening(wish, folder)

        def ready(addresses: list[str]) -> None:
            token = dev_vault.written(folder, made.token, addresses)
            say(dev_vault.WARNING)
            if made.token:
                say(f"root token in {token}")
            say(" ".join(["ready", *addresses]))

        serving.serve(application, at, ready)


def _listening(wish: Wish, folder: Path) -> list[serving.Listening]:
    at = [serving.unix_socket(wish.socket or folder / "agent.sock")]
    if wish.host:
        bound = serving.loopback_socket(wish.host, wish.port, wish.certificate, wish.key)
        at.append(bound._replace(client_ca=wish.client_ca))
    return at
