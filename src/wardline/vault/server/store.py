"""Queries about the vault's documents, wraps, proposals and machines: the only SQL about them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from wardline.vault.server.model import Kept, Machine, Proposal
from wardline.vault.server.tables import ASKED, CHALLENGES, DOCUMENTS, MACHINES, PROPOSALS, WRAPS

_KEPT = tuple(DOCUMENTS.c[name] for name in Kept._fields)


def add(tx: Connection, document: Kept) -> None:
    """Insert a document."""
    tx.execute(insert(DOCUMENTS).values(**document._asdict()))


def document(tx: Connection, digest: bytes) -> Kept | None:
    """Return a document by its digest."""
    row = tx.execute(select(*_KEPT).where(DOCUMENTS.c.digest == digest)).first()
    return Kept(*row) if row else None


def of_path(tx: Connection, kind: str, path: str, *, after: int = -1, limit: int = 1000) -> list[Kept]:
    """Return a path's documents of a kind with numbers above `after`, by number."""
    query = select(*_KEPT).where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.path == path, DOCUMENTS.c.number > after)
    return [Kept(*row) for row in tx.execute(query.order_by(DOCUMENTS.c.number, DOCUMENTS.c.entry).limit(limit))]


def newest(tx: Connection, kind: str, path: str = "") -> Kept | None:
    """Return the document of a kind and path with the highest number."""
    query = select(*_KEPT).where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.path == path)
    row = tx.execute(query.order_by(DOCUMENTS.c.number.desc(), DOCUMENTS.c.entry.desc()).limit(1)).first()
    return Kept(*row) if row else None


def every(tx: Connection, kind: str, limit: int = 10_000) -> list[Kept]:
    """Return the documents of a kind, in the order in which they came."""
    query = select(*_KEPT).where(DOCUMENTS.c.kind == kind).order_by(DOCUMENTS.c.entry).limit(limit)
    return [Kept(*row) for row in tx.execute(query)]


def named(tx: Connection, kind: str, name: str, limit: int = 100) -> list[Kept]:
    """Return the documents of a kind and name, the last that came first."""
    query = select(*_KEPT).where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.name == name)
    return [Kept(*row) for row in tx.execute(query.order_by(DOCUMENTS.c.entry.desc()).limit(limit))]


def past(tx: Connection, kind: str, path: str, *, below: int | None, limit: int) -> list[Kept]:
    """Return a path's documents of a kind, the highest number first."""
    query = select(*_KEPT).where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.path == path)
    if below is not None:
        query = query.where(DOCUMENTS.c.number < below)
    return [Kept(*row) for row in tx.execute(query.order_by(DOCUMENTS.c.number.desc()).limit(limit))]


def newest_of_each(tx: Connection, kind: str, paths: Sequence[str]) -> dict[str, Kept]:
    """Return the document with the highest number of each of these paths."""
    top = (
        select(DOCUMENTS.c.path, func.max(DOCUMENTS.c.number).label("number"))
        .where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.path.in_(paths))
        .group_by(DOCUMENTS.c.path)
        .subquery()
    )
    query = select(*_KEPT).join(top, (top.c.path == DOCUMENTS.c.path) & (top.c.number == DOCUMENTS.c.number))
    return {row.path: Kept(*row) for row in tx.execute(query.where(DOCUMENTS.c.kind == kind))}


def newest_of_all(tx: Connection, kind: str) -> list[Kept]:
    """Return the document with the highest number of every path, by path."""
    top = (
        select(DOCUMENTS.c.path, func.max(DOCUMENTS.c.number).label("number"))
        .where(DOCUMENTS.c.kind == kind)
        .group_by(DOCUMENTS.c.path)
        .subquery()
    )
    query = select(*_KEPT).join(top, (top.c.path == DOCUMENTS.c.path) & (top.c.number == DOCUMENTS.c.number))
    return [Kept(*row) for row in tx.execute(query.where(DOCUMENTS.c.kind == kind).order_by(DOCUMENTS.c.path))]


