"""What every part of this room works with, and the few steps that several of them take."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity import store
from wardline.kernel.identity.fetching import Fetch, fetch
from wardline.kernel.identity.keys import Providers
from wardline.kernel.identity.model import Account, Principal, granted
from wardline.kernel.settings import Settings

if TYPE_CHECKING:
    from wardline.kernel.ledger.service import Ledger


class Room:
    """The database, the clock, the ledger and the settings. Stateless but for what identity providers published."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        ledger: "Ledger",
        settings: Settings,
        *,
        fetch: Fetch = fetch,
    ) -> None:
        self._database: Final = database
        self._clock: Final = clock
        self._ledger: Final = ledger
        self._settings: Final = settings
        self._fetch: Final = fetch
        self._providers: Final = Providers(fetch, clock)

    def _record(self, tx: Connection, who: Principal, action: str, subject: str, *about: str, **details: Any) -> None:
        """Write an event into the ledger, in the same transaction as what it is about."""
        known: Mapping[str, Any] = details
        self._ledger.record(tx, at=self._clock(), who=who, action=action, subject=subject, about=about, details=known)

    @staticmethod
    def _known(tx: Connection, identifier: str, *, lock: bool = False) -> Account:
        found = store.account(tx, identifier, lock=lock)
        if found is None:
            raise NotFoundError(f"there is no account {identifier!r:.60}")
        return found


def principal(account: Account, via: str, expires: datetime) -> Principal:
    """Return the person as whoever asks, with everything that their roles grant now."""
    return Principal(
        kind="person",
        id=account.id,
        name=account.name,
        permissions=granted(account.roles),
        teams=account.teams,
        leads=account.leads,
        via=via,
        expires=expires,
    )
