"""KV version 1 and a token's own cubbyhole in Vault's words, over any shelf.

Source: Vault's API documentation, "KV secrets engine - version 1 (API)" and "Cubbyhole"; checked against OpenBao 2.7.
"""

from typing import Any, Final

from wardline.vault.agent import durations
from wardline.vault.agent.calls import NOTHING, Answer, Call, RefusedError, absent, keys, unsupported_operation
from wardline.vault.agent.shelf import Shelf

_DEFAULT_LEASE: Final = 768 * 3600
_MOST_HELD: Final = 1000


class Kv1:
    """One KV v1 mount: what stands now, and nothing about before."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def exists(self, path: str) -> bool:
        """Tell whether a value stands at a path."""
        return self._shelf.metadata(path) is not None

    def open_to_all(self, call: Call) -> bool:
        """Answer nobody without a token."""
        del call
        return False

    def answer(self, call: Call) -> Answer:
        """Answer one call below the mount."""
        path = call.path
        if call.operation == "list":
            return keys(self._shelf.list(path if not path or path.endswith("/") else f"{path}/"))
        if call.operation == "read":
            reading = self._shelf.read(path)
            if reading is None or reading.fields is None:
                raise absent()
            return Answer(data=reading.fields, lease_seconds=_lease(reading.fields))
        if call.writes:
            if not path or path.endswith("/"):
                raise RefusedError(400, "cannot write to a path ending in '/'")
            if not call.body:
                raise RefusedError(400, "missing data fields")
            self._shelf.write(path, call.body)
            return NOTHING
        if call.operation == "delete":
            self._shelf.forget(path)
            return NOTHING
        raise unsupported_operation()


class Cubbyhole:
    """What a token keeps for itself: nobody else sees it, and it ends with the token."""

    def exists(self, path: str) -> bool:
        """Take every write as a change: whose it is is not known here."""
        del path
        return True

    def open_to_all(self, call: Call) -> bool:
        """Answer nobody without a token."""
        del call
        return False

    def answer(self, call: Call) -> Answer:
        """Answer one call about the caller's own cubbyhole."""
        if call.token is None:
            raise absent()
        held: dict[str, Any] = call.token.cubbyhole
        if call.operation == "list":
            prefix = call.path if not call.path or call.path.endswith("/") else f"{call.path}/"
            below = (path[len(prefix) :] for path in held if path.startswith(prefix))
            return keys(sorted({name[: name.find("/") + 1] or name for name in below}))
        if call.operation == "read":
            if call.path not in held:
                raise absent()
            return Answer(data=held[call.path])
        if call.writes:
            if not call.body:
                raise RefusedError(400, "missing data fields")
            if len(held) >= _MOST_HELD:
                raise RefusedError(400, f"a cubbyhole holds up to {_MOST_HELD} values")
            held[call.path] = dict(call.body)
            return NOTHING
        if call.operation == "delete":
            held.pop(call.path, None)
            return NOTHING
        raise unsupported_operation()


def _lease(fields: Any) -> int:
    """Return how long a reader may keep a value: what its own `ttl` says, as Vault's version 1 has it."""
    try:
        return max(0, int(durations.seconds(fields["ttl"]))) if "ttl" in fields else _DEFAULT_LEASE
    except ValueError:
        return _DEFAULT_LEASE
