"""Queries about accounts and their memberships; what they sign in with is in `credential_store`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, and_, cast, delete, func, insert, or_, select, update

from wardline.kernel.database.types import storable, stored
from wardline.kernel.identity.model import Account
from wardline.kernel.identity.tables import ACCOUNTS, MEMBERSHIPS, SUBJECTS


def key(text: str | None) -> str | None:
    """Return what a name or an address is compared by (RFC 7643 §4.1.1: userName without regard to case)."""
    return text.strip().casefold() if text and text.strip() else None


def sorted_by(name: str) -> str:
    """Return what a list is sorted by for this name, as the database has kept it."""
    return stored(name).casefold()


# Accounts


def put_account(tx: Connection, account: Account) -> None:
    """Insert an account."""
    tx.execute(
        insert(ACCOUNTS).values(
            id=account.id,
            name=account.name,
            name_key=sorted_by(account.name),
            email=account.email,
            email_key=key(account.email),
            roles=sorted(account.roles),
            active=account.active,
            created_at=account.created_at,
            changed_at=account.created_at,
            user_name=account.user_name,
            user_name_key=key(account.user_name),
            external_id=account.external_id,
            version=1,
            details={},
        )
    )


def change_account(tx: Connection, identifier: str, at: datetime, **values: Any) -> None:
    """Change columns of an account; its version counts up."""
    values["changed_at"] = at
    for name in ("email", "user_name"):
        if name in values:
            values[f"{name}_key"] = key(values[name])
    if "name" in values:
        values["name_key"] = sorted_by(values["name"])
    if "roles" in values:
        values["roles"] = sorted(values["roles"])
    if "details" in values:
        values["details"] = storable(values["details"])
    tx.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == identifier).values(version=ACCOUNTS.c.version + 1, **values))


def seen(tx: Connection, identifier: str, at: datetime) -> None:
    """Note when an account was last at work."""
    tx.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == identifier).values(seen_at=at))


def account(tx: Connection, identifier: str, *, lock: bool = False) -> Account | None:
    """Return one account, or None; with `lock` nobody else changes it before this transaction ends."""
    query = select(ACCOUNTS).where(ACCOUNTS.c.id == identifier)
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    return _with_teams(tx, [row])[0] if row else None


def account_by(tx: Connection, *, email: str | None = None, user_name: str | None = None) -> Account | None:
    """Return the one account with this address or name, without regard to case; None where there is none or two."""
    column, value = (ACCOUNTS.c.email_key, email) if email is not None else (ACCOUNTS.c.user_name_key, user_name)
    rows = tx.execute(select(ACCOUNTS).where(column == key(value)).limit(2)).all() if key(value) else []
    return _with_teams(tx, rows)[0] if len(rows) == 1 else None


def account_of(tx: Connection, issuer: str, subject: str) -> Account | None:
    """Return the account that an identity provider calls `subject`."""
    row = tx.execute(
        select(ACCOUNTS).join(SUBJECTS).where(SUBJECTS.c.issuer == issuer, SUBJECTS.c.subject == subject)
    ).one_or_none()
    return _with_teams(tx, [row])[0] if row else None


def accounts(tx: Connection, *, text: str, after: tuple[str, str] | None, limit: int) -> list[Account]:
    """Return accounts by name, then id."""
    query = select(ACCOUNTS).order_by(ACCOUNTS.c.name_key, ACCOUNTS.c.id).limit(limit)
    if text:
        part = f"%{_escaped(text.casefold())}%"
        query = query.where(
            or_(
                ACCOUNTS.c.name_key.like(part, escape="\\"),
                ACCOUNTS.c.email_key.like(part, escape="\\"),
                ACCOUNTS.c.user_name_key.like(part, escape="\\"),
            )
        )
    if after:
        name, identifier = after
        by_name = ACCOUNTS.c.name_key
        query = query.where(or_(by_name > name, and_(by_name == name, ACCOUNTS.c.id > identifier)))
    return _with_teams(tx, tx.execute(query).all())


def accounts_named(tx: Connection, identifiers: Collection[str]) -> dict[str, Account]:
    """Return the accounts with these ids, by id."""
    rows = tx.execute(select(ACCOUNTS).where(ACCOUNTS.c.id.in_(identifiers))).all() if identifiers else []
    return {found.id: found for found in _with_teams(tx, rows)}


def admins(tx: Connection) -> list[Account]:
    """Return the active administrators, oldest first; nobody becomes or stops being one before the transaction ends."""
    holds = cast(ACCOUNTS.c.roles, Text).like('%"admin"%')
    rows = tx.execute(select(ACCOUNTS).where(ACCOUNTS.c.active, holds).order_by(ACCOUNTS.c.id).with_for_update()).all()
    return [found for found in map(_account, rows) if "admin" in found.roles]


def put_subject(tx: Connection, issuer: str, subject: str, identifier: str, at: datetime) -> None:
    """Note that an identity provider calls an account so."""
    tx.execute(insert(SUBJECTS).values(issuer=issuer, subject=subject, account=identifier, since=at))


def has_subject(tx: Connection, issuer: str, identifier: str) -> bool:
    """Return whether an identity provider already has a name for this account."""
    query = select(SUBJECTS.c.subject).where(SUBJECTS.c.issuer == issuer, SUBJECTS.c.account == identifier)
    return tx.execute(query.limit(1)).first() is not None


def drop_subjects(tx: Connection, identifier: str) -> None:
    """Forget how identity providers call an account: nobody signs in to it any more."""
    tx.execute(delete(SUBJECTS).where(SUBJECTS.c.account == identifier))


def directory(tx: Connection, start: int, count: int, **equal: str) -> tuple[int, list[tuple[Account, dict[str, Any]]]]:
    """Return how many accounts are in the directory, and some of them by id with what the directory sent of each.

    `equal` narrows to a value: id, user_name and email without regard to case, external_id exactly.
    """
    columns = {
        "id": ACCOUNTS.c.id,
        "user_name": ACCOUNTS.c.user_name_key,
        "email": ACCOUNTS.c.email_key,
        "external_id": ACCOUNTS.c.external_id,
    }
    here: list[ColumnElement[bool]] = [ACCOUNTS.c.removed_at.is_(None)]
    here += [columns[name] == (value if name in {"external_id", "id"} else key(value)) for name, value in equal.items()]
    total = tx.execute(select(func.count()).select_from(ACCOUNTS).where(*here)).scalar_one()
    rows = tx.execute(select(ACCOUNTS).where(*here).order_by(ACCOUNTS.c.id).offset(start).limit(count)).all()
    return total, [(found, row.details) for found, row in zip(_with_teams(tx, rows), rows, strict=True)]


# Memberships


def memberships(tx: Connection, identifier: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the teams of an account, and those it leads."""
    query = select(MEMBERSHIPS.c.team, MEMBERSHIPS.c.lead).where(MEMBERSHIPS.c.account == identifier)
    rows = tx.execute(query).all()
    return frozenset(row.team for row in rows), frozenset(row.team for row in rows if row.lead)


