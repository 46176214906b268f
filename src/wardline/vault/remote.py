"""The vault's servers over HTTP, as a custodian or an agent asks them: any of them answers, each is tried in turn.

A machine proves with its signing key who it is, and gets a token for minutes. Nothing that a server answers is believed
here: bytes are bytes, and whoever asked for them checks them.
"""

import http.client
import json
import ssl
import threading
import time
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from wardline.kernel.errors import AskedWronglyError, CannotSayError, Kind, WardlineError
from wardline.vault.protocol import entering
from wardline.vault.protocol.encoding import b64, unb64
from wardline.vault.protocol.keys import Signer

_BASE: Final = "/api/v1/vault/"
_COME_IN: Final = "agents/"
SECONDS: Final = 10.0
_MOST_BYTES: Final = 6 * 1024 * 1024
_MOST_ROOTS: Final = 1000
_EARLY_SECONDS: Final = 30.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class UnreachableError(WardlineError):
    """No server answers: an agent goes on from what it kept, for as long as it may; a custodian asks again."""

    kind: ClassVar[Kind] = "unavailable"
    code: ClassVar[str] = "vault-unreachable"


class StrangerError(UnreachableError):
    """No server knows this party's key: it came back from a backup, or the root leaves it out."""


class _UnknownError(Exception):
    """A server gives this key no token."""


class _Connection(http.client.HTTPConnection):
    """HTTP that is closed once its thread has gone."""

    def __del__(self) -> None:
        self.close()


class _SecureConnection(http.client.HTTPSConnection):
    """HTTPS that is closed once its thread has gone."""

    def __del__(self) -> None:
        self.close()


class Remote:
    """Every server of one vault. Each thread has a connection of its own; which server answers does not matter."""

    def __init__(self, urls: tuple[str, ...], signer: Signer, ca: Path | None = None) -> None:
        """Name the servers; nothing is asked yet.

        Raises: `AskedWronglyError` where none is named, or one off this machine is not asked over https.
        """
        if not urls:
            raise AskedWronglyError("no server is named", hint="--server https://wardline.example")
        self._urls = [urlsplit(url.rstrip("/")) for url in urls]
        for url in self._urls:
            if url.scheme != "https" and (url.scheme != "http" or url.hostname not in _LOOPBACK):
                raise AskedWronglyError("a server off this machine is asked over https", hint="--server https://…")
        self._tls = ssl.create_default_context(cafile=str(ca) if ca else None)
        self._signer = signer
        self._first = 0
        self._tokens: dict[int, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self._mine = threading.local()

    def asked(  # noqa: PLR0913 - one request, as it is
        self,
        method: str,
        below: str,
        body: bytes = b"",
        *,
        token: bool = True,
        missing: bool = False,
        seconds: float = 0.0,
    ) -> bytes | None:
        """Return the body of an answer of the first server that gives one; None where `missing` may be, and is.

        Raises: `UnreachableError` where none does; `CannotSayError` where one refuses.
        """
        why, status, seconds = "", 0, seconds or SECONDS
        for turn in range(len(self._urls)):
            at = (self._first + turn) % len(self._urls)
            try:
                status, content = self._exchange(at, method, below, body, self._bearer(at) if token else "", seconds)
                if status == 401 and token:  # it was good for minutes, and the clock here may be slow
                    self._tokens.pop(at, None)
                    status, content = self._exchange(at, method, below, body, self._bearer(at), seconds)
            except _UnknownError:
                why, status = f"{self._urls[at].hostname} does not know this key", 401
                continue
            except (OSError, http.client.HTTPException, ValueError) as error:
                status = 0
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
            raise CannotSayError(
                f"the server refuses {below.partition('?')[0]} with status {status}{_said(content)}",
                hint="what it says is in its log too",
            )
        kind = StrangerError if status == 401 else UnreachableError
        raise kind(f"no server answers ({why})", hint="it is asked again")

    def roots(self) -> tuple[bytes, ...]:
        """Return the chain of roots, the first one first: whoever asks compares it with the pin that it was given."""
        found = self.values(self.asked("GET", "agents/roots", token=False)).get("roots")
        if not isinstance(found, list) or len(found) > _MOST_ROOTS:
            raise nonsense()
        return tuple(octets(one) for one in found)

    def values(self, content: bytes | None) -> dict[str, Any]:
        """Return an answer's members. Raises: `UnreachableError` for nonsense."""
        try:
            found = json.loads(content or b"")
        except (ValueError, RecursionError) as error:
            raise nonsense() from error
        if not isinstance(found, dict):
            raise nonsense()
        return found

    def _exchange(  # noqa: PLR0913, PLR0917 - one request, as it is
        self, at: int, method: str, below: str, body: bytes, bearer: str, seconds: float
    ) -> tuple[int, bytes]:
        connection = self._connection(at)
        connection.timeout = seconds
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        headers = {"Accept": "application/json"}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        if body:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, self._urls[at].path + _BASE + below, body or None, headers)
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
        """Return a token of one server: the one that is held, or a new one on a challenge signed for its name."""
        with self._lock:
            token, until = self._tokens.get(at, ("", 0.0))
            if time.monotonic() < until:
                return token
            signing = b64(self._signer.public)
            found = self._entered(at, "challenge", {"signing": signing})
            challenge = found.get("challenge")
            if not isinstance(challenge, str):
                raise ValueError("no challenge")  # noqa: TRY004 - what a server sent
            signature = self._signer.sign(entering.message(self._urls[at].hostname or "", unb64(challenge)))
            said = {"signing": signing, "challenge": challenge, "signature": b64(signature)}
            found = self._entered(at, "token", said)
            given, lives = found.get("token"), found.get("seconds")
            if (
                not isinstance(given, str)
                or not isinstance(lives, int)
                or not (given.isascii() and given.isprintable())
            ):
                raise ValueError("no token")
            self._tokens[at] = given, time.monotonic() + max(1.0, min(lives, 3600) - _EARLY_SECONDS)
            return given

    def _entered(self, at: int, below: str, said: dict[str, str]) -> dict[str, Any]:
        status, content = self._exchange(at, "POST", _COME_IN + below, json.dumps(said).encode(), "", SECONDS)
        if status == 401:
            raise _UnknownError
        return self.values(content) if status == 200 else {}


def _content(answer: http.client.HTTPResponse, until: float) -> bytes:
    """Return a body that is neither too large nor too slow: one server that drips keeps nobody from another.

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


def nonsense() -> UnreachableError:
    """Return what is raised where a server answers what no Wardline server does."""
    return UnreachableError("a server answers nonsense", hint="see whether it is a Wardline server at all")


def octets(value: object) -> bytes:
    """Return the bytes of base64url in an answer. Raises: `UnreachableError`."""
    try:
        return unb64(value)  # type: ignore[arg-type] # anything but text is nonsense, and said so
    except (ValueError, TypeError, AttributeError) as error:
        raise nonsense() from error


def _said(content: bytes) -> str:
    """Return what a problem says, in words of ours only as far as they are plain."""
    try:
        detail = json.loads(content)["detail"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return f": {detail[:300]}" if isinstance(detail, str) and detail.isprintable() else ""
