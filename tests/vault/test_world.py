"""The world in memory works as an honest one should: what the attacks then try is refused for a reason."""

from tests.vault.world import PATH, World


def test_a_value_reaches_the_workloads_that_were_granted_it() -> None:
    world = World()
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    assert agent.read().fields == {"password": "one"}
    world.one.mint(PATH, {"password": "two"})
    assert agent.read().header.number == 2


def test_the_other_custodian_goes_on_where_the_first_stopped() -> None:
    world = World()
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    world.two.follow()
    world.two.take_peer(world.server.freshness["keeper-1"])
    world.two.mint(PATH, {"password": "two"})
    assert agent.read().fields == {"password": "two"}


def test_who_is_bound_later_gets_the_current_version() -> None:
    world = World()
    world.one.mint(PATH, {"password": "one"})
    late = world.agent(pod="pod-2")
    world.one.rewrap(PATH)
    assert late.read().fields == {"password": "one"}
