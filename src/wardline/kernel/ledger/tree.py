"""The ledger's tree as it is stored: hashes are read where they are kept, and computed between.

Leaves and every eighth level above are kept, each as rows that never change. A proof reads at most 256 rows of each
such level, in one query each: three queries for a million events.
"""

from typing import Final

from sqlalchemy import Connection

from wardline.kernel import merkle
from wardline.kernel.errors import CannotSayError
from wardline.kernel.ledger import store


class LedgerDamagedError(CannotSayError):
    """What is stored of the ledger is not what was signed: nothing is added to it and nothing is proved from it."""

    code = "ledger-damaged"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, hint="`wardline ledger verify` says what is wrong and where")


class StoredTree:
    """Reads hashes of complete subtrees within one transaction; call it as a `merkle.Reader`."""

    def __init__(self, tx: Connection) -> None:
        self._tx: Final = tx
        self._known: Final[dict[tuple[int, int], bytes]] = {}

    def __call__(self, level: int, position: int) -> bytes:
        """Return one hash.

        Raises: `LedgerDamagedError` where a stored hash is missing.
        """
        known = self._known.get((level, position))
        if known is not None:
            return known
        kept, above = level - level % store.LEVELS, level % store.LEVELS
        first = position << above
        if (kept, first) not in self._known:
            self._fetch(kept, first)
        try:
            hashes = [self._known[kept, place] for place in range(first, first + (1 << above))]
        except KeyError:
            raise LedgerDamagedError(f"a hash of the ledger's tree is missing at level {kept}") from None
        while len(hashes) > 1:
            hashes = [merkle.node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
        self._known[level, position] = hashes[0]
        return hashes[0]

    def _fetch(self, level: int, position: int) -> None:
        """Read the whole group of 256 that a hash stands in: its neighbours are what a proof asks for next."""
        first = position - position % (1 << store.LEVELS)
        for place, digest in store.hashes(self._tx, level, first, 1 << store.LEVELS):
            self._known[level, place] = digest
