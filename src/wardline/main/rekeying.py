"""Changing the key that signs the ledger: the old key vouches for the new one, in the ledger itself.

Order matters, because a machine may stop at any point: the new key is on the disk before the ledger names it, and takes
the old one's place only afterwards. Doing it again finishes what was begun.
"""

import os
from pathlib import Path
from typing import Final, NamedTuple

from wardline.kernel import clock
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import ConflictError
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.keys import KEY_FILE, Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.settings import Settings
from wardline.main import migrating

_NEXT: Final = ".next"
_RETIRED: Final = ".retired"


class Rekeyed(NamedTuple):
    """Which key was replaced by which, and where the new one is: every node needs that file now."""

    old: str
    new: str
    file: Path
    vouched: bool


def rekey(settings: Settings, *, lost: bool = False) -> Rekeyed:
    """Make a new key the ledger's and put it in the old one's place; the old one is kept beside it, as `….retired`.

    `lost`: the old key is gone, and the key file holds another one (a node makes one where there is none): that becomes
    the ledger's, and nobody vouches for it.

    Raises: `ConflictError` where the ledger has not begun, or the key file is not the ledger's and it is not said to be
    lost; `UnsafeKeyError`; as `migrating.require_migrated`.
    """
    database = Database(settings.database)
    try:
        migrating.require_migrated(database)
        path = settings.ledger_key_file or settings.state / KEY_FILE
        held = Signer.opened(settings.state, settings.ledger_key_file)
        ledger = Ledger(database, clock.now, held)
        known = ledger.keys(PLATFORM)
        if not known:
            raise ConflictError("the ledger has not begun: it has no key to change", hint="start the platform first")
        present = known[-1].key_id
        if lost:
            return _adopted(ledger, held, present, path)
        waiting = path.with_name(path.name + _NEXT)
        if present != held.key_id and not _is(waiting, present, settings.state):
            raise ConflictError(
                f"{path} holds the key {held.key_id}, and the ledger's is {present}",
                hint="put the ledger's key there; where it is gone for good, say so with --lost",
            )
        new = Signer.prepared(waiting, settings.state)
        if present != new.key_id:
            ledger.change_key(PLATFORM, new)
        _kept(path, path.with_name(f"{path.name}.{held.key_id}{_RETIRED}"))
        waiting.replace(path)
        return Rekeyed(held.key_id, new.key_id, path, vouched=True)
    finally:
        database.close()


def _adopted(ledger: Ledger, held: Signer, present: str, path: Path) -> Rekeyed:
    if present == held.key_id:
        raise ConflictError(f"{path} holds the ledger's key: it is not lost", hint="leave --lost out")
    ledger.change_key(PLATFORM, held, lost=True)
    return Rekeyed(present, held.key_id, path, vouched=False)


def _is(path: Path, key_id: str, memory: Path) -> bool:
    """Return whether a key file is there and holds this key: then the ledger named it, and the files were not moved."""
    return path.exists() and Signer.prepared(path, memory).key_id == key_id


def _kept(path: Path, beside: Path) -> None:
    if not beside.exists():
        os.link(path, beside)
