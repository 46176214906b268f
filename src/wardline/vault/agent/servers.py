"""The servers over HTTP, as `upstream.Upstream`: any of them answers, each is tried in turn.

Requests are signed: the agent proves with its signing key who it is and gets a token for minutes.

    GET  {server}/api/v1/vault/agents/roots                                       -> {"roots": [b64, …]}
    POST {server}/api/v1/vault/agents/challenge  {"signing": b64}                 -> {"challenge": b64}
    POST {server}/api/v1/vault/agents/token      {"signing", "challenge", "signature"} -> {"token", "seconds"}
    POST {server}/api/v1/vault/agents/bindings   an envelope                      -> 204
    GET  {server}/api/v1/vault/agents/secrets                                     -> {"paths": […]}
    GET  {server}/api/v1/vault/agents/offer?path=…&seen=N                         -> an offer (`wire`), 404 for none
    GET  {server}/api/v1/vault/agents/changes?cursor=N&seconds=S                  -> {"cursor": N, "paths": […]}
    GET  {server}/api/v1/vault/agents/revocations?path=…                          -> {"revocations": [b64, …]}, 404
    POST {server}/api/v1/vault/agents/receipts   an envelope                      -> 204
    POST {server}/api/v1/vault/agents/puts       an envelope                      -> 204
    GET  {server}/api/v1/vault/agents/grant?path=…                                -> an envelope, 404 for none
"""

from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from wardline.vault.agent import wire
from wardline.vault.agent.upstream import Changes
from wardline.vault.keyring import Keyring
from wardline.vault.protocol.accepting import Offer
from wardline.vault.remote import SECONDS, Remote, nonsense, octets

_BELOW: Final = "agents/"
_MOST_PATHS: Final = 10_000


class Servers:
    """Every server of one vault, as one agent sees them."""

    def __init__(self, urls: tuple[str, ...], keys: Keyring, ca: Path | None = None) -> None:
        self._remote = Remote(urls, keys.signer, ca)

    def roots(self) -> tuple[bytes, ...]:
        """Return the chain of roots, the first one first; the agent looks at it before it is anybody."""
        return self._remote.roots()

    def bind(self, binding: bytes) -> None:
        """Hand in a binding; it needs no token, for it is what tokens are given on."""
        self._remote.asked("POST", f"{_BELOW}bindings", binding, token=False)

    def paths(self) -> tuple[str, ...]:
        """Return the paths of the secrets that this agent may read, as the servers know them."""
        return _paths(self._got("secrets"))

    def offer(self, path: str, seen: int) -> Offer | None:
        """Return what there is of a secret, or None where nothing is."""
        below = f"{_BELOW}offer?path={quote(path, safe='')}&seen={seen}"
        content = self._remote.asked("GET", below, missing=True)
        return wire.read(content) if content else None

    def revocations(self, path: str) -> tuple[bytes, ...]:
        """Return what was taken away of a secret that this agent had."""
        content = self._remote.asked("GET", f"{_BELOW}revocations?path={quote(path, safe='')}", missing=True)
        found = self._remote.values(content).get("revocations") if content else []
        if not isinstance(found, list) or len(found) > _MOST_PATHS:
            raise nonsense()
        return tuple(octets(one) for one in found)

    def wait(self, cursor: int, seconds: float) -> Changes:
        """Return once something changed after `cursor`, or when so many seconds have passed."""
        found = self._got(f"changes?cursor={cursor}&seconds={seconds:.0f}", seconds=SECONDS + seconds)
        at = found.get("cursor")
        if type(at) is not int or at < 0:
            raise nonsense()
        return Changes(at, _paths(found))

    def receipt(self, receipt: bytes) -> None:
        """Hand in a receipt."""
        self._remote.asked("POST", f"{_BELOW}receipts", receipt)

    def put(self, put: bytes) -> None:
        """Hand in a put."""
        self._remote.asked("POST", f"{_BELOW}puts", put)

    def grant(self, path: str) -> bytes | None:
        """Return a secret's newest grant."""
        return self._remote.asked("GET", f"{_BELOW}grant?path={quote(path, safe='')}", missing=True)

    def _got(self, below: str, *, seconds: float = 0.0) -> dict[str, Any]:
        return self._remote.values(self._remote.asked("GET", _BELOW + below, seconds=seconds))


def _paths(found: dict[str, Any]) -> tuple[str, ...]:
    paths = found.get("paths")
    if not isinstance(paths, list) or len(paths) > _MOST_PATHS or not all(isinstance(path, str) for path in paths):
        raise nonsense()
    return tuple(paths)
