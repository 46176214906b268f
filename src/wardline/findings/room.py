"""What every part of this room works with."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from wardline.findings import showing, store
from wardline.findings.list_store import Reach
from wardline.findings.model import Tracked
from wardline.findings.neighbours import Catalog
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity.model import Principal, allowed, require
from wardline.kernel.ledger.service import Ledger


class Room:
    """The database, the clock, the ledger and the catalog."""

    def __init__(self, database: Database, clock: Callable[[], datetime], ledger: Ledger, catalog: Catalog) -> None:
        self._database: Final = database
        self._clock: Final = clock
        self._ledger: Final = ledger
        self._catalog: Final = catalog

    def _readable(self, tx: Connection, who: Principal, identifier: str, *, lock: bool = False) -> Row[Any]:
        row = store.by_ids(tx, [identifier], lock=lock).get(identifier)
        if row is None or not allowed(who, "finding:read", team=row.team, service=row.service):
            raise NotFoundError(f"there is no finding {identifier!r:.60}")
        return row

    def _after(self, tx: Connection, row: Row[Any]) -> Tracked:
        return showing.tracked(tx, self._catalog, [store.by_ids(tx, [row.id])[row.id]])[0]

    def _record(self, tx: Connection, who: Principal, action: str, row: Row[Any], **details: Any) -> None:
        about = (row.service, row.team)
        self._ledger.record(tx, at=self._clock(), who=who, action=action, subject=row.id, about=about, details=details)


def reach_of(who: Principal) -> Reach:
    """Return what `who` may see of findings. Raises: `DeniedError`."""
    require(who, "finding:read")
    if who.services:
        return Reach(services=who.services)
    return Reach() if "finding:read-all" in who.permissions else Reach(teams=who.teams)
