"""T-65: somebody who left goes on: a custodian signs, a server shows the old root, a drafter upholds too much."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.vault.custodian.test_keeping import Scene
from tests.vault.custodian.test_succession import zoned
from tests.vault.world import PATH

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.approver import succession
from wardline.vault.protocol import grants, roots
from wardline.vault.protocol.errors import (
    OldVersionError,
    RefusedError,
    RootError,
    ThresholdError,
    UnknownCustodianError,
)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_version_of_a_custodian_that_left_is_refused_by_agents(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.round()
    agent.read()
    scene.world.server.roots.append(scene.world.next_root(zones=zoned(scene.world.root, "keeper-2")))
    with pytest.raises(UnknownCustodianError):
        agent.read()
    scene.world.one.mint(PATH, {"password": "mine"})  # it goes on as if nothing had happened
    with pytest.raises(RefusedError):
        agent.read()


def test_a_custodian_that_left_is_told_nothing_that_is_sealed_from_then_on(scene: Scene) -> None:
    scene.world.agent()
    scene.two.round()
    scene.world.server.roots.append(scene.world.next_root(zones=zoned(scene.world.root, "keeper-2")))
    before = set(scene.world.server.wraps)
    for _ in range(3):
        scene.pass_and_look(1.1, scene.two)
    leaver = scene.world.one.key.public.key_id
    new = {key for version, key in set(scene.world.server.wraps) - before}
    assert new
    assert leaver not in new


def test_neither_custodians_nor_agents_go_back_to_the_root_of_before(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.two.round()
    scene.world.server.roots.append(scene.world.next_root(organisation="Example B"))
    scene.two.round()
    agent.read()
    del scene.world.server.roots[1:]
    with pytest.raises(OldVersionError):
        scene.party("keeper-2").round()
    again = scene.world.agent()
    again.floors, again.trusted = agent.floors, scene.world.trusted
    with pytest.raises(OldVersionError):
        again.read()


def test_a_root_upholds_nothing_that_those_who_sign_it_cannot_be_shown_approved(scene: Scene) -> None:
    sneaked = grants.enveloped(scene.world.grant(readers=(scene.world.reader("mallory"),)), scene.world.people["bob"])
    trusted = scene.world.trusted
    made = replace(trusted.root, root=trusted.id, version=2, previous=trusted.digest, upheld=(sneaked.digest,))
    content = roots.enveloped(made, "ordinary").written()
    with pytest.raises(AskedWronglyError):
        succession.looked_at(content, trusted, [sneaked.written(), *scene.world.server.grants[PATH]])
    with pytest.raises(ThresholdError):  # and nobody takes it from one signature
        roots.follow(trusted, roots.enveloped(made, "ordinary").cosigned(scene.world.people["bob"]).written())


def test_an_approver_who_left_signs_no_next_root(scene: Scene) -> None:
    left = tuple(one for one in scene.world.root.approvers if one.name != "bob")
    scene.world.server.roots.append(scene.world.next_root(by=("ada", "cleo"), approvers=left))
    back = scene.world.next_root(by=("ada", "bob"), approvers=scene.world.root.approvers)
    trusted = roots.chain(scene.world.server.roots, scene.world.pin)
    with pytest.raises((ThresholdError, RootError)):
        roots.follow(trusted, back)
