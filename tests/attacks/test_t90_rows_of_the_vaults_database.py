"""T-90: wraps, versions and paths are exchanged in the server's own database, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from tests.attacks.rows import rewritten
from tests.vault.server.conftest import OPERATOR, Running
from tests.vault.world import PATH

from wardline.kernel.errors import WardlineError
from wardline.vault.protocol import encoding
from wardline.vault.protocol.envelope import enveloped, read_envelope
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.model.version import Wrap
from wardline.vault.server.room import order
from wardline.vault.server.tables import DOCUMENTS, WRAPS

OTHER = "db/billing"


def second(running: Running) -> None:
    """Grant a second secret to another reader, and mint it."""
    world = running.world
    running.approved(world.grant(OTHER, readers=(world.reader("billing"),)))


def digests(running: Running, database, path: str) -> list[bytes]:
    with database.reading() as tx:
        query = select(DOCUMENTS.c.digest).where(DOCUMENTS.c.kind == "version", DOCUMENTS.c.path == path)
        return list(tx.scalars(query.order_by(DOCUMENTS.c.number)))


def refused(running: Running, agent, path: str = PATH) -> None:
    """The agent gets nothing: from the server, or from what it checks itself."""
    with pytest.raises((RefusedError, WardlineError)):
        running.read(agent, path)


def test_the_wrap_of_another_agent_or_of_another_version_opens_nothing(running: Running, database) -> None:
    mine, theirs = running.agent(), running.agent(pod="pod-2")
    running.minted(running.world.one, {"password": "one"})
    running.minted(running.world.one, {"password": "two"})
    assert running.read(mine).fields == {"password": "two"}
    old, new = digests(running, database, PATH)
    key = mine.key.public.key_id
    with database.reading() as tx:
        rows = {(row.version, row.key_id): row.content for row in tx.execute(select(WRAPS))}
    whole = rows[new, key]
    for content in (
        rows[new, theirs.key.public.key_id],
        rows[old, key],
        rows[old, theirs.key.public.key_id],
        encoding.canonical(replace(encoding.read(Wrap, rows[old, key], "a wrap"), version=new, number=2)),
        whole[:-9] + b"AAAAAAA" + whole[-2:],
    ):
        with database.transaction() as tx:
            tx.execute(update(WRAPS).where(WRAPS.c.version == new, WRAPS.c.key_id == key).values(content=content))
        refused(running, mine)
    with database.transaction() as tx:
        tx.execute(update(WRAPS).where(WRAPS.c.version == new, WRAPS.c.key_id == key).values(content=whole))
    assert running.read(mine).fields == {"password": "two"}


def test_a_secret_that_was_mapped_to_another_path_is_not_served_under_it(running: Running, database) -> None:
    """Whoever may read one path is handed the other's version under it: an operator's own workload, say."""
    second(running)
    billing, orders = running.agent("billing", "pod-9"), running.agent()
    running.minted(running.world.one, {"word": "orders' own"})
    running.minted(running.world.one, {"word": "billing's own"}, OTHER)
    assert running.read(billing, OTHER).fields == {"word": "billing's own"}
    assert running.read(orders).fields == {"word": "orders' own"}
    (wanted,), (mine,) = digests(running, database, PATH), digests(running, database, OTHER)
    with database.transaction() as tx:
        tx.execute(update(WRAPS).where(WRAPS.c.version == wanted).values(path=OTHER))
        tx.execute(
            update(WRAPS).where(WRAPS.c.version == mine).where(WRAPS.c.key_id == billing.key.public.key_id)
            .values(version=wanted)
        )  # fmt: skip
        tx.execute(delete(DOCUMENTS).where(DOCUMENTS.c.digest == mine))
        tx.execute(update(DOCUMENTS).where(DOCUMENTS.c.digest == wanted).values(path=OTHER))
    refused(running, billing, OTHER)
    refused(running, orders, PATH)


def test_an_old_version_that_is_put_back_is_refused_by_who_saw_the_new_and_by_who_did_not(
    running: Running,
    database,
) -> None:
    seen, fresh = running.agent(), running.agent(pod="pod-2")
    running.minted(running.world.one, {"password": "one"})
    with database.reading() as tx:
        vouched = [tuple(row) for row in tx.execute(select(DOCUMENTS).where(DOCUMENTS.c.kind == "freshness"))]
    running.minted(running.world.one, {"password": "two"})
    assert running.read(seen).header.number == 2
    _, new = digests(running, database, PATH)
    with database.transaction() as tx:
        tx.execute(delete(DOCUMENTS).where(DOCUMENTS.c.digest == new))
    refused(running, seen)  # a statement vouches for the second alone
    refused(running, fresh)
    with database.transaction() as tx:  # and the statement before it comes back with the version
        tx.execute(delete(DOCUMENTS).where(DOCUMENTS.c.kind == "freshness"))
        for row in vouched:
            values = dict(zip(DOCUMENTS.c.keys(), row, strict=True))
            values.pop("entry")
            tx.execute(DOCUMENTS.insert().values(**values))
    refused(running, seen)
    assert running.read(fresh).header.number == 1  # the honest limit: a fresh agent, for ten minutes
    running.world.pass_time(minutes=11)
    late = running.agent(pod="pod-3")
    refused(running, late)
    refused(running, fresh)


def test_a_header_or_a_grant_that_was_written_anew_counts_for_nobody(running: Running, database) -> None:
    """A reader is added in the document itself: the signatures are over what it was."""
    world = running.world
    laptop = running.agent("laptop", "pod-7")
    running.minted(world.one, {"password": "one"})
    kept = running.vault.granted(OPERATOR, PATH)
    grant = encoding.read(type(world.grant()), read_envelope(kept).payload, "a grant")
    wider = replace(grant, readers=(world.reader("laptop"), world.reader()))
    forged = read_envelope(kept)
    envelope = type(forged)(forged.kind, encoding.canonical(wider), forged.signatures)
    rewritten(database, "grant", PATH, 1, content=envelope.written(), digest=envelope.digest)
    with pytest.raises(RefusedError):
        running.minted(world.two, {"password": "two"})
    assert not [one for (_, key), one in world.server.wraps.items() if key == laptop.key.public.key_id]
    self_signed = enveloped(wider, laptop.signer, world.one.signer)
    rewritten(database, "grant", PATH, 1, content=self_signed.written(), digest=self_signed.digest)
    with pytest.raises(RefusedError):
        running.minted(world.two, {"password": "two"})


def test_a_machine_that_was_written_into_the_database_publishes_nothing_that_counts(
    running: Running,
    database,
) -> None:
    """A row makes anybody a custodian of the server's; no agent takes the custodian from there."""
    from hashlib import sha256

    from wardline.vault.server import store
    from wardline.vault.server.model import Machine

    agent, laptop = running.agent(), running.agent("laptop", "pod-7")
    running.minted(running.world.one, {"password": "one"})
    machine = Machine("custodian", "keeper-1", "eu", laptop.signer.public, laptop.key.public.key_id)
    now = running.world.wall
    with database.transaction() as tx:
        store.add_machine(tx, sha256(b"wlm_mine").digest(), machine, now + timedelta(hours=1), now)
    with pytest.raises(WardlineError):
        running.vault.machine("wlm_mine")  # its key is not the one that the root names
    world = running.world
    read = encoding.read(type(world.one.mint(PATH, {"password": "two"}).document), read_envelope(
        world.server.versions[PATH][-1]).payload, "a version")  # fmt: skip
    forged = enveloped(read, laptop.signer)
    rewritten(database, "version", PATH, order(1, 1), content=forged.written(), digest=forged.digest)
    refused(running, agent)
