"""Whom to tell, and who owns what: accounts, teams and roles as notices and waivers need them, inside a transaction."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from wardline.catalog import store as catalog
from wardline.catalog.model import Service
from wardline.findings import policies
from wardline.findings.escalation import store
from wardline.findings.policy import Policy
from wardline.kernel.identity import people
from wardline.kernel.identity.model import Account, Role
from wardline.kernel.notices.model import Recipient


class Named(NamedTuple):
    """A service by its names, and its team's."""

    id: str
    slug: str
    name: str
    team: str
    team_name: str


def policy(tx: Connection) -> Policy:
    """Return what the organisation decided, or the defaults."""
    return policies.current(tx)


def account(tx: Connection, id_or_email: str) -> Account | None:
    """Return the account with this id or e-mail address, or None."""
    if "@" in id_or_email:
        return people.find(tx, email=id_or_email)
    return people.person(tx, id_or_email)


def same_person(tx: Connection, account_id: str) -> frozenset[str]:
    """Return the other accounts that have the same e-mail address: most likely the same person (T-30)."""
    return store.sharing_address(tx, account_id)


def names(tx: Connection, accounts: Collection[str]) -> dict[str, str]:
    """Return the names of accounts by id."""
    return people.names(tx, accounts)


def service(tx: Connection, id_or_slug: str) -> Service | None:
    """Return a service, or None."""
    return catalog.service(tx, id_or_slug)


def service_names(tx: Connection, services: Iterable[str]) -> dict[str, Named]:
    """Return services' names by id."""
    found = catalog.services_named(tx, set(services))
    return {one.id: Named(one.id, one.slug, one.name, one.team, one.team_name) for one in found.values()}


def owners(tx: Connection, owned: Iterable[tuple[str | None, str]]) -> frozenset[str]:
    """Return the accounts that own findings, given as (owner, team).

    The assigned person, and whoever leads the team; where nobody is assigned the team as a whole owns it, so each of
    its members does.
    """
    found: set[str] = set()
    for owner, team in set(owned):
        members = people.members(tx, team)
        found |= {member.id for member, lead in members if lead or owner is None}
        found |= {owner} if owner is not None else set()
    return frozenset(found)


def recipient(one: Account) -> Recipient:
    """Return a person as somebody to tell: by e-mail."""
    return Recipient(one.id, one.name, one.email)


def with_role(tx: Connection, role: Role) -> list[Recipient]:
    """Return every active account that holds a role."""
    return [Recipient(row.id, row.name, row.email) for row in store.active_accounts(tx) if role in row.roles]


def team(tx: Connection, identifier: str) -> list[Recipient]:
    """Return a team's own addresses; where it has none, each of its active members."""
    found = catalog.team(tx, identifier)
    if found is not None and (found.email or found.slack):
        return [Recipient(found.id, found.name, found.email, found.slack)]
    return [recipient(member) for member, _lead in people.members(tx, identifier) if member.active]


def leads(tx: Connection, identifier: str) -> list[Recipient]:
    """Return who leads a team; where nobody does, security."""
    found = [recipient(member) for member, lead in people.members(tx, identifier) if lead and member.active]
    return found or with_role(tx, "security")


def to_tell(tx: Connection, owned: Iterable[tuple[str | None, str]]) -> list[Recipient]:
    """Return whom to tell of findings, given as (owner, team): the person where there is one at work, else the team."""
    found: dict[str, Recipient] = {}
    for owner, team_id in sorted(set(owned), key=str):
        person = people.person(tx, owner) if owner is not None else None
        told = [recipient(person)] if person is not None and person.active else team(tx, team_id)
        found |= {one.id: one for one in told}
    return list(found.values())
