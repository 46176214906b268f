"""T-64: a number is driven to its end, or a backup is restored: only an epoch that two approvers raised goes on."""

from dataclasses import replace

import pytest
from tests.vault.world import PATH, World

from wardline.vault.protocol import encoding
from wardline.vault.protocol.envelope import read_envelope
from wardline.vault.protocol.errors import EpochError, OldVersionError, RootError, StaleError, ThresholdError
from wardline.vault.protocol.floors import Floor


@pytest.fixture
def world() -> World:
    world = World()
    world.one.mint(PATH, {"password": "one"})
    return world


def raised(world: World) -> None:
    world.server.epochs.append(world.epoch())
    world.one.follow()


def test_a_restore_without_an_epoch_is_refused_and_with_one_goes_on(world: World) -> None:
    agent = world.agent()
    kept = list(world.server.versions[PATH])
    world.one.mint(PATH, {"password": "two"})
    agent.read()
    world.server.versions[PATH] = kept
    with pytest.raises((OldVersionError, StaleError)):
        agent.read()
    raised(world)
    world.one.mint(PATH, {"word": "rotated"})
    accepted = agent.read()
    assert (accepted.header.epoch, accepted.header.number, accepted.fields) == (2, 1, {"word": "rotated"})


def test_what_was_of_the_epoch_before_is_refused(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "two"})
    old = agent.offered()
    agent.read()
    raised(world)
    world.one.mint(PATH, {"word": "rotated"})
    agent.read()
    with pytest.raises(EpochError):
        agent.read(offer=old)


def test_a_poisoned_number_ends_with_the_epoch(world: World) -> None:
    agent = world.agent()
    world.one.paths[PATH] = replace(world.one.floor(PATH), number=encoding.MAX_WHOLE - 1)
    world.one.mint(PATH, {"password": "last"})
    agent.read()
    with pytest.raises(ValueError, match="number"):
        world.one.mint(PATH, {"word": "beyond"})
    raised(world)
    world.one.mint(PATH, {"word": "first"})
    assert agent.read().header.number == 1


def test_an_epoch_takes_two_people_and_the_one_before_it(world: World) -> None:
    for content, error in (
        (world.epoch(by=("ada",)), ThresholdError),
        (world.epoch(number=3), EpochError),
        (world.epoch(previous=bytes(32)), EpochError),
    ):
        world.server.epochs = [content]
        with pytest.raises(error):
            world.one.follow()
    assert world.one.floors.epoch == 1


def test_a_custodian_in_a_new_epoch_vouches_for_nothing_of_the_old(world: World) -> None:
    agent = world.agent()
    world.one.rewrap(PATH)
    raised(world)
    world.one.state()
    with pytest.raises((EpochError, StaleError)):
        agent.read()


def test_a_version_of_an_epoch_that_nobody_raised(world: World) -> None:
    agent = world.agent()
    world.one.floors = world.one.floors.at(2, bytes(32))
    world.one.follow = lambda: None  # type: ignore[method-assign]
    world.one.mint(PATH, {"word": "alone"})
    with pytest.raises(StaleError, match="nobody raised"):
        agent.read()


def test_a_root_that_is_kept_back_is_noticed(world: World) -> None:
    agent = world.agent()
    world.server.roots.append(world.next_root(organisation="Second"))
    world.one.mint(PATH, {"password": "two"})
    with pytest.raises(RootError, match="was shown"):
        agent.read(offer=replace(agent.offered(), roots=()))
    assert agent.read().trusted.root.version == 2


def test_floors_are_kept_as_any_document(world: World) -> None:
    floor = world.one.floor(PATH)
    assert encoding.read(Floor, encoding.canonical(floor), "a floor") == floor
    floors = world.one.floors
    assert encoding.read(type(floors), encoding.canonical(floors), "floors") == floors
    assert read_envelope(world.server.roots[0]).kind == "root"
