"""T-60: the server shows two custodians different things, so that each makes its own history of a secret."""

import pytest
from tests.vault.world import PATH, World

from wardline.vault.protocol.errors import EquivocationError, OldVersionError, StaleError


@pytest.fixture
def world() -> World:
    world = World()
    world.one.mint(PATH, {"password": "one"})
    world.two.follow()
    world.two.take_peer(world.server.freshness["keeper-1"])
    return world


def fork(world: World) -> None:
    """Both make a version 2, each shown a database without the other's."""
    versions = list(world.server.versions[PATH])
    world.one.mint(PATH, {"password": "left"})
    world.server.versions[PATH] = versions
    world.two.mint(PATH, {"word": "right"})


def test_an_agent_that_is_shown_both_refuses_the_second(world: World) -> None:
    agent = world.agent()
    versions = list(world.server.versions[PATH])
    world.one.mint(PATH, {"password": "left"})
    assert agent.read().fields == {"password": "left"}
    world.server.versions[PATH] = versions
    world.two.mint(PATH, {"word": "right"})
    world.server.freshness.pop("keeper-1")
    with pytest.raises(EquivocationError):
        agent.read()


def test_a_custodian_that_sees_its_peers_statement_finds_it(world: World) -> None:
    fork(world)
    with pytest.raises(EquivocationError):
        world.one.take_peer(world.server.freshness["keeper-2"])
    with pytest.raises(EquivocationError):
        world.two.take_peer(world.server.freshness["keeper-1"])


def test_one_custodians_version_beside_the_others_statement_is_vouched_for_by_nobody(world: World) -> None:
    agent = world.agent()
    fork(world)
    world.server.freshness.pop("keeper-2")
    with pytest.raises(StaleError):
        agent.read()


def test_a_paused_custodian_that_wakes_up_with_an_old_statement_is_refused_by_who_saw_more(world: World) -> None:
    agent = world.agent()
    world.two.mint(PATH, {"password": "two"})
    assert agent.read().header.number == 2
    world.one.state()  # still says 1
    world.server.freshness.pop("keeper-2")
    with pytest.raises(StaleError):
        agent.read()
    world.server.versions[PATH].pop()
    with pytest.raises(OldVersionError):
        agent.read()
