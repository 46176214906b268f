"""A next root: a custodian leaves, another comes, an approver leaves; nobody who left keeps what they knew."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.vault.custodian.test_keeping import Scene, receive
from tests.vault.world import PATH, CustodianParty, World

from wardline.vault.protocol import grants, puts, roots, sealing
from wardline.vault.protocol.envelope import read_envelope
from wardline.vault.protocol.errors import EquivocationError, OldVersionError, ThresholdError
from wardline.vault.protocol.keys import SoftwareSigner
from wardline.vault.protocol.model.root import Custodian, Root, Zone
from wardline.vault.protocol.opening import OpeningKey


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def newcomer(world: World, name: str) -> Custodian:
    party = CustodianParty(name, world, SoftwareSigner(world.chance(32)), OpeningKey.generated(world.chance))
    party.trusted = world.trusted
    world.custodians[name] = party
    return Custodian(name, party.signer.public, party.key.public)


def zoned(root: Root, *names: str, more: tuple[Custodian, ...] = ()) -> tuple[Zone, ...]:
    kept = [one for one in root.zones[0].custodians if one.name in names]
    return (Zone("eu", tuple(sorted([*kept, *more], key=lambda one: one.name))),)


def bring(world: World, fields: dict[str, str], expected: int) -> None:
    """Have ada bring a value, sealed to the custodians that there are."""
    grant = grants.require(world.server.grants[PATH][-1], world.trusted)
    header = puts.header(grant, writer="person:ada", epoch=1, expected=expected, nonce=world.chance(16), now=world.wall)
    custodians = roots.chain(world.server.roots, world.pin).custodians("eu")
    world.server.puts.append(sealing.seal_put(header, fields, custodians, world.people["ada"], world.chance).written())


def test_what_a_custodian_that_left_knew_is_refused_within_a_round_and_readers_go_on(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.round()
    scene.two.round()
    known = agent.read().fields
    scene.world.server.roots.append(scene.world.next_root(zones=zoned(scene.world.root, "keeper-2")))
    for _ in range(3):
        scene.pass_and_look(1.1, scene.two)
        receive(scene, agent)
    new = agent.read()
    assert new.header.custodian == "keeper-2"
    assert scene.logs_in(new.fields)
    assert not scene.logs_in(known)
    scene.pass_and_look(1.1, scene.two)
    assert scene.two.memory.taken_away(PATH) is None
    assert scene.rows == {}


def test_a_rotation_that_it_began_is_given_up_and_another_one_takes_its_place(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.two.round()
    first = agent.read().fields
    scene.one.keeping.follow()
    scene.one.turning.turn(PATH, reason="asked")
    scene.one.turning.turn(PATH)  # the target has heard of it
    assert scene.rows[PATH].step == "verify"
    scene.world.server.roots.append(scene.world.next_root(zones=zoned(scene.world.root, "keeper-2")))
    for _ in range(4):
        scene.pass_and_look(61, scene.two)
        receive(scene, agent)
    assert scene.logs_in(agent.read().fields)
    assert agent.read().header.custodian == "keeper-2"
    assert not scene.logs_in(first)
    assert scene.rows == {}


def test_one_who_came_and_left_while_a_custodian_slept_left_too(scene: Scene) -> None:
    scene.world.agent()
    scene.two.round()
    more = newcomer(scene.world, "keeper-3")
    root = scene.world.root
    scene.world.server.roots.append(scene.world.next_root(zones=zoned(root, "keeper-1", "keeper-2", more=(more,))))
    scene.world.server.roots.append(scene.world.next_root(zones=zoned(root, "keeper-1", "keeper-2")))
    again = scene.party("keeper-2")
    again.keeping.follow()
    assert again.memory.taken_away(PATH) is not None


def test_roots_that_the_server_leaves_out_hide_nobody(scene: Scene) -> None:
    scene.two.round()
    scene.world.server.roots += [scene.world.next_root(organisation="Example B")]
    scene.world.server.roots += [scene.world.next_root(organisation="Example C")]
    again = scene.party("keeper-2")
    again.keeping._trusted = scene.world.trusted
    again.keeping.follow()
    assert again.memory.taken_away(PATH) is None  # all are shown, and nobody left

    third = scene.party("keeper-2")
    scene.world.server.roots += [scene.world.next_root(organisation="Example D")]
    third.keeping.follow()
    scene.world.server.roots += [scene.world.next_root(organisation="Example E")]
    fourth = scene.party("keeper-2")
    fourth.keeping._trusted = third.keeping.trusted
    scene.world.server.roots = scene.world.server.roots[-1:]
    fourth.keeping.follow()
    assert fourth.memory.taken_away(PATH) is not None


def test_a_custodian_that_starts_again_is_not_shown_an_older_root(scene: Scene) -> None:
    scene.two.round()
    scene.world.server.roots.append(scene.world.next_root(zones=zoned(scene.world.root, "keeper-2")))
    scene.two.round()
    del scene.world.server.roots[1:]
    with pytest.raises(OldVersionError, match="root 1 is older than 2, which was seen"):
        scene.party("keeper-2").round()


def test_two_roots_of_one_version_are_a_fork_after_a_start_too(scene: Scene) -> None:
    first, second = (scene.world.next_root(organisation=name) for name in ("Example B", "Example C"))
    scene.world.server.roots.append(first)
    scene.two.round()
    scene.world.server.roots[1:] = [second]
    with pytest.raises(EquivocationError, match="two roots of version 2"):
        scene.party("keeper-2").round()


def test_a_custodian_that_comes_opens_what_was_there_before_it(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.round()
    scene.world.server.roots.append(
        scene.world.next_root(
            zones=zoned(scene.world.root, "keeper-1", "keeper-2", more=(newcomer(scene.world, "keeper-3"),))
        )
    )
    scene.one.round()
    third = scene.party("keeper-3")
    third.round()
    third.round()
    before = dict(scene.world.server.wraps)
    assert third.keeping.live(PATH)[-1].fields == agent.read().fields
    scene.one.round()
    assert scene.world.server.wraps == before  # sealed to it once, and not in every round


def test_a_value_that_was_brought_goes_on_under_another_custodian_and_is_a_finding(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.world.granted(scene.world.grant(strategy="none", targets=(), rotate_every_seconds=0))
    agent = scene.world.agent()
    bring(scene.world, {"value": "brought"}, 0)
    scene.one.round()
    scene.two.round()
    assert agent.read().fields == {"value": "brought"}
    scene.world.server.roots.append(scene.world.next_root(zones=zoned(scene.world.root, "keeper-2")))
    assert any("replace it at its provider" in one for one in scene.two.round())
    read = agent.read()
    assert read.fields == {"value": "brought"}
    assert read.header.custodian == "keeper-2"
    late = scene.world.agent("orders", "pod-7")
    scene.two.round()
    assert late.read().fields == {"value": "brought"}
    scene.pass_and_look(5, scene.two)
    bring(scene.world, {"value": "replaced"}, 2)
    assert not any("replace it" in one for one in scene.two.round())
    assert agent.read().fields == {"value": "replaced"}


def test_grants_and_epochs_hold_after_an_approver_left_where_the_root_upholds_them(scene: Scene) -> None:
    world = scene.world
    scene.one.round()
    world.server.epochs.append(world.epoch())
    scene.one.round()
    left = tuple(one for one in world.root.approvers if one.name != "bob")
    dan = replace(left[0], name="dan", key=SoftwareSigner(world.chance(32)).public)
    digests = tuple(sorted(read_envelope(one).digest for one in [*world.server.grants[PATH], *world.server.epochs]))
    alone = world.next_root(by=("ada", "cleo"), approvers=tuple(sorted((*left, dan), key=lambda one: one.name)))
    upheld = world.next_root(
        by=("ada", "cleo"), approvers=tuple(sorted((*left, dan), key=lambda one: one.name)), upheld=digests
    )
    world.server.roots.append(alone)
    with pytest.raises(ThresholdError):
        scene.party("keeper-2").round()
    world.server.roots[-1] = upheld
    agent = world.agent()
    fresh = scene.party("keeper-2")
    for _ in range(3):
        fresh.round()
        scene.pass_and_look(1.1, fresh)
    assert scene.logs_in(agent.read().fields)
