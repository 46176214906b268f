"""T-54: a custodian that lost its state, or is new, is shown yesterday's database, so that it vouches for it."""

import pytest
from tests.vault.world import PATH, World

from wardline.vault.protocol import encoding
from wardline.vault.protocol.envelope import read_envelope
from wardline.vault.protocol.errors import (
    EquivocationError,
    FreshnessError,
    OldVersionError,
    StaleError,
    UnknownCustodianError,
)
from wardline.vault.protocol.model.statement import Freshness


@pytest.fixture
def world() -> World:
    return World()


def stated(content: bytes) -> Freshness:
    return encoding.read(Freshness, read_envelope(content).payload, "a statement")


def test_it_vouches_for_nothing_that_it_has_no_floor_for(world: World) -> None:
    world.one.mint(PATH, {"password": "one"})
    world.two.follow()
    assert stated(world.two.state()).current == ()
    agent = world.agent()
    world.one.rewrap(PATH)
    world.server.freshness = {"keeper-2": world.server.freshness["keeper-2"]}
    with pytest.raises(StaleError, match="does not vouch"):
        agent.read()


def test_a_peers_old_statement_gives_no_floor(world: World) -> None:
    world.one.mint(PATH, {"password": "one"})
    old = world.server.freshness["keeper-1"]
    world.pass_time(minutes=11)
    world.two.follow()
    with pytest.raises(FreshnessError):
        world.two.take_peer(old)


def test_what_it_mints_in_ignorance_is_no_rollback_for_who_has_seen_more(world: World) -> None:
    """It mints rather than vouch for an old version; agents with floors tell the two apart and refuse."""
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    world.one.mint(PATH, {"password": "two"})
    agent.read()
    del world.server.versions[PATH][1:]
    world.two.mint(PATH, {"password": "another one"})
    world.server.freshness.pop("keeper-1")
    with pytest.raises(OldVersionError):
        agent.read()


def test_what_it_mints_under_a_number_that_is_taken_is_found(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    agent.read()
    world.two.mint(PATH, {"password": "another one"})
    world.server.freshness.pop("keeper-1")
    with pytest.raises(EquivocationError):
        agent.read()
    with pytest.raises(EquivocationError):
        world.one.take_peer(world.server.freshness["keeper-2"])


def test_a_custodian_that_a_newer_root_left_out_vouches_for_nothing(world: World) -> None:
    from dataclasses import replace

    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    zone = replace(world.root.zones[0], custodians=world.root.zones[0].custodians[1:])
    world.server.roots.append(world.next_root(zones=(zone,)))
    with pytest.raises(UnknownCustodianError):
        agent.read()
