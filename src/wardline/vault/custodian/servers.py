"""The servers over HTTP, as a custodian's `shelf.Shelf`: `api/routes/vault_custodians.py` is the other side."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from wardline.kernel.errors import NotFoundError
from wardline.vault.custodian.rotating import Rotation
from wardline.vault.custodian.shelf import Basis, Head, Task
from wardline.vault.protocol.encoding import b64
from wardline.vault.remote import Remote, nonsense, octets

_BELOW: Final = "custodians/"
_TIMES: Final = ("begun", "since", "not_before")


class Servers:
    """A shelf that stands on servers."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def basis(self) -> Basis:
        """Return roots, epochs, revocations and statements."""
        said = self._got("basis")
        return Basis(*(_list(said, name) for name in ("roots", "epochs", "revocations", "statements")))

    def tasks(self) -> Sequence[Task]:
        """Return every secret of this custodian's zone."""
        tasks = self._got("tasks").get("tasks")
        if not isinstance(tasks, list):
            raise nonsense()
        try:
            return [
                Task(str(one["path"]), octets(one["version"]) if one["version"] else b"", str(one["reason"]))
                for one in tasks
            ]
        except (KeyError, TypeError) as error:
            raise nonsense() from error

    def bindings(self) -> Sequence[bytes]:
        """Return the bindings that were handed in and may still be good."""
        return _list(self._got("bindings"), "documents")

    def documents(self, kind: str, path: str) -> Sequence[bytes]:
        """Return a secret's documents of a kind, oldest first."""
        return _list(self._got(f"documents?kind={quote(kind, safe='')}&path={quote(path, safe='')}"), "documents")

    def wrap(self, version: bytes) -> bytes:
        """Return a version's wrap for this custodian. Raises: `NotFoundError`."""
        content = self._remote.asked("GET", f"{_BELOW}wrap?version={b64(version)}", missing=True)
        if content is None:
            raise NotFoundError("this version is not sealed to this custodian")
        return octets(self._remote.values(content).get("wrap"))

    def head(self, seen: int) -> Head:
        """Return the ledger's newest head, and its consistency with the one of size `seen`."""
        said = self._got(f"head?seen={seen}")
        return Head(octets(said.get("note")), _list(said, "consistency"))

    def publish(self, version: bytes, wraps: Sequence[bytes]) -> None:
        """Keep a version and its wraps."""
        self._sent("POST", "versions", {"version": json.loads(version), "wraps": [b64(one) for one in wraps]})

    def seal_to(self, version: bytes, wraps: Sequence[bytes]) -> None:
        """Keep further wraps of a version."""
        self._sent("POST", "wraps", {"version": b64(version), "wraps": [b64(one) for one in wraps]})

    def state(self, statement: bytes) -> None:
        """Keep a freshness statement in place of this custodian's last one."""
        self._remote.asked("POST", f"{_BELOW}statements", statement)

    def acknowledge(self, acknowledgement: bytes) -> None:
        """Keep a word that a revocation was applied."""
        self._remote.asked("POST", f"{_BELOW}acknowledgements", acknowledgement)

    def retired(self, path: str) -> None:
        """Delete the wraps of versions long retired."""
        self._sent("POST", "retired", {"path": path})

    def unfinished(self, path: str) -> Rotation | None:
        """Return the unfinished rotation of a secret, or None."""
        said = self._got(f"rotation?path={quote(path, safe='')}").get("rotation")
        return None if said is None else _rotation(said)

    def begin(self, rotation: Rotation) -> bool:
        """Keep a new row, unless the secret has an unfinished one; return whether it is kept."""
        return self._kept("POST", rotation)

    def change(self, rotation: Rotation) -> bool:
        """Keep `rotation` in place of the revision before it; return whether that was still there."""
        return self._kept("PUT", rotation)

    def _kept(self, method: str, rotation: Rotation) -> bool:
        said = self._remote.values(self._sent(method, "rotations", _written(rotation)))
        return said.get("kept") is True

    def _got(self, below: str) -> dict[str, Any]:
        return self._remote.values(self._remote.asked("GET", _BELOW + below))

    def _sent(self, method: str, below: str, values: dict[str, Any]) -> bytes | None:
        return self._remote.asked(method, _BELOW + below, json.dumps(values, separators=(",", ":")).encode())


def _written(rotation: Rotation) -> dict[str, Any]:
    values = {name: getattr(rotation, name) for name in Rotation.__dataclass_fields__}
    values["sealed"] = b64(rotation.sealed)
    for name in _TIMES:
        values[name] = values[name].isoformat() if values[name] else None
    return values


def _rotation(said: Any) -> Rotation:
    try:
        values = {name: said[name] for name in Rotation.__dataclass_fields__}
        for name in _TIMES:
            values[name] = datetime.fromisoformat(values[name]) if values[name] else None
        return Rotation(**{**values, "sealed": _digest(values["sealed"])})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise nonsense() from error


def _digest(value: Any) -> bytes:
    return octets(value) if value else b""


def _list(said: dict[str, Any], name: str) -> list[bytes]:
    found = said.get(name)
    if not isinstance(found, list):
        raise nonsense()
    return [octets(one) for one in found]
