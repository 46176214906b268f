"""What other rooms ask about people inside transactions of their own: names, and who belongs to which team."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from wardline.kernel.identity import store
from wardline.kernel.identity.model import Account


def names(tx: Connection, accounts: Collection[str]) -> dict[str, str]:
    """Return the names of these accounts, by id; "platform" is Wardline itself."""
    found = {one.id: one.name for one in store.accounts_named(tx, set(accounts)).values()}
    return found | ({"platform": "Wardline"} if "platform" in accounts else {})


def person(tx: Connection, account: str) -> Account | None:
    """Return an account, or None."""
    return store.account(tx, account)


def find(tx: Connection, *, email: str | None = None, user_name: str | None = None) -> Account | None:
    """Return the one account with this address or user name, without regard to case, or None."""
    return store.account_by(tx, email=email, user_name=user_name)


def directory(tx: Connection, start: int, count: int, **equal: str) -> tuple[int, list[tuple[Account, dict[str, Any]]]]:
    """Return how many accounts a directory may see, and `count` of them from `start` (0 is the first), by id.

    Each with what the directory sent of it. `equal`: id, user_name, external_id or email, to narrow to one value.
    """
    return store.directory(tx, start, count, **equal)


def members(tx: Connection, team: str) -> list[tuple[Account, bool]]:
    """Return the members of a team by name, each with whether they lead it."""
    return store.members(tx, team)


def join(tx: Connection, account: str, team: str, *, lead: bool, at: datetime) -> bool:
    """Make an account a member of a team, and return whether that changed anything."""
    return store.put_membership(tx, account, team, lead=lead, at=at)


def leave(tx: Connection, account: str, team: str) -> bool:
    """End a membership, and return whether there was one."""
    return store.drop_membership(tx, account, team)


def sizes(tx: Connection, teams: Collection[str]) -> dict[str, int]:
    """Return how many people whose accounts are active belong to each of these teams."""
    return store.sizes(tx, teams)


def disband(tx: Connection, team: str) -> None:
    """End every membership of a team."""
    store.drop_memberships(tx, team)
