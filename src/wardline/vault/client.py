"""Secrets for Python programs, from the agent beside them. Standard library only.

    from wardline.vault.client import Client

    secret = Client().get("db/orders")
    connect(user=secret["username"], password=secret["password"])

    with Client().following("db/orders", reconnect):  # reconnect(secret) after each rotation
        ...

The agent holds opened values in memory, so `get` costs a fraction of a millisecond: ask it where the value is used,
rather than keep what it said once.
"""

import http.client
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from urllib.parse import quote, urlsplit

from wardline.kernel.errors import Kind, WardlineError

ADDRESS: Final = "WARDLINE_AGENT"  # unix:///path, or http://127.0.0.1:PORT
TOKEN_FILE: Final = "WARDLINE_AGENT_TOKEN_FILE"  # a variable's name  # noqa: S105
_MOST_BYTES: Final = 8 * 1024 * 1024
_TIMEOUT_SECONDS: Final = 20.0
_LOOK_SECONDS: Final = 0.5
_LONGEST_NAME: Final = 100  # of a socket's 108 bytes
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class ClientError(WardlineError):
    """The agent did not give what was asked for."""

    kind: ClassVar[Kind] = "cannot say"
    code: ClassVar[str] = "vault-client"


class NoSecretError(ClientError):
    """There is no such secret, or none that this workload was granted."""

    kind = "not found"
    code = "no-secret"


class NotAllowedError(ClientError):
    """The agent knows who asks, and refuses."""

    kind = "denied"
    code = "not-allowed"


class AgentUnavailableError(ClientError):
    """No agent answers, or it may not serve the value now: asking again later is right."""

    kind = "unavailable"
    code = "agent-unavailable"


class ConflictError(ClientError):
    """Another version than the expected one stands."""

    kind = "conflict"
    code = "conflict"


class Secret(Mapping[str, Any]):
    """The fields of one version. It does not show its values: not in `repr`, not pickled."""

    __slots__ = ("_fields", "number", "path")

    def __init__(self, path: str, number: int, fields: Mapping[str, Any]) -> None:
        self.path = path
        self.number = number
        self._fields = dict(fields)

    def __getitem__(self, name: str) -> Any:
        """Return one field."""
        try:
            return self._fields[name]
        except KeyError:
            raise KeyError(f"{self.path} has no field {name!r}; it has {', '.join(sorted(self._fields))}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Secret({self.path!r}, version {self.number}, fields {sorted(self._fields)})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a secret is not pickled: ask the agent where it is used")