def put_membership(tx: Connection, identifier: str, team: str, *, lead: bool, at: datetime) -> bool:
    """Make an account a member of a team, and return whether that changed anything."""
    here = and_(MEMBERSHIPS.c.account == identifier, MEMBERSHIPS.c.team == team)
    row = tx.execute(select(MEMBERSHIPS.c.lead).where(here).with_for_update()).one_or_none()
    if row is None:
        tx.execute(insert(MEMBERSHIPS).values(account=identifier, team=team, lead=lead, since=at))
        return True
    if row.lead == lead:
        return False
    tx.execute(update(MEMBERSHIPS).where(here).values(lead=lead))
    return True


def drop_membership(tx: Connection, identifier: str, team: str) -> bool:
    """End a membership, and return whether there was one."""
    here = and_(MEMBERSHIPS.c.account == identifier, MEMBERSHIPS.c.team == team)
    return tx.execute(delete(MEMBERSHIPS).where(here)).rowcount > 0


def members(tx: Connection, team: str) -> list[tuple[Account, bool]]:
    """Return the members of a team by name, each with whether they lead it."""
    rows = tx.execute(
        select(ACCOUNTS, MEMBERSHIPS.c.lead)
        .join(MEMBERSHIPS)
        .where(MEMBERSHIPS.c.team == team)
        .order_by(ACCOUNTS.c.name_key, ACCOUNTS.c.id)
    ).all()
    return [(_account(row), row.lead) for row in rows]


def sizes(tx: Connection, teams: Collection[str]) -> dict[str, int]:
    """Return how many active people belong to each of these teams."""
    if not teams:
        return {}
    query = select(MEMBERSHIPS.c.team, func.count()).join(ACCOUNTS).where(ACCOUNTS.c.active)
    rows = tx.execute(query.where(MEMBERSHIPS.c.team.in_(teams)).group_by(MEMBERSHIPS.c.team)).all()
    return {row[0]: row[1] for row in rows}


def drop_memberships(tx: Connection, team: str) -> None:
    """End every membership of a team."""
    tx.execute(delete(MEMBERSHIPS).where(MEMBERSHIPS.c.team == team))


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        email=row.email,
        roles=frozenset(row.roles),
        active=row.active,
        created_at=row.created_at,
        deactivated_at=row.deactivated_at,
        user_name=row.user_name,
        external_id=row.external_id,
        seen_at=row.seen_at,
        version=row.version,
        changed_at=row.changed_at,
        removed_at=row.removed_at,
    )


def _with_teams(tx: Connection, rows: Sequence[Row[Any]]) -> list[Account]:
    found = [_account(row) for row in rows]
    teams: dict[str, set[str]] = {}
    leads: dict[str, set[str]] = {}
    query = select(MEMBERSHIPS).where(MEMBERSHIPS.c.account.in_([one.id for one in found]))
    for row in tx.execute(query).all() if found else []:
        teams.setdefault(row.account, set()).add(row.team)
        if row.lead:
            leads.setdefault(row.account, set()).add(row.team)
    return [
        one._replace(teams=frozenset(teams.get(one.id, ())), leads=frozenset(leads.get(one.id, ()))) for one in found
    ]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
