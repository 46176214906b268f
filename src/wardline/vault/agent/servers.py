"""The servers over HTTP, as `upstream.Upstream`: any of them answers, each is tried in turn.

Requests are signed: the agent proves with its signing key who it is and gets a token for minutes.

    GET  {server}/api/v1/vault/agents/roots                                       -> {"roots": [b64, …]}
    POST {server}/api/v1/vault/agents/challenge  {"signing": b64}                 -> {"challenge": b64}
    POST {server}/api/v1/vault/agents/token      {"signing", "challenge", "signature"} -> {"token", "seconds"}
    POST {server}/api/v1/vault/agents/bindings   an envelope                      -> 204
    GET  {server}/api/v1/vault/agents/secrets                                     -> {"paths": […]}
    GET  {server}/api/v1/vault/agents/offer?path=…&seen=N                         -> an offer (`wire`), 404 for none
    GET  {server}/api/v1/vault/agents/changes?cursor=N&seconds=S                  -> {"cursor": N, "paths": […]}
    POST {server}/api/v1/vault/agents/receipts   an envelope                      -> 204
    POST {server}/api/v1/vault/agents/puts       an envelope                      -> 204
    GET  {server}/api/v1/vault/agents/grant?path=…                                -> an envelope, 404 for none
"""

import http.client
import json
import ssl
import threading
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.vault.agent import wire
from wardline.vault.agent.keyring import Keyring
from wardline.vault.agent.upstream import Changes, UnreachableError
from wardline.vault.protocol import entering
from wardline.vault.protocol.accepting import Offer
from wardline.vault.protocol.encoding import b64, unb64

_PREFIX: Final = "/api/v1/vault/agents/"
_SECONDS: Final = 10.0
_MOST_BYTES: Final = 6 * 1024 * 1024
_MOST_PATHS: Final = 10_000
_MOST_ROOTS: Final = 1000
_EARLY_SECONDS: Final = 30.0


class _Connection(http.client.HTTPConnection):
    """HTTP that is closed once its thread has gone."""

    def __del__(self) -> None:
        self.close()


class _SecureConnection(http.client.HTTPSConnection):
    """HTTPS that is closed once its thread has gone."""

    def __del__(self) -> None:
        self.close()


