"""Init, seal and unseal, answered so that clients and their test suites can go through the motions.

Nothing is encrypted with these keys: `agent --dev` keeps its values in memory, and sealing it only stops it answering.
A real agent has no such keys at all; it is "sealed" while it knows nothing fresh.
"""

import secrets
from typing import Any, Final

from wardline.vault.agent.calls import RefusedError, identifier

_MOST_SHARES: Final = 255
_KEY_BYTES: Final = 33


class Seal:
    """Whether the agent answers, and the keys that make it do so."""

    def __init__(self) -> None:
        self.initialised = False
        self.sealed = True
        self.shares = 0
        self.threshold = 0
        self.cluster = identifier()
        self._keys: frozenset[str] = frozenset()
        self._entered: set[str] = set()
        self._nonce = ""

    @property
    def answers(self) -> bool:
        """Tell whether anything but the seal may be asked."""
        return self.initialised and not self.sealed

    def initialise(self, shares: int, threshold: int) -> list[str]:
        """Make the keys and return them, once.

        Raises: `RefusedError` (400) the second time, or for numbers that do not fit each other.
        """
        if self.initialised:
            raise RefusedError(400, "Vault is already initialized")
        if not 1 <= shares <= _MOST_SHARES or not 1 <= threshold <= shares or (threshold == 1 and shares > 1):
            raise RefusedError(400, f"secret_shares {shares} and secret_threshold {threshold} do not fit each other")
        keys = [secrets.token_hex(_KEY_BYTES) for _ in range(shares)]
        self._keys = frozenset(keys)
        self.shares, self.threshold, self.initialised, self.sealed = shares, threshold, True, True
        return keys

    def close(self) -> None:
        """Stop answering until enough keys were entered."""
        self.sealed = True
        self.reset()

    def reset(self) -> None:
        """Forget the keys that were entered."""
        self._entered = set()
        self._nonce = ""

    def enter(self, key: str) -> None:
        """Take one key; the last one that is needed opens the seal.

        Raises: `RefusedError` (400) for a key that is none of ours, once enough were entered: as Vault has it.
        """
        if not self.initialised:
            raise RefusedError(400, "Vault is not initialized")
        if not self.sealed:
            return
        self._nonce = self._nonce or identifier()
        self._entered.add(key)
        if len(self._entered) < self.threshold:
            return
        right = self._entered <= self._keys
        self.reset()
        if not right:
            raise RefusedError(400, "unseal failed, invalid key")
        self.sealed = False

    def open(self) -> None:
        """Open the seal without keys: what `--dev` begins with."""
        self.initialised, self.sealed = True, False

    def status(self, version: str) -> dict[str, Any]:
        """Return what `sys/seal-status` says."""
        return {
            "type": "shamir",
            "initialized": self.initialised,
            "sealed": self.sealed,
            "t": self.threshold,
            "n": self.shares,
            "progress": len(self._entered),
            "nonce": self._nonce,
            "version": version,
            "build_date": "",
            "migration": False,
            "recovery_seal": False,
            "storage_type": "inmem",
        } | ({"cluster_name": "wardline-agent", "cluster_id": self.cluster} if not self.sealed else {})
