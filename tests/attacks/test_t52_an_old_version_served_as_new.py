"""T-52: the server keeps back what is newest, and serves what was: to who has seen the new, and to who has not."""

from dataclasses import replace

import pytest
from tests.vault.world import PATH, AgentParty, World

from wardline.vault.protocol.errors import FreshnessError, LedgerError, OldVersionError, StaleError


@pytest.fixture
def world() -> World:
    return World()


def test_who_has_seen_the_newer_one_refuses_the_older(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    old = agent.offered()
    world.one.mint(PATH, {"password": "two"})
    agent.read()
    with pytest.raises(OldVersionError):
        agent.read(offer=old)


def test_who_has_seen_nothing_refuses_it_once_freshness_ended(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    old = agent.offered()
    world.one.mint(PATH, {"password": "two"})
    world.pass_time(minutes=10)
    with pytest.raises(FreshnessError, match="ended"):
        agent.read(offer=old)


def test_an_old_version_beside_a_new_statement(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    old = agent.offered()
    world.one.mint(PATH, {"password": "two"})
    new = agent.offered()
    with pytest.raises(StaleError):
        agent.read(offer=replace(new, version=old.version, wrap=old.wrap, leaf=old.leaf))


def test_a_version_that_was_never_published(world: World) -> None:
    """Sealed and signed, but in no ledger: nobody uses it."""
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    offer = agent.offered()
    elsewhere = replace(offer.leaf, entry=offer.leaf.entry.replace(b"vault:version", b"vault:receipt"))
    for leaf in (elsewhere, replace(offer.leaf, number=1), replace(offer.leaf, proof=(bytes(32),))):
        with pytest.raises(LedgerError):
            agent.read(offer=replace(offer, leaf=leaf))


def test_floors_outlive_the_process(world: World) -> None:
    """A restart forgets nothing: what was kept is read back, and refuses the same."""
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    old = agent.offered()
    world.one.mint(PATH, {"password": "two"})
    agent.read()
    again = AgentParty(
        world, agent.signer, agent.key, agent.identity, agent.evidence, agent.trusted, agent.floors, dict(agent.paths)
    )
    with pytest.raises(OldVersionError):
        again.read(offer=old)


def test_during_an_outage_only_what_was_accepted_last_is_served_and_not_beyond_the_grace(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    old = agent.offered()
    world.one.mint(PATH, {"password": "two"})
    accepted = agent.read()
    world.pass_time(minutes=60)
    assert agent.read(outage=True).fields == {"password": "two"}
    with pytest.raises(OldVersionError):
        agent.read(offer=old, outage=True)
    world.pass_time(minutes=10)
    assert agent.now() == accepted.serve_until
    with pytest.raises(FreshnessError):
        agent.read(outage=True)


def test_an_outage_is_no_way_to_something_new(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    agent.read()
    world.one.mint(PATH, {"password": "two"})
    with pytest.raises(StaleError):
        agent.read(offer=agent.offered(), outage=True)