class Servers:
    """Every server of one vault. Each thread has a connection of its own; which server answers does not matter."""

    def __init__(self, urls: tuple[str, ...], keys: Keyring, ca: Path | None = None) -> None:
        if not urls:
            raise AskedWronglyError("no server is named", hint="--server https://wardline.example")
        self._urls = [urlsplit(url.rstrip("/")) for url in urls]
        for url in self._urls:
            if url.scheme != "https" and (
                url.scheme != "http" or url.hostname not in {"127.0.0.1", "::1", "localhost"}
            ):
                raise AskedWronglyError("a server off this machine is asked over https", hint="--server https://…")
        self._tls = ssl.create_default_context(cafile=str(ca) if ca else None)
        self._keys = keys
        self._first = 0
        self._token = ""
        self._until = 0.0
        self._lock = threading.Lock()
        self._mine = threading.local()

    def roots(self) -> tuple[bytes, ...]:
        """Return the chain of roots, the first one first; the agent looks at it before it is anybody."""
        found = _object(self._asked("GET", "roots", token=False)).get("roots")
        if not isinstance(found, list) or len(found) > _MOST_ROOTS or not all(isinstance(one, str) for one in found):
            raise UnreachableError("a server answers nonsense")
        return tuple(_octets(one) for one in found)

    def bind(self, binding: bytes) -> None:
        """Hand in a binding; it needs no token, for it is what tokens are given on."""
        self._asked("POST", "bindings", binding, token=False)

    def paths(self) -> tuple[str, ...]:
        """Return the paths of the secrets that this agent may read, as the servers know them."""
        return _paths(_object(self._asked("GET", "secrets")))

    def offer(self, path: str, seen: int) -> Offer | None:
        """Return what there is of a secret, or None where nothing is."""
        content = self._asked("GET", f"offer?path={quote(path, safe='')}&seen={seen}", missing=True)
        return wire.read(content) if content else None

    def wait(self, cursor: int, seconds: float) -> Changes:
        """Return once something changed after `cursor`, or when so many seconds have passed."""
        found = _object(
            self._asked("GET", f"changes?cursor={cursor}&seconds={seconds:.0f}", seconds=_SECONDS + seconds)
        )
        at = found.get("cursor")
        if type(at) is not int or at < 0:
            raise UnreachableError("a server answers nonsense", hint="see whether it is a Wardline server at all")
        return Changes(at, _paths(found))

    def receipt(self, receipt: bytes) -> None:
        """Hand in a receipt."""
        self._asked("POST", "receipts", receipt)

    def put(self, put: bytes) -> None:
        """Hand in a put."""
        self._asked("POST", "puts", put)

    def grant(self, path: str) -> bytes | None:
        """Return a secret's newest grant."""
        return self._asked("GET", f"grant?path={quote(path, safe='')}", missing=True)

    def _asked(  # noqa: PLR0913 - one request, as it is
        self,
        method: str,
        below: str,
        body: bytes = b"",
        *,
        token: bool = True,
        missing: bool = False,
        seconds: float = 0.0,
    ) -> bytes | None:
        """Return the body of an answer of the first server that gives one.

        Raises: `UnreachableError` where none does; `CannotSayError` where one refuses.
        """
        why, seconds = "", seconds or _SECONDS
        for turn in range(len(self._urls)):
            at = (self._first + turn) % len(self._urls)
            try:
                status, content = self._exchange(at, method, below, body, self._bearer(at) if token else "", seconds)
                if status == 401 and token:  # it ended early: a server forgot it, or its clock is ahead
                    self._until = 0.0
                    status, content = self._exchange(at, method, below, body, self._bearer(at), seconds)
            except (OSError, http.client.HTTPException, ValueError) as error:
                why = f"{self._urls[at].hostname}: {type(error).__name__}"
                continue
            self._first = at
            if status in {200, 204}:
                return content
            if status == 404 and missing:
                return None
            if status >= 500 or status in {401, 408, 429}:
                why = f"{self._urls[at].hostname}: status {status}"
                continue
            raise CannotSayError(f"the server refuses {below.partition('?')[0]} with status {status}")
        raise UnreachableError(f"no server answers ({why})", hint="the agent tries again by itself")

    def _exchange(  # noqa: PLR0913, PLR0917 - one request, as it is
        self, at: int, method: str, below: str, body: bytes, bearer: str, seconds: float
    ) -> tuple[int, bytes]:
        connection = self._connection(at)
        connection.timeout = seconds
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        headers = {"Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/json"
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        try:
            connection.request(method, self._urls[at].path + _PREFIX + below, body or None, headers)
            answer = connection.getresponse()
            return answer.status, _content(answer, time.monotonic() + seconds)
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            raise

    def _connection(self, at: int) -> http.client.HTTPConnection:
        known: dict[int, http.client.HTTPConnection] = self._mine.__dict__.setdefault("connections", {})
        if at not in known:
            url = self._urls[at]
            host = url.hostname or ""
            known[at] = (
                _SecureConnection(host, url.port or 443, context=self._tls)
                if url.scheme == "https"
                else _Connection(host, url.port or 80)
            )
        return known[at]

    def _bearer(self, at: int) -> str:
        """Return a token: the one that is held, or a new one on a signed challenge.

        The server's name is signed along, so that one server cannot ask in an agent's name at another one.
        """
        with self._lock:
            if time.monotonic() < self._until:
                return self._token
            signing = b64(self._keys.signer.public)
            status, content = self._exchange(
                at, "POST", "challenge", json.dumps({"signing": signing}).encode(), "", _SECONDS
            )
            challenge = _object(content).get("challenge") if status == 200 else None
            if not isinstance(challenge, str):
                raise ValueError("no challenge")  # noqa: TRY004 - what a server sent
            host = self._urls[at].hostname or ""
            signature = self._keys.signer.sign(entering.message(host, unb64(challenge)))
            said = json.dumps({"signing": signing, "challenge": challenge, "signature": b64(signature)}).encode()
            status, content = self._exchange(at, "POST", "token", said, "", _SECONDS)
            found = _object(content) if status == 200 else {}
            token, lives = found.get("token"), found.get("seconds")
            if (
                not isinstance(token, str)
                or not isinstance(lives, int)
                or not token.isascii()
                or not token.isprintable()
            ):
                raise ValueError("no token")
            self._token, self._until = token, time.monotonic() + max(1.0, min(lives, 3600) - _EARLY_SECONDS)
            return token


def _content(answer: http.client.HTTPResponse, until: float) -> bytes:
    """Return a body that is neither too large nor too slow: one server that drips must not keep the agent from another.

    Raises: `ValueError`, `TimeoutError`.
    """
    content = b""
    while piece := answer.read1(64 * 1024):
        content += piece
        if len(content) > _MOST_BYTES:
            raise ValueError("too large")
        if time.monotonic() > until:
            raise TimeoutError
    if answer.length:  # it ended before what it had promised
        raise http.client.IncompleteRead(content, answer.length)
    answer.close()  # it is read to its end, and the connection is free for the next question
    return content


def _object(content: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(content or b"")
    except (ValueError, RecursionError) as error:
        raise UnreachableError("a server answers nonsense") from error
    if not isinstance(found, dict):
        raise UnreachableError("a server answers nonsense")
    return found


def _octets(text: str) -> bytes:
    try:
        return unb64(text)
    except ValueError as error:
        raise UnreachableError("a server answers nonsense") from error


def _paths(found: dict[str, Any]) -> tuple[str, ...]:
    paths = found.get("paths")
    if not isinstance(paths, list) or len(paths) > _MOST_PATHS or not all(isinstance(path, str) for path in paths):
        raise UnreachableError("a server answers nonsense")
    return tuple(paths)
