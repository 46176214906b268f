"""A custodian's own socket, past the server: whether a secret logs in, and revocations that no server can hold back.

A Unix socket in the custodian's folder that its own user alone may connect to. One request and one answer for each
connection, JSON on a line of at most 64 KiB. What is answered holds no value.
"""

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from wardline.kernel.errors import AskedWronglyError, UnavailableError, WardlineError
from wardline.kernel.text import printable
from wardline.vault import files
from wardline.vault.custodian.service import Answer
from wardline.vault.protocol.encoding import b64, unb64

FILE: Final = "custodian.sock"
_MOST_BYTES: Final = 64 * 1024
_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 90.0  # a target that is away keeps a round busy


class Asked(Protocol):
    """What a custodian answers here."""

    def test(self, path: str) -> Answer:
        """Return whether the current version of a secret logs in."""

    def revoke(self, content: bytes) -> bytes:
        """Apply a revocation and return the acknowledgement."""


class Door:
    """The socket, served by a thread of its own; `turn` is held while the custodian is asked."""

    def __init__(self, folder: Path, asked: Asked, turn: "threading.Lock") -> None:
        """Listen. Raises: `AskedWronglyError` where the socket cannot be made."""
        self._asked = asked
        self._turn = turn
        self._path = folder / FILE
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._path.unlink(missing_ok=True)
            with files.socket_name(self._path) as name:
                self._socket.bind(name)
            self._socket.listen(8)
        except OSError as error:
            self._socket.close()
            raise AskedWronglyError(f"{self._path}: {error}", hint="name a shorter --state folder") from error
        finally:
            os.umask(before)
        self._thread = threading.Thread(target=self._serve, name="door", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._path.unlink(missing_ok=True)
        self._thread.join(1.0)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(_SECONDS)
                said = json.dumps(self._answer(_line(connection)))
                connection.settimeout(_SECONDS)
                connection.sendall(said.encode() + b"\n")

    def _answer(self, line: bytes) -> dict[str, str]:
        try:
            said = json.loads(line)
            if isinstance(said, dict) and isinstance(path := said.get("test"), str):
                with self._turn:
                    return self._asked.test(path)._asdict()
            if isinstance(said, dict) and isinstance(content := said.get("revoke"), str):
                with self._turn:
                    return {"acknowledged": b64(self._asked.revoke(unb64(content)))}
        except WardlineError as error:
            return {"problem": printable(error.detail, max_chars=400)}
        except (ValueError, RecursionError):
            pass
        return {"problem": 'ask {"test": PATH} or {"revoke": DOCUMENT}'}


def ask(place: Path, said: dict[str, str]) -> dict[str, Any]:
    """Return what the custodian behind a socket answers.

    Raises: `UnavailableError` where none does; `AskedWronglyError` with the problem that it names.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
            asked.settimeout(_ANSWER_SECONDS)
            with files.socket_name(place) as name:
                asked.connect(name)
            asked.sendall(json.dumps(said).encode() + b"\n")
            found = json.loads(_line(asked))
    except (OSError, ValueError) as error:
        raise UnavailableError(
            f"no custodian answers at {printable(str(place))}", hint="on its machine, as its user: --custodian SOCKET"
        ) from error
    if not isinstance(found, dict) or "problem" in found:
        raise AskedWronglyError(str(found.get("problem", "nonsense") if isinstance(found, dict) else "nonsense"))
    return found


def _line(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\n") and len(received) <= _MOST_BYTES and (part := connection.recv(16 * 1024)):
        received += part
    return received[:_MOST_BYTES]


class TakingTurns:
    """A custodian whose rounds leave room between them for what comes through the door."""

    def __init__(self, look: Callable[[], tuple[str, ...]]) -> None:
        self._look = look
        self.turn = threading.Lock()

    def look(self) -> tuple[str, ...]:
        """Do one round."""
        with self.turn:
            return self._look()
