"""What findings ask of the catalog and of the ledger: no more than this."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection

from wardline.catalog.model import Brief, Deployment, Service, Team
from wardline.kernel.identity.model import Principal


class Catalog(Protocol):
    """Services, who looks after what, and what runs. Methods work in the transaction they are given."""

    def find(self, tx: Connection, id_or_slug: str) -> Service | None:
        """Return a service, or None where there is none."""

    def team(self, who: Principal, id_or_slug: str) -> Team:
        """Return a team, in a transaction of its own. Raises: `NotFoundError`."""

    def services_named(self, tx: Connection, identifiers: Collection[str]) -> Mapping[str, Service]:
        """Return services by id."""

    def briefs_named(self, tx: Connection, identifiers: Collection[str]) -> Mapping[str, Brief]:
        """Return services in a few words, by id."""

    def names(self, tx: Connection, identifiers: Collection[str]) -> Mapping[str, str]:
        """Return the names of teams and accounts by id."""

    def owner_of(self, tx: Connection, service_id: str, path: str | None) -> tuple[str, str | None]:
        """Return the team, and the account where one is named, that looks after a path of a service."""

    def owners_in(self, tx: Connection, service_id: str) -> Callable[[str | None], tuple[str, str | None]]:
        """Return what answers the same for many paths of a service."""

    def running_in(self, tx: Connection, service_id: str) -> Sequence[Deployment]:
        """Return what runs of a service, in every environment."""
