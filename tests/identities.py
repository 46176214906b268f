"""A platform's identity and catalog over a database, for tests: the rooms, principals with roles, and short cuts."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from wardline.catalog.service import Catalog
from wardline.kernel.database.engine import Database
from wardline.kernel.identity.fetching import Fetch
from wardline.kernel.identity.model import Account, Principal, Role, Session
from wardline.kernel.identity.service import Identity
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.paging import Page
from wardline.kernel.settings import Settings

URL = "https://wardline.example"


class World(NamedTuple):
    database: Database
    clock: Callable[[], datetime]
    ledger: Ledger
    settings: Settings
    identity: Identity
    catalog: Catalog
    admin: Principal  # the first administrator, at a session

    def person(
        self, name: str = "Ada", *, email: str | None = None, roles: Collection[Role] = ("developer",)
    ) -> Account:
        return self.identity.create_account(self.admin, name, email=email, roles=roles)

    def signed_in(self, account: Account | str) -> Session:
        """A new session of this account: the only place that shows its cookie."""
        identifier = account if isinstance(account, str) else account.id
        link = self.identity.invite(self.admin, identifier)
        return self.identity.redeem_link(token_of(link), agent="a browser")

    def principal(self, account: Account) -> Principal:
        return self.identity.session(self.signed_in(account).cookie)[0]

    def actions(self, subject: str | None = None) -> list[str]:
        """What the ledger says, oldest first."""
        listed = self.ledger.list(self.admin._replace(permissions=self.admin.permissions | {"ledger:read-all"}),
                                  about=subject, page=Page(1000)).rows  # fmt: skip
        return [event.action for event in reversed(listed)]


def token_of(link: str) -> str:
    assert link.startswith("/sign-in/")
    return link.removeprefix("/sign-in/")


class Rooms(NamedTuple):
    database: Database
    ledger: Ledger
    settings: Settings
    identity: Identity
    catalog: Catalog


def rooms(
    database: Database, clock: Callable[[], datetime], *, fetch: Fetch | None = None, **settings: object
) -> Rooms:
    """The rooms over a database in which nobody is known yet. `fetch` answers for identity providers."""
    known = {"state": Path("/nowhere"), "database": "", "url": URL, **settings}
    made = Settings(**known)  # type: ignore[arg-type]
    ledger = Ledger(database, clock, Signer.generated())
    identity = Identity(database, clock, ledger, made, fetch=fetch or nobody_answers)
    return Rooms(database, ledger, made, identity, Catalog(database, clock, ledger))


def nobody_answers(url: str, **_: object) -> tuple[int, dict[str, Any]]:
    raise AssertionError(url)


def world(
    database: Database, clock: Callable[[], datetime], *, fetch: Fetch | None = None, **settings: object
) -> World:
    """The same with a first administrator."""
    made = rooms(database, clock, fetch=fetch, **settings)
    first = made.identity.redeem_link(token_of(made.identity.first_link()))
    admin, _ = made.identity.session(first.cookie)
    return World(database, clock, made.ledger, made.settings, made.identity, made.catalog, admin)
