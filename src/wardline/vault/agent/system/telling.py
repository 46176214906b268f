"""`sys/wardline/`: what Wardline's own clients ask besides Vault's API.

GET  sys/wardline/state            -> {"secrets": {PATH: {"epoch", "number", "fresh_until", "serve_until"}}, "outage"}
GET  sys/wardline/open/PATH        -> {"data": fields, "epoch", "number"}: a read that is no receipt yet
POST sys/wardline/delivered {"path", "number", "how": "run" | "template"}
"""

from collections.abc import Callable
from typing import Any

from wardline.vault.agent.calls import (
    NOTHING,
    Answer,
    Call,
    RefusedError,
    absent,
    text_field,
    unsupported_operation,
    whole_field,
)
from wardline.vault.agent.holding import Holding
from wardline.vault.agent.shelf import NotNowError
from wardline.vault.protocol.accepting import Accepted

_HOW = ("run", "template")


class Telling:
    """What an agent tells `wardline run` and the Python client."""

    def __init__(self, holding: Holding, delivered: Callable[[Accepted, Any], None]) -> None:
        self._holding = holding
        self._delivered = delivered

    def exists(self, path: str) -> bool:
        """Take every write as a change."""
        del path
        return True

    def open_to_all(self, call: Call) -> bool:
        """Answer nobody without a token."""
        del call
        return False

    def answer(self, call: Call) -> Answer:
        """Answer one call below `sys/wardline/`."""
        word, _, path = call.path.partition("/")
        if word == "state" and call.operation == "read":
            return Answer(data={"secrets": self._secrets(), "outage": self._holding.outage})
        if word == "open" and call.operation == "read":
            accepted = self._holding.read(path)
            if accepted is None:
                raise absent()
            return Answer(data={"data": accepted.fields, **_shown(accepted)})
        if word == "delivered" and call.writes:
            how = text_field(call.body, "how")
            if how not in _HOW:
                raise RefusedError(400, f"how is one of {', '.join(_HOW)}")
            accepted = self._holding.read(text_field(call.body, "path"))
            if accepted is not None and accepted.header.number == whole_field(call.body, "number"):
                self._delivered(accepted, how)
            return NOTHING
        raise unsupported_operation()

    def _secrets(self) -> dict[str, Any]:
        found = {}
        for path in self._holding.paths():
            try:
                accepted = self._holding.read(path)
            except NotNowError:
                accepted = None
            if accepted is not None:
                found[path] = _shown(accepted)
        return found


def _shown(accepted: Accepted) -> dict[str, Any]:
    return {
        "epoch": accepted.header.epoch,
        "number": accepted.header.number,
        "fresh_until": accepted.fresh_until.isoformat(),
        "serve_until": accepted.serve_until.isoformat(),
    }