def of_each(tx: Connection, kind: str, paths: Sequence[str]) -> list[Kept]:
    """Return the documents of a kind of each of these paths."""
    return [
        Kept(*row) for row in tx.execute(select(*_KEPT).where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.path.in_(paths)))
    ]


def paths(tx: Connection, kind: str, *, after: str, prefix: str, limit: int) -> list[str]:
    """Return the paths that have a document of a kind, in order."""
    query = select(DOCUMENTS.c.path).distinct().where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.path > after)
    if prefix:
        query = query.where(DOCUMENTS.c.path.startswith(prefix, autoescape=True))
    return list(tx.scalars(query.order_by(DOCUMENTS.c.path).limit(limit)))


def newest_by_name(tx: Connection, kind: str) -> list[Kept]:
    """Return the newest document of a kind of each name."""
    top = (
        select(func.max(DOCUMENTS.c.entry)).where(DOCUMENTS.c.kind == kind).group_by(DOCUMENTS.c.name).scalar_subquery()
    )
    return [Kept(*row) for row in tx.execute(select(*_KEPT).where(DOCUMENTS.c.entry.in_(top)))]


def since(tx: Connection, kind: str, at: datetime, limit: int = 5000) -> list[Kept]:
    """Return the documents of a kind that were made after a moment, in the order in which they came."""
    query = select(*_KEPT).where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.at > at)
    return [Kept(*row) for row in tx.execute(query.order_by(DOCUMENTS.c.entry).limit(limit))]


def referring(tx: Connection, digest: bytes, kind: str) -> list[Kept]:
    """Return the documents of a kind that are about another one, in the order in which they came."""
    query = select(*_KEPT).where(DOCUMENTS.c.refers == digest, DOCUMENTS.c.kind == kind)
    return [Kept(*row) for row in tx.execute(query.order_by(DOCUMENTS.c.entry))]


def forget(
    tx: Connection, kind: str, *, name: str | None = None, but: bytes = b"", before: datetime | None = None
) -> None:
    """Delete documents that a newer one of the same kind and name stands for; the ledger keeps what they were."""
    query = delete(DOCUMENTS).where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.digest != but)
    if name is not None:
        query = query.where(DOCUMENTS.c.name == name)
    if before is not None:
        query = query.where(DOCUMENTS.c.at < before)
    tx.execute(query)


