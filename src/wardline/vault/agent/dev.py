"""`agent --dev`: a whole vault in one process's memory, for trying clients and for their test suites.

It has nothing to do with a real root: its state folder is its own, its signing domain is `wardline-dev`, and every
answer says what it is. It listens on loopback or a Unix socket only, and refuses to start beside a real root.
"""

import contextlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from wardline.kernel.errors import AskedWronglyError, ConflictError
from wardline.kernel.version import VERSION
from wardline.vault.agent.calls import RefusedError
from wardline.vault.agent.engines.engine import Engine
from wardline.vault.agent.engines.kv1 import Cubbyhole, Kv1
from wardline.vault.agent.engines.kv2 import Kv2
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.face import Face
from wardline.vault.agent.memory import MemoryShelf
from wardline.vault.agent.methods.approle import AppRole
from wardline.vault.agent.methods.cert import Cert
from wardline.vault.agent.methods.issuing import Wish, issue
from wardline.vault.agent.methods.jwt import Jwt
from wardline.vault.agent.methods.token import TokenMethod
from wardline.vault.agent.methods.userpass import Userpass
from wardline.vault.agent.mounts import Mount, Mounts
from wardline.vault.agent.policies.standing import Policies
from wardline.vault.agent.seal import Seal
from wardline.vault.agent.system.system import System
from wardline.vault.agent.tokens import ROOT, Tokens

DOMAIN: Final = "wardline-dev"
WARNING: Final = (
    "wardline agent --dev: everything is in this process's memory, one person holds every key, and nothing here is "
    "secret from whoever runs it; never put a real secret in"
)
MARKER: Final = "dev.json"
ROOT_FILES: Final = ("keys", "floors.json")  # what a real agent's folder holds
_TOKEN: Final = "root-token"  # a file's name  # noqa: S105


class Dev(NamedTuple):
    """A running dev vault's parts."""

    face: Face
    estate: Estate
    token: str  # the root token; "" where a client is to initialise it


def made(*, clock: Callable[[], float] = time.time, uninitialised: bool = False) -> Dev:
    """Return a fresh dev vault: `secret/` is KV v2 unless it is left uninitialised, as a new server is."""
    tokens, mounts = Tokens(), Mounts()
    estate = Estate(
        clock=clock,
        seal=Seal(),
        tokens=tokens,
        policies=Policies(),
        mounts=mounts,
        engines={"kv": _kv, "generic": _kv},
        methods={"approle": AppRole, "userpass": Userpass, "cert": Cert, "jwt": Jwt},
        name=f"{DOMAIN}-{secrets.token_hex(4)}",
    )
    mounts.add(Mount("sys/", "system", System(estate), "system endpoints"), own=True)
    mounts.add(Mount("cubbyhole/", "cubbyhole", Cubbyhole(), "what a token keeps for itself", local=True), own=True)
    mounts.add(Mount("auth/token/", "token", TokenMethod(estate), "token based credentials"), own=True)
    token = ""
    if not uninitialised:
        estate.seal.open()
        token = issue(estate, Wish(policies=(ROOT,), path="auth/token/root", display_name="root"))[0].text
        shelf = _kv(estate, {"version": "2"})
        mounts.add(Mount("secret/", "kv", shelf, "key/value secret storage", {"version": "2"}), own=True)
    return Dev(Face(estate, f"1.18.0+{DOMAIN}.{VERSION}", (WARNING,)), estate, token)


def _kv(estate: Estate, options: Mapping[str, str]) -> Engine:
    version = options.get("version", "1")
    if version not in {"1", "2"}:
        raise RefusedError(400, f"KV has the versions 1 and 2, not {version[:20]!r}")
    shelf = MemoryShelf(estate.clock)
    return Kv2(shelf) if version == "2" else Kv1(shelf)


def state_folder() -> Path:
    """Return the default folder of a dev vault's state: never the one of a real agent."""
    base = (
        os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    )
    return Path(base) / "wardline-dev"


@contextlib.contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Hold a dev vault's folder, made where it was not there (0700), for the time of the block.

    Raises: `ConflictError` beside a real root, or where another dev vault runs; `AskedWronglyError` where the folder
    cannot be had.
    """
    import fcntl

    from wardline.kernel.settings import state_folder as real_folder

    for place in (folder, folder.parent, folder / "agent", folder.parent / "agent", real_folder() / "agent"):
        for name in ROOT_FILES:
            if (place / name).exists():
                raise ConflictError(
                    f"{place / name} belongs to a real root: a dev vault is not started beside one",
                    hint="name another folder with --state, or start it as another user",
                )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise AskedWronglyError(f"{folder} belongs to somebody else", hint="name another with --state")
        folder.chmod(0o700)
        descriptor = os.open(folder / "dev.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise AskedWronglyError(f"{folder}: {error.strerror}", hint="name another folder with --state") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(f"a dev vault already runs from {folder}", hint="name another with --state") from None
        yield folder
    finally:
        os.close(descriptor)


def written(folder: Path, token: str, addresses: list[str]) -> Path:
    """Write what clients need into the folder: the root token (0400), and where and what this is; return the former."""
    path = folder / _TOKEN
    _replaced(path, token.encode(), 0o400)
    facts: dict[str, Any] = {"domain": DOMAIN, "addresses": addresses, "process": os.getpid(), "warning": WARNING}
    _replaced(folder / MARKER, json.dumps(facts).encode() + b"\n", 0o600)
    return path


def _replaced(path: Path, content: bytes, mode: int) -> None:
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    waiting.unlink(missing_ok=True)
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    waiting.rename(path)
