"""Joins a custodian from its parts: what `wardline custodian` runs."""

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from wardline.kernel import clock
from wardline.kernel.errors import AskedWronglyError, WardlineError

if TYPE_CHECKING:
    from wardline.vault.keyring import Keyring
    from wardline.vault.protocol.roots import TrustedRoot

_KEYS_EVERY_SECONDS: Final = 300.0


class Wish(NamedTuple):
    """What `wardline custodian` is told."""

    name: str
    zone: str = ""
    state: Path | None = None
    servers: tuple[str, ...] = ()
    ca: Path | None = None
    root: str = ""
    ways: Mapping[str, str] = {}


def public_line(wish: Wish) -> str:
    """Return what whoever drafts the root needs of this custodian; its keys are made here, the first time."""
    from wardline.vault.approver.drafting import custodian_line
    from wardline.vault.protocol.model.root import Custodian

    keys = _keys(wish)
    return custodian_line(Custodian(wish.name, keys.signer.public, keys.opening.public))


def serve(wish: Wish, *, say: Callable[[str], None]) -> None:
    """Do a custodian's rounds until SIGINT or SIGTERM; `say` is given findings, and `ready …` once.

    Raises: `AskedWronglyError` for what it is not told; `RefusedError` for a root that is not the pinned one, or that
    does not name this custodian.
    """
    from wardline.vault import hardening
    from wardline.vault.custodian.door import Door, TakingTurns
    from wardline.vault.custodian.following import Identity
    from wardline.vault.custodian.keeping import Keeping
    from wardline.vault.custodian.memory import Memory
    from wardline.vault.custodian.rotator import Here
    from wardline.vault.custodian.servers import Servers
    from wardline.vault.custodian.service import Custodian, rotator, run
    from wardline.vault.protocol import clocks
    from wardline.vault.remote import Remote

    if not wish.root:
        raise AskedWronglyError("a custodian starts only with a root's digest", hint="--root ordinary:…")
    for warning in hardening.harden():
        say(f"warning: {warning}")
    folder, keys = _folder(wish), _keys(wish)
    remote = Remote(wish.servers, keys.signer, wish.ca)
    trusted = _trusted(wish, remote.roots())
    me = trusted.custodian(wish.zone, wish.name)
    if (me.signing, me.sealing) != (keys.signer.public, keys.opening.public):
        raise AskedWronglyError("the root names other keys for this custodian", hint="name its own --state folder")
    memory = Memory(folder)
    watch = clocks.Watch.begun(clock.now(), _boottime(), memory.floors().signed)

    def now() -> datetime:
        return watch.now(clock.now(), _boottime())

    identity = Identity(wish.name, wish.zone, keys.opening, keys.signer)
    issuers = IssuersKeys(lambda: keeping.trusted)
    keeping = Keeping(identity, trusted, memory, Servers(remote), now, os.urandom, fetched=issuers)
    here = Here(folder, wish.ways)
    made = Custodian(keeping, Servers(remote), lambda grant: rotator(grant, here), now)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    turns = TakingTurns(made.look)
    door = Door(folder, made, turns.turn)
    try:
        say(f"ready {wish.zone}/{wish.name}")
        run(turns, ended.is_set, say)
    finally:
        door.close()


class IssuersKeys:
    """Keys of issuers that pin none, fetched by the custodian itself (RFC 7517), and kept for five minutes."""

    def __init__(self, trusted: "Callable[[], TrustedRoot]") -> None:
        self._trusted = trusted
        self._known: dict[str, Sequence[str]] = {}
        self._asked: dict[str, float] = {}

    def __call__(self) -> Mapping[str, Sequence[str]]:
        """Return what could be fetched; an issuer that does not answer keeps what it said last."""
        for issuer in self._trusted().root.issuers:
            due = time.monotonic() - self._asked.get(issuer.issuer, -_KEYS_EVERY_SECONDS) >= _KEYS_EVERY_SECONDS
            if issuer.keys or not due:
                continue
            self._asked[issuer.issuer] = time.monotonic()
            try:
                self._known[issuer.issuer] = _fetched(issuer.jwks_uri)
            except WardlineError:
                continue
        return self._known


def _fetched(address: str) -> Sequence[str]:
    import asyncio
    import json

    from wardline.kernel.errors import UnavailableError
    from wardline.kernel.http import Client, HttpError

    async def fetch() -> bytes:
        async with Client(seconds=10.0) as client:
            return (await client.send("GET", address, max_bytes=1024 * 1024)).body

    try:
        keys = json.loads(asyncio.run(fetch()))["keys"]
        return [json.dumps(one, sort_keys=True, separators=(",", ":")) for one in keys]
    except (HttpError, ValueError, KeyError, TypeError) as error:
        raise UnavailableError(f"{address}: no keys") from error


def _boottime() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME if hasattr(time, "CLOCK_BOOTTIME") else time.CLOCK_MONOTONIC)


def _trusted(wish: Wish, contents: Sequence[bytes]) -> "TrustedRoot":
    from wardline.vault.protocol import roots

    return roots.chain(contents, roots.Pin.parse(wish.root))


def _folder(wish: Wish) -> Path:
    from wardline.kernel import settings
    from wardline.vault import files

    return files.folder(wish.state or settings.state_folder() / f"custodian-{wish.name}")


def _keys(wish: Wish) -> "Keyring":
    from wardline.vault import keyring

    return keyring.held(_folder(wish))
