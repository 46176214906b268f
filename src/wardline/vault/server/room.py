"""What every part of the vault's server has: the database, the clock, the ledger, and the roots that it goes by.

The server checks what it is handed, so that a mistake is told to whoever makes it. Nobody relies on that: custodians
and agents check everything again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError, NotFoundError
from wardline.kernel.identity.model import Principal
from wardline.kernel.ledger.service import Ledger
from wardline.vault.protocol import heads, roots
from wardline.vault.protocol.envelope import Envelope, read_envelope
from wardline.vault.protocol.keys import signing_key_id
from wardline.vault.protocol.model.root import Root, Standing
from wardline.vault.protocol.roots import Pin, TrustedRoot
from wardline.vault.server import store
from wardline.vault.server.model import Kept, Machine

STANDINGS: Final[tuple[Standing, ...]] = ("ordinary", "solo")
_ORDER_BITS: Final = 32


def order(epoch: int, number: int) -> int:
    """Return one number that sorts versions: by epoch, then by number."""
    return epoch << _ORDER_BITS | number


def actor(machine: Machine) -> Principal:
    """Return a machine as whoever does something, for the ledger. It has no permission."""
    return Principal("workload", f"key-{signing_key_id(machine.signing)[:26]}", machine.name, via="vault")


class Room:
    """The state of the vault's server: none. Any number of nodes may hold one over the same database."""

    def __init__(self, database: Database, clock: Callable[[], datetime], ledger: Ledger) -> None:
        self._database: Final = database
        self._clock: Final = clock
        self._ledger: Final = ledger

    def _trusted(self, tx: Connection) -> TrustedRoot:
        """Return the newest root. Raises: `NotFoundError` where no ceremony was held."""
        kept = store.of_path(tx, "root", "")
        if not kept:
            raise NotFoundError(
                "this vault has no root yet",
                hint="hold the ceremony: docs/operations.md, or `wardline up` for a first look",
            )
        return roots.chain((one.content for one in kept), Pin(kept[0].digest, standing_of(kept[0].content)))

    def _keep(  # noqa: PLR0913 - what a document claims, by name
        self,
        tx: Connection,
        who: Principal,
        envelope: Envelope,
        *,
        path: str = "",
        name: str = "",
        number: int = 0,
        refers: bytes = b"",
        kind: str = "",
        details: dict[str, Any] | None = None,
    ) -> Kept:
        """Keep a document, with its event in the same transaction; one that is there already stays as it is."""
        known = store.document(tx, envelope.digest)
        if known is not None:
            return known
        now, kind = self._clock(), kind or envelope.kind
        event = self._ledger.record(
            tx,
            at=now,
            who=who,
            action=heads.action(kind),
            subject=path or kind,
            details={**(details or {}), **heads.details(envelope.digest)},
        )
        kept = Kept(envelope.digest, kind, path, name, number, refers, now, envelope.written(), event)
        store.add(tx, kept)
        return kept

    def _require_new(self, tx: Connection, kind: str, path: str, number: int, digest: bytes) -> None:
        """Refuse a second document under one number. Raises: `ConflictError`."""
        for other in store.of_path(tx, kind, path, after=number - 1, limit=1):
            if other.number == number and other.digest != digest:
                raise ConflictError(f"there is another {kind} of that number", hint="look at it, and make the next one")


def standing_of(content: bytes) -> Standing:
    """Return what kind of root this is. Raises: `AskedWronglyError` for a trial's, or for no root at all."""
    kind = read_envelope(content).kind
    for standing in STANDINGS:
        if Root.kinds[standing] == kind:
            return standing
    raise AskedWronglyError(
        "this is no root of an installation", hint="a trial's root (`agent --dev`) has no place on a server"
    )


def require_custodian(machine: Machine) -> None:
    """Refuse whoever is no custodian of the newest root. Raises: `DeniedError`."""
    if machine.role != "custodian":
        raise DeniedError("only a custodian that the root names does that")
