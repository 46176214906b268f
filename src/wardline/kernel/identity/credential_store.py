"""Queries about what people and workloads sign in with: sessions, links, flows, tokens, bindings."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from wardline.kernel.database.types import storable
from wardline.kernel.identity import store
from wardline.kernel.identity.model import Account, Binding, Link, Session, Token
from wardline.kernel.identity.tables import ACCOUNTS, BINDINGS, FLOWS, LINKS, SESSIONS, TOKENS

# Sessions


def put_session(tx: Connection, session: Session, digest: bytes) -> None:
    """Insert a session under the hash of its cookie."""
    tx.execute(
        insert(SESSIONS).values(
            id=session.id,
            hash=digest,
            account=session.account,
            agent=session.agent,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
        )
    )


def session_by_hash(tx: Connection, digest: bytes) -> tuple[Session, Account, bytes] | None:
    """Return a session that has not been ended, its account, and the hash as it is stored."""
    row = tx.execute(select(SESSIONS).where(SESSIONS.c.hash == digest, SESSIONS.c.ended_at.is_(None))).one_or_none()
    holder = store.account(tx, row.account) if row else None
    if row is None or holder is None:
        return None
    return _session(row, holder.name), holder, bytes(row.hash)


def session(tx: Connection, identifier: str) -> Session | None:
    """Return one session, or None."""
    query = select(SESSIONS, ACCOUNTS.c.name).join(ACCOUNTS).where(SESSIONS.c.id == identifier)
    row = tx.execute(query).one_or_none()
    return _session(row, row.name) if row else None


def sessions(tx: Connection, identifier: str, now: datetime) -> list[Session]:
    """Return the sessions of an account that have not ended, newest first."""
    rows = tx.execute(
        select(SESSIONS, ACCOUNTS.c.name)
        .join(ACCOUNTS)
        .where(SESSIONS.c.account == identifier, SESSIONS.c.ended_at.is_(None), SESSIONS.c.expires_at > now)
        .order_by(SESSIONS.c.id.desc())
    ).all()
    return [_session(row, row.name) for row in rows]


def touch_session(tx: Connection, identifier: str, at: datetime) -> None:
    """Note that a session was used; never backwards, and never one that has ended."""
    tx.execute(
        update(SESSIONS)
        .where(SESSIONS.c.id == identifier, SESSIONS.c.ended_at.is_(None), SESSIONS.c.last_used_at < at)
        .values(last_used_at=at)
    )


def end_sessions(
    tx: Connection, at: datetime, *, identifier: str | None = None, account: str | None = None
) -> list[str]:
    """End one session, or all of an account; return the ids of those that had not ended."""
    which = SESSIONS.c.id == identifier if identifier is not None else SESSIONS.c.account == account
    ended = update(SESSIONS).where(which, SESSIONS.c.ended_at.is_(None)).values(ended_at=at)
    return sorted(tx.execute(ended.returning(SESSIONS.c.id)).scalars())


# Sign-in links and flows


def put_link(tx: Connection, link: Link, digest: bytes) -> None:
    """Insert a link; earlier ones for the same that were not used are void."""
    same = LINKS.c.account == link.account if link.account is not None else LINKS.c.account.is_(None)
    tx.execute(delete(LINKS).where(same, LINKS.c.used_at.is_(None)))
    tx.execute(insert(LINKS).values(hash=digest, **link._asdict()))


def use_link(tx: Connection, digest: bytes, at: datetime) -> Link | None:
    """Use a link up and return it, or None where it is none, is used up or has expired: one caller ever gets it."""
    used = update(LINKS).where(LINKS.c.hash == digest, LINKS.c.used_at.is_(None), LINKS.c.expires_at > at)
    row = tx.execute(used.values(used_at=at).returning(LINKS)).one_or_none()
    return Link(row.id, row.account, row.created_at, row.expires_at) if row else None


def put_flow(tx: Connection, digest: bytes, return_to: str, at: datetime, expires_at: datetime) -> None:
    """Insert a sign-in under way; those that nobody finished in time go."""
    tx.execute(delete(FLOWS).where(FLOWS.c.expires_at <= at))
    tx.execute(insert(FLOWS).values(hash=digest, return_to=return_to, expires_at=expires_at))


def take_flow(tx: Connection, digest: bytes, at: datetime) -> str | None:
    """Use a sign-in under way up and return where it leads, or None: one caller ever gets it."""
    taken = delete(FLOWS).where(FLOWS.c.hash == digest, FLOWS.c.expires_at > at).returning(FLOWS.c.return_to)
    return tx.execute(taken).scalar_one_or_none()


# Tokens


def put_token(tx: Connection, token: Token, digest: bytes) -> None:
    """Insert a token under the hash of its secret."""
    values = {name: getattr(token, name) for name in Token._fields if name != "account_name"}
    values |= {"permissions": list(token.permissions), "services": storable(token.services)}
    tx.execute(insert(TOKENS).values(hash=digest, **values))


def token_with_hash(tx: Connection, identifier: str) -> tuple[Token, bytes] | None:
    """Return a token and the hash of its secret, or None."""
    query = select(TOKENS, ACCOUNTS.c.name.label("account_name")).join(ACCOUNTS).where(TOKENS.c.id == identifier)
    row = tx.execute(query).one_or_none()
    return (_token(row), bytes(row.hash)) if row else None


def tokens(tx: Connection, account: str | None) -> list[Token]:
    """Return the tokens of an account, or all, newest first."""
    query = select(TOKENS, ACCOUNTS.c.name.label("account_name")).join(ACCOUNTS).order_by(TOKENS.c.id.desc())
    rows = tx.execute(query.where(TOKENS.c.account == account) if account is not None else query).all()
    return [_token(row) for row in rows]


def touch_token(tx: Connection, identifier: str, at: datetime) -> None:
    """Note that a token was used."""
    tx.execute(update(TOKENS).where(TOKENS.c.id == identifier).values(last_used_at=at))


def revoke_tokens(
    tx: Connection, at: datetime, *, identifier: str | None = None, account: str | None = None
) -> list[str]:
    """Revoke one token, or all of an account; return the ids of those that were not revoked before."""
    which = TOKENS.c.id == identifier if identifier is not None else TOKENS.c.account == account
    revoked = update(TOKENS).where(which, TOKENS.c.revoked_at.is_(None)).values(revoked_at=at)
    return sorted(tx.execute(revoked.returning(TOKENS.c.id)).scalars())


# Bindings of workloads


def put_binding(tx: Connection, binding: Binding) -> None:
    """Insert a binding."""
    claims = storable(dict(binding.claims))
    tx.execute(insert(BINDINGS).values(**{**binding._asdict(), "claims": claims}))


def bindings(tx: Connection, *, issuer: str | None = None, service: str | None = None) -> list[Binding]:
    """Return the bindings of an issuer, of a service, or all."""
    query = select(BINDINGS).order_by(BINDINGS.c.id)
    if issuer is not None:
        query = query.where(BINDINGS.c.issuer == issuer)
    if service is not None:
        query = query.where(BINDINGS.c.service == service)
    return [_binding(row) for row in tx.execute(query).all()]


def drop_binding(tx: Connection, identifier: str) -> Binding | None:
    """Delete a binding and return it, or None where there is none."""
    row = tx.execute(delete(BINDINGS).where(BINDINGS.c.id == identifier).returning(BINDINGS)).one_or_none()
    return _binding(row) if row else None


def _session(row: Row[Any], name: str) -> Session:
    return Session(
        id=row.id,
        account=row.account,
        account_name=name,
        agent=row.agent,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        csrf_key=bytes(row.hash),
    )


def _token(row: Row[Any]) -> Token:
    wanted = {name: getattr(row, name) for name in Token._fields}
    return Token(**{**wanted, "permissions": tuple(row.permissions), "services": tuple(row.services)})


def _binding(row: Row[Any]) -> Binding:
    claims = {name: tuple(values) for name, values in row.claims.items()}
    return Binding(row.id, row.issuer, row.service, claims, row.created_at, row.created_by)
