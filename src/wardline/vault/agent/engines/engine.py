"""What every secrets engine and auth method is to the rest: something below a mount that answers calls."""

from typing import Protocol

from wardline.vault.agent.calls import Answer, Call


class Engine(Protocol):
    """Answers calls below its mount."""

    def exists(self, path: str) -> bool:
        """Tell whether a write to this path would change something (`update`) rather than make it (`create`)."""

    def open_to_all(self, call: Call) -> bool:
        """Tell whether this call is answered without a token (a login)."""

    def answer(self, call: Call) -> Answer:
        """Answer a call that policies let through.

        Raises: `RefusedError`, `ShelfError`.
        """