class Client:
    """Asks the agent of this machine. Any number of threads may share one; a forked process may go on with it."""

    def __init__(
        self,
        address: str | None = None,
        *,
        token: str | None = None,
        mount: str = "secret",
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        """Ask at `address`, else at `$WARDLINE_AGENT`, else at the agent's socket in this user's state folder.

        Raises: `ClientError` for an address that is not on this machine.
        """
        self.address = address or os.environ.get(ADDRESS) or f"unix://{_default_socket()}"
        self._timeout = timeout_seconds
        self._mount = quote(mount.strip("/"))
        self._headers = {"X-Vault-Request": "true"}
        shown = token if token is not None else _token()
        if shown:
            self._headers["X-Vault-Token"] = shown
        self._mine = threading.local()
        parts = urlsplit(self.address)
        if parts.scheme not in {"unix", "http"} or (parts.scheme == "http" and parts.hostname not in _LOOPBACK):
            raise ClientError(
                f"{self.address} is no agent of this machine", hint="unix:///path/agent.sock or http://127.0.0.1:PORT"
            )

    def get(self, path: str) -> Secret:
        """Return the current version of a secret.

        Raises: `NoSecretError`, `NotAllowedError`, `AgentUnavailableError`; `ClientError` for anything else.
        """
        found = self._data("GET", f"{self._mount}/data/{quote(path)}", path)
        try:
            fields, number = found["data"], found["metadata"]["version"]
        except (KeyError, TypeError):
            raise ClientError(f"{self.address} does not answer as an agent does") from None
        if not isinstance(fields, dict):
            raise NoSecretError(f"{path}: version {number} was deleted")
        return Secret(path, number, fields)

    def list(self, prefix: str = "") -> list[str]:
        """Return what stands directly below a folder, folders with a slash at their end.

        Raises: as `get`; an empty folder is an empty list.
        """
        try:
            return [str(key) for key in self._data("LIST", f"{self._mount}/metadata/{quote(prefix)}", prefix)["keys"]]
        except NoSecretError:
            return []

    def put(self, path: str, fields: Mapping[str, Any], *, expected: int | None = None) -> int:
        """Write a new version where this workload was granted to, and return its number.

        `expected` is the number of the version that it replaces (0: there is none).
        Raises: `ConflictError` where another version stands; as `get`.
        """
        options = {} if expected is None else {"cas": expected}
        body = json.dumps({"data": dict(fields), "options": options}).encode()
        return int(self._data("POST", f"{self._mount}/data/{quote(path)}", path, body)["version"])

    def number(self, path: str) -> int:
        """Return the number of the current version, without its value. Raises: as `get`."""
        return int(self._data("GET", f"{self._mount}/metadata/{quote(path)}", path)["current_version"])

    def following(self, path: str, changed: Callable[[Secret], object]) -> "Following":
        """Return what calls `changed` with the secret now, and again after each rotation, until it is closed."""
        return Following(self, path, changed)

    def ask(self, method: str, below: str, body: bytes = b"") -> tuple[int, dict[str, Any]]:
        """Return the status and the JSON of any path below `/v1/`, for what has no method of its own.

        Raises: `AgentUnavailableError` where nobody answers.
        """
        for last in (False, True):
            connection, fresh = self._connection()
            try:
                connection.request(method, f"/v1/{below}", body or None, self._headers)
                answer = connection.getresponse()
                content = answer.read(_MOST_BYTES + 1)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                # A connection that was kept may have been closed meanwhile. A write is not tried twice: it may have
                # been carried out.
                if last or fresh or method not in {"GET", "LIST"}:
                    raise AgentUnavailableError(
                        f"no agent answers at {self.address} ({type(error).__name__})",
                        hint=f"start `wardline agent`, or name its address in {ADDRESS}",
                    ) from error
                continue
            return answer.status, _object(content, self.address)
        raise AgentUnavailableError(f"no agent answers at {self.address}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close this thread's connection; the next question opens another one."""
        known = getattr(self._mine, "connection", None)
        if known is not None:
            known.close()

    def _data(self, method: str, below: str, path: str, body: bytes = b"") -> dict[str, Any]:
        status, found = self.ask(method, below, body)
        if status == 200:
            data = found.get("data")
            return data if isinstance(data, dict) else {}
        said = "; ".join(str(one) for one in found.get("errors", ()) if one) or f"status {status}"
        if status == 404:
            raise NoSecretError(
                f"{path}: there is none, or this workload was not granted it",
                hint="`wardline grant request` asks for it",
            )
        if status in {401, 403}:
            raise NotAllowedError(f"{path}: {said}", hint=f"over TCP, the agent's token is wanted: {TOKEN_FILE}")
        if status in {429, 503}:
            raise AgentUnavailableError(f"{path}: {said}")
        if "check-and-set" in said:
            raise ConflictError(f"{path}: {said}", hint="read it again, and write again on what you read")
        raise ClientError(f"{path}: {said}")

    def _connection(self) -> tuple[http.client.HTTPConnection, bool]:
        """Return this thread's connection, and whether it was made just now; one of before a fork is not used."""
        known = getattr(self._mine, "connection", None)
        if known is not None and self._mine.process == os.getpid() and known.sock is not None:
            return known, False
        parts = urlsplit(self.address)
        made = (
            _UnixConnection(parts.path, self._timeout)
            if parts.scheme == "unix"
            else _Connection(parts.hostname or "", parts.port or 80, timeout=self._timeout)
        )
        self._mine.connection, self._mine.process = made, os.getpid()
        return made, True


class Following:
    """Calls back after each rotation of one secret, from a thread of its own. A context manager, or `close()`."""

    def __init__(self, client: Client, path: str, changed: Callable[[Secret], object]) -> None:
        self._client, self._path, self._changed = client, path, changed
        self._stop = threading.Event()
        first = client.get(path)
        self._number = first.number
        changed(first)
        self._thread = threading.Thread(target=self._look, name=f"following {path}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop; a call back that is running ends first, unless it is the one that closes."""
        self._stop.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            try:
                if self._client.number(self._path) == self._number:
                    continue
                secret = self._client.get(self._path)
            except ClientError:
                continue  # the agent is gone or has nothing fresh: what was given last stands until it is back
            self._number = secret.number
            self._changed(secret)


class _Connection(http.client.HTTPConnection):
    """HTTP that is closed once nobody has it any more: `Client().get(…)` leaves nothing open."""

    def __del__(self) -> None:
        self.close()


class _UnixConnection(_Connection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout_seconds: float) -> None:
        super().__init__("localhost", timeout=timeout_seconds)
        self._path = path

    def connect(self) -> None:
        """Connect."""
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(self.timeout)
        folder = -1
        try:
            name = self._path
            if len(os.fsencode(name)) > _LONGEST_NAME and sys.platform == "linux":  # sun_path has 108 bytes
                folder = os.open(os.path.dirname(name), os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)  # noqa: PTH120 - a str
                name = f"/proc/self/fd/{folder}/{os.path.basename(name)}"  # noqa: PTH119 - as above
            made.connect(name)
        except OSError:
            made.close()
            raise
        finally:
            if folder >= 0:
                os.close(folder)
        self.sock = made


def _object(content: bytes, address: str) -> dict[str, Any]:
    try:
        found = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or len(content) > _MOST_BYTES:
        raise ClientError(f"{address} does not answer as an agent does")
    return found


def _default_socket() -> Path:
    named = os.environ.get("WARDLINE_STATE")
    if named:
        return Path(named).absolute() / "agent" / "agent.sock"
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "wardline" / "agent" / "agent.sock"


def _token() -> str:
    """Return the token of the file that the environment names, or "" where it names none."""
    named = os.environ.get(TOKEN_FILE)
    if not named:
        return ""
    try:
        return Path(named).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ClientError(f"{named} ({TOKEN_FILE}) cannot be read") from error
