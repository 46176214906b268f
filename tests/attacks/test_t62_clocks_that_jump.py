"""T-62: clocks are set: forward, so that grants end or statements live on; back, so that what ended begins again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.vault.world import PATH, World

from wardline.vault.protocol import freshness
from wardline.vault.protocol.clocks import Watch
from wardline.vault.protocol.envelope import enveloped
from wardline.vault.protocol.errors import ClockError, FreshnessError, MalformedError


@pytest.fixture
def world() -> World:
    return World()


def test_a_custodian_stops_signing_after_a_jump_and_stays_stopped(world: World) -> None:
    world.one.mint(PATH, {"password": "one"})
    for jump in (timedelta(seconds=61), timedelta(seconds=-61), timedelta(hours=1)):
        before = world.wall
        world.wall += jump
        with pytest.raises(ClockError, match="jumped"):
            world.one.state()
        with pytest.raises(ClockError):
            world.one.mint(PATH, {"password": "two"})
        world.pass_time(hours=2)
        with pytest.raises(ClockError):
            world.one.state()
        world.pass_time(hours=-2)
        world.wall = before


def test_a_custodian_does_not_start_on_a_clock_before_what_was_signed(world: World) -> None:
    world.one.mint(PATH, {"password": "one"})
    world.one.watch = None
    world.wall -= timedelta(minutes=2)
    with pytest.raises(ClockError):
        world.one.state()
    assert Watch.begun(world.wall, 0, world.wall + timedelta(seconds=60)).wall == world.wall


def test_setting_an_agents_clock_back_makes_nothing_fresh_again(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    agent.read()
    old = agent.offered()
    world.pass_time(minutes=10)
    world.wall -= timedelta(minutes=10)  # monotonic time goes on
    with pytest.raises(FreshnessError, match="ended"):
        agent.read(offer=old)


def test_restarting_an_agent_on_a_clock_that_was_set_back_begins_at_the_latest_signed_time(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    old = agent.offered()
    world.pass_time(minutes=11)
    world.one.mint(PATH, {"password": "two"})
    agent.read()
    world.wall -= timedelta(minutes=11)
    agent.timeline = None
    assert agent.now() >= agent.floors.signed
    with pytest.raises(FreshnessError, match="ended"):
        freshness.require(old.freshness, world.trusted, "eu", epoch=1, now=agent.now())


def test_a_statement_from_the_future_or_longer_than_ten_minutes_is_none(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    offer = agent.offered()
    said = freshness.require(offer.freshness, world.trusted, "eu", epoch=1, now=world.wall).document
    ahead, long = timedelta(seconds=61), timedelta(minutes=10, milliseconds=1)
    for changes in (
        {"issued": said.issued + ahead, "expires": said.expires + ahead},
        {"expires": said.issued + long},
        {"expires": said.issued},
    ):
        forged = enveloped(replace(said, **changes), world.one.signer).written()
        with pytest.raises(FreshnessError):
            agent.read(offer=replace(offer, freshness=forged))
    with pytest.raises(FreshnessError):
        freshness.state(
            world.trusted, "eu", "keeper-1", world.one.floors, [], said.head, world.wall, world.one.signer, long
        )


def test_what_was_refused_leaves_no_mark_on_an_agents_clock(world: World) -> None:
    """Else one forged statement of the far future would end everything for ever."""
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    agent.read()
    before = agent.now()
    with pytest.raises(MalformedError):
        agent.read(offer=replace(agent.offered(), freshness=b"{}"))
    assert agent.now() == before