def add_wraps(tx: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Insert wraps; one that is there for a version and a key stays as it is."""
    module = postgresql if tx.dialect.name == "postgresql" else sqlite
    given = list(rows)
    if given:
        tx.execute(module.insert(WRAPS).on_conflict_do_nothing(), given)


def wrap(tx: Connection, version: bytes, key_id: bytes) -> bytes | None:
    """Return the wrap of a version for a key."""
    content: bytes | None = tx.scalar(
        select(WRAPS.c.content).where(WRAPS.c.version == version, WRAPS.c.key_id == key_id)
    )
    return content


def wraps(tx: Connection, version: bytes) -> list[tuple[str, bytes]]:
    """Return who a version was sealed to, with the keys' ids."""
    query = select(WRAPS.c.recipient, WRAPS.c.key_id).where(WRAPS.c.version == version)
    return [(row[0], row[1]) for row in tx.execute(query.order_by(WRAPS.c.recipient, WRAPS.c.key_id))]


def counted_wraps(tx: Connection, versions: Sequence[bytes]) -> dict[bytes, int]:
    """Return how many each version was sealed to."""
    query = select(WRAPS.c.version, func.count()).where(WRAPS.c.version.in_(versions)).group_by(WRAPS.c.version)
    return {row[0]: row[1] for row in tx.execute(query)}


def paths_of_key(tx: Connection, key_id: bytes) -> list[str]:
    """Return the paths of which something is sealed to a key."""
    query = select(WRAPS.c.path).distinct().where(WRAPS.c.key_id == key_id)
    return list(tx.scalars(query.order_by(WRAPS.c.path)))


def drop_wraps(tx: Connection, path: str, *, but: Sequence[bytes]) -> int:
    """Delete the wraps of a path's versions but these; return how many they were."""
    query = delete(WRAPS).where(WRAPS.c.path == path)
    if but:
        query = query.where(WRAPS.c.version.not_in(but))
    return tx.execute(query).rowcount


def drop_wraps_of(tx: Connection, path: str, recipient: str) -> int:
    """Delete what is sealed to a recipient of a path; return how many wraps they were."""
    return tx.execute(delete(WRAPS).where(WRAPS.c.path == path, WRAPS.c.recipient == recipient)).rowcount


def propose(tx: Connection, proposal: Proposal) -> None:
    """Insert a proposal."""
    tx.execute(insert(PROPOSALS).values(**{**proposal._asdict(), "signed_by": list(proposal.signed_by)}))


def proposal(tx: Connection, identifier: str, *, lock: bool = False) -> Proposal | None:
    """Return a proposal; with `lock`, nobody else changes it until the transaction ends."""
    query = select(PROPOSALS).where(PROPOSALS.c.id == identifier)
    row = tx.execute(query.with_for_update() if lock else query).first()
    return _proposal(row) if row else None


def proposals(tx: Connection, state: str | None, *, after: str | None, limit: int) -> list[Proposal]:
    """Return proposals, the newest first."""
    query = select(PROPOSALS).order_by(PROPOSALS.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(PROPOSALS.c.state == state)
    if after is not None:
        query = query.where(PROPOSALS.c.id < after)
    return [_proposal(row) for row in tx.execute(query)]


def change_proposal(tx: Connection, proposal: Proposal) -> None:
    """Keep a proposal as it is now."""
    values = {"content": proposal.content, "signed_by": list(proposal.signed_by), "state": proposal.state}
    tx.execute(update(PROPOSALS).where(PROPOSALS.c.id == proposal.id).values(**values))


def _proposal(row: Any) -> Proposal:
    return Proposal(**{**row._mapping, "signed_by": tuple(row.signed_by)})  # noqa: SLF001 - a row's public name


def ask(tx: Connection, path: str, reason: str, by: str, at: datetime) -> None:
    """Note that a rotation is wanted; the first who asks stands."""
    module = postgresql if tx.dialect.name == "postgresql" else sqlite
    tx.execute(module.insert(ASKED).values(path=path, reason=reason, by=by, at=at).on_conflict_do_nothing())


def asked(tx: Connection, paths: Sequence[str]) -> dict[str, str]:
    """Return for which of these paths a rotation is wanted, and why."""
    query = select(ASKED.c.path, ASKED.c.reason).where(ASKED.c.path.in_(paths))
    return {row[0]: row[1] for row in tx.execute(query)}


def answered(tx: Connection, path: str) -> None:
    """Note that the rotation that was wanted has begun."""
    tx.execute(delete(ASKED).where(ASKED.c.path == path))


def challenge(tx: Connection, nonce: bytes, expires_at: datetime, now: datetime) -> None:
    """Keep a nonce, and forget those that are over."""
    tx.execute(delete(CHALLENGES).where(CHALLENGES.c.expires_at < now))
    tx.execute(insert(CHALLENGES).values(nonce=nonce, expires_at=expires_at))


def use_challenge(tx: Connection, nonce: bytes, now: datetime) -> bool:
    """Use a nonce up; return whether it was there and still good."""
    row = tx.execute(delete(CHALLENGES).where(CHALLENGES.c.nonce == nonce).returning(CHALLENGES.c.expires_at)).first()
    return row is not None and row[0] >= now


def add_machine(tx: Connection, token: bytes, machine: Machine, expires_at: datetime, now: datetime) -> None:
    """Keep a machine's token, and forget those that are over."""
    tx.execute(delete(MACHINES).where(MACHINES.c.expires_at < now))
    tx.execute(insert(MACHINES).values(token=token, **machine._asdict(), expires_at=expires_at))


def machine(tx: Connection, token: bytes, now: datetime) -> Machine | None:
    """Return whose token this is."""
    row = tx.execute(
        select(*(MACHINES.c[name] for name in Machine._fields)).where(
            MACHINES.c.token == token, MACHINES.c.expires_at >= now
        )
    ).first()
    return Machine(*row) if row else None
