"""T-91: the newest grant or a revocation is deleted from the server's database, to bring back what was before."""

import pytest
from sqlalchemy import delete, select
from tests.vault.server.conftest import OPERATOR, Running
from tests.vault.world import PATH

from wardline.kernel.errors import WardlineError
from wardline.vault.protocol.errors import OldVersionError, RevokedError
from wardline.vault.server.tables import DOCUMENTS, WRAPS


@pytest.fixture
def narrowed(running: Running) -> Running:
    """Two read it once; a custodian has followed the grant that leaves one of them out."""
    world = running.world
    running.approved(world.grant(readers=(world.reader("orders"), world.reader("reports"))))
    running.fetched(world.one)
    running.approved(world.grant(readers=(world.reader("orders"),)))
    return running


def test_a_custodian_that_followed_the_narrower_grant_seals_nothing_after_its_row_is_gone(
    narrowed: Running, database
) -> None:
    reports = narrowed.agent("reports", "pod-5")
    narrowed.minted(narrowed.world.one, {"password": "one"})
    newest = narrowed.vault.granted(OPERATOR, PATH)
    with database.transaction() as tx:
        tx.execute(delete(DOCUMENTS).where(DOCUMENTS.c.kind == "grant", DOCUMENTS.c.number == 3))
    assert narrowed.vault.granted(OPERATOR, PATH) != newest
    with pytest.raises(OldVersionError):
        narrowed.minted(narrowed.world.one, {"password": "two"})
    with database.reading() as tx:
        keys = set(tx.scalars(select(WRAPS.c.key_id)))
    assert reports.key.public.key_id not in keys


def test_an_agent_is_not_served_under_a_grant_that_nobody_vouches_for(narrowed: Running, database) -> None:
    orders = narrowed.agent()
    narrowed.minted(narrowed.world.one, {"password": "one"})
    assert narrowed.read(orders).grant.version == 3
    with database.transaction() as tx:
        tx.execute(delete(DOCUMENTS).where(DOCUMENTS.c.kind == "grant", DOCUMENTS.c.number == 3))
    with pytest.raises(WardlineError):
        narrowed.read(orders)


def test_a_revocation_whose_row_is_deleted_holds_for_custodians_that_had_it(running: Running, database) -> None:
    agent, world = running.agent(), running.world
    running.minted(world.one, {"password": "one"})
    running.vault.revoke(OPERATOR, world.revocation())
    machine = running.fetched(world.one)
    running.vault.acknowledge(machine, world.one.revoke(running.vault.basis(machine).revocations[0]))
    with database.transaction() as tx:
        tx.execute(delete(DOCUMENTS).where(DOCUMENTS.c.kind.in_(("revocation", "acknowledgement"))))
    running.minted(world.one, {"password": "two"})
    with database.reading() as tx:
        keys = set(tx.scalars(select(WRAPS.c.key_id)))
    assert agent.key.public.key_id not in keys
    assert RevokedError.__name__ in world.one.findings


def test_the_peer_of_a_custodian_hears_of_a_revocation_from_its_statement(running: Running, database) -> None:
    """The server hides it from one of the two: the other one's statement carries it."""
    agent, world = running.agent(), running.world
    running.minted(world.one, {"password": "one"})
    running.vault.revoke(OPERATOR, world.revocation())
    machine = running.fetched(world.one)
    world.one.revoke(running.vault.basis(machine).revocations[0])
    running.vault.state(machine, world.one.state())
    with database.transaction() as tx:
        tx.execute(delete(DOCUMENTS).where(DOCUMENTS.c.kind == "revocation"))
    other = running.fetched(world.two)
    for content in running.vault.basis(other).statements:
        world.two.follow()
        world.two.take_peer(content)
    running.minted(world.two, {"password": "two"})
    with database.reading() as tx:
        keys = set(tx.scalars(select(WRAPS.c.key_id).where(WRAPS.c.recipient == "workload:orders")))
    assert agent.key.public.key_id not in keys
