"""Targets whose slots are all taken while no row says why: a version comes by itself, and nobody is locked out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from tests.vault.custodian.simulator import Simulated
from tests.vault.custodian.targets import QUICK, Server
from tests.vault.custodian.test_keeping import Scene, receive
from tests.vault.world import PATH, AgentParty

from wardline.vault.custodian import fences
from wardline.vault.custodian.rotator import Version
from wardline.vault.custodian.rotators.postgresql import PostgreSQL
from wardline.vault.custodian.service import Custodian
from wardline.vault.protocol.envelope import read_envelope
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.keys import thumbprint


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def rotate(scene: Scene) -> None:
    """Have a new version published beside the one before, which waits to be retired."""
    scene.one.shelf.asked[PATH] = "asked"
    scene.pass_and_look(1, scene.one)
    scene.one.shelf.asked.clear()


def raise_epoch(scene: Scene) -> None:
    scene.world.server.epochs.append(scene.world.epoch())


def held(agent: AgentParty, before: dict) -> dict:
    """What a workload has: what its agent reads now, or else what it read before."""
    try:
        return agent.read().fields
    except RefusedError:
        return before


def goes_on(
    scene: Scene, agent: AgentParty, has: dict, seconds: int, logs_in: Callable[[dict], bool], *, every: int = 10
) -> dict:
    """Let rounds go by, ten seconds apart; what the workload has logs in after each."""
    for _ in range(0, seconds, every):
        scene.pass_and_look(every, scene.one)
        has = held(agent, has)
        assert logs_in(has)
    return has


def standing(scene: Scene) -> tuple[int, ...]:
    return Simulated(PATH, scene.machine).standing().published


def claimed(scene: Scene) -> Version:
    """Have a custodian die between the target's word and its own: the target says published, and nobody was told."""
    scene.one.shelf.asked[PATH] = "asked"
    scene.one.keeping.follow()
    turning = scene.one.turning
    while (turn := turning.turn(PATH)).rotation and turn.rotation.step != "publish":
        pass
    assert turn.rotation
    version = scene.one.keeping.open(turn.rotation)
    Simulated(PATH, scene.machine).publish(version)
    scene.one.shelf.asked.clear()
    return version


def test_an_epoch_that_is_raised_while_a_version_waits_to_be_retired_goes_on_by_itself(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.round()
    first = agent.read().fields
    receive(scene, agent)
    rotate(scene)
    second = agent.read().fields
    receive(scene, agent)
    raise_epoch(scene)
    has = goes_on(scene, agent, second, 50, scene.logs_in)
    assert scene.logs_in(first)  # until the overlap of a minute is over
    assert has == second
    has = goes_on(scene, agent, has, 30, scene.logs_in)
    assert not scene.logs_in(first)
    assert has not in (first, second)
    accepted = agent.read()
    assert (accepted.header.epoch, accepted.header.number) == (2, 1)
    assert scene.one.memory.published(PATH).keys() == {fences.order(1, 2), fences.order(2, 1)}
    receive(scene, agent)
    goes_on(scene, agent, has, 70, scene.logs_in)
    assert standing(scene) == (fences.order(2, 1),)
    assert scene.rows == {}


def test_whoever_has_not_taken_the_later_version_is_waited_for_until_what_it_kept_has_ended(scene: Scene) -> None:
    agent, silent = scene.world.agent(), scene.world.agent(pod="pod-2")
    scene.one.round()
    first = agent.read().fields
    silent.read()
    rotate(scene)
    second = agent.read().fields
    receive(scene, agent)
    raise_epoch(scene)
    has = second
    for _ in range(6):
        has = goes_on(scene, agent, has, 600, scene.logs_in, every=60)
        assert scene.logs_in(first)
        for one, pod in ((agent, "pod-1"), (silent, "pod-2")):
            audience = thumbprint(one.trusted.id, one.key.public, one.signer.public)
            token, _ = scene.world.tokens.kubernetes("orders", pod, audience, scene.world.wall)
            one.evidence = replace(one.evidence, proof=token)
            one.bind()
    goes_on(scene, agent, has, 700, scene.logs_in, every=50)  # ten minutes and an hour of grace
    assert not scene.logs_in(first)
    assert agent.read().header.epoch == 2


def test_another_custodian_makes_room_as_well_once_the_overlap_is_over_since_it_saw_the_target_full(
    scene: Scene,
) -> None:
    agent = scene.world.agent()
    scene.one.round()
    receive(scene, agent)
    rotate(scene)
    receive(scene, agent)
    has = agent.read().fields
    raise_epoch(scene)
    for _ in range(10):  # the first one is dead
        scene.pass_and_look(10, scene.two)
        assert scene.logs_in(held(agent, has))
    assert agent.read().header.epoch == 2


def test_a_revocation_after_the_epoch_waits_for_nobody(scene: Scene) -> None:
    readers = (scene.world.reader("billing"), scene.world.reader())
    scene.world.granted(scene.world.grant(readers=readers))
    leaver, other = scene.world.agent(), scene.world.agent("billing", "pod-9")
    scene.one.round()
    rotate(scene)
    known = leaver.read().fields
    raise_epoch(scene)
    scene.pass_and_look(1, scene.one)
    scene.world.server.revocations.append(scene.world.revocation())
    for _ in range(6):
        scene.pass_and_look(1.1, scene.one)
    assert not scene.logs_in(known)
    assert scene.logs_in(other.read().fields)


@pytest.mark.parametrize("loss", ["epoch", "row"])
def test_a_version_that_nobody_was_told_of_gives_way_where_its_row_is_gone(scene: Scene, loss: str) -> None:
    agent = scene.world.agent()
    scene.one.round()
    first = agent.read().fields
    receive(scene, agent)
    version = claimed(scene)
    if loss == "epoch":
        raise_epoch(scene)
    else:
        scene.rows.clear()
        scene.one.shelf.asked[PATH] = "asked"
    has = goes_on(scene, agent, first, 550, scene.logs_in, every=50)
    assert has == first
    assert scene.logs_in(version.fields)
    goes_on(scene, agent, has, 200, scene.logs_in)
    assert not scene.logs_in(version.fields)
    assert agent.read().fields != first


def test_a_server_that_came_back_from_a_backup_and_a_new_epoch_leave_no_target_full(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.round()
    receive(scene, agent)
    kept = scene.world.server.versions[PATH][:]
    rotate(scene)
    second = agent.read().fields
    scene.world.server.versions[PATH] = kept
    scene.rows.clear()
    raise_epoch(scene)
    goes_on(scene, agent, second, 90, scene.logs_in)
    assert agent.read().header.epoch == 2


def test_whoever_slept_between_the_targets_word_and_its_own_asks_the_target_again(scene: Scene) -> None:
    scene.one.keeping.follow()
    while (turn := scene.one.turning.turn(PATH)).rotation and turn.rotation.step != "publish":
        pass
    assert turn.rotation
    for asked in (scene.world.wall - timedelta(minutes=1), scene.world.wall + timedelta(seconds=1)):
        with pytest.raises(fences.NotReadyError, match="too long ago"):
            scene.one.keeping.publish(turn.rotation, asked)
    assert PATH not in scene.world.server.versions
    scene.one.keeping.publish(turn.rotation, scene.world.wall)
    assert PATH in scene.world.server.versions


@pytest.mark.loopback
def test_on_a_real_server_the_new_epochs_version_comes_by_itself_and_no_connection_fails(
    tmp_path: Path, server: Server
) -> None:
    scene = Scene(tmp_path)
    made = PostgreSQL(replace(server.target("epochs"), path=PATH), patience=QUICK)
    scene.one.custodian = Custodian(scene.one.keeping, scene.one.shelf, lambda grant: made, scene.world.one.now)
    agent, failed = scene.world.agent(), []

    def logs_in(fields: dict) -> bool:
        try:
            psycopg.connect(fields["dsn"]).close()
        except psycopg.OperationalError:
            failed.append(fields["username"])
        return not failed

    scene.one.round()
    receive(scene, agent)
    rotate(scene)
    receive(scene, agent)
    second = agent.read().fields
    with psycopg.connect(second["dsn"], autocommit=True) as session:
        raise_epoch(scene)
        has = goes_on(scene, agent, second, 80, logs_in)
        assert has != second
        assert agent.read().header.epoch == 2
        assert session.execute("SELECT 1").fetchone() == (1,)
        assert made.standing().published == (fences.order(1, 2), fences.order(2, 1))
    receive(scene, agent)
    goes_on(scene, agent, has, 80, logs_in)
    assert made.standing().published == (fences.order(2, 1),)
    assert failed == []
    made.close()


def test_a_target_that_has_seen_a_later_epoch_says_what_to_do(scene: Scene) -> None:
    machine = Simulated(PATH, scene.machine)
    order = fences.order(3, 1)
    later = Version(order, "0" * 16, machine.create(order, "made-up"))
    machine.apply(later)
    findings = scene.one.round()
    assert any("version 3/1" in one and "wardline vault epoch" in one for one in findings)
    assert scene.rows[PATH].step == "create"
    raise_epoch(scene)
    scene.world.server.epochs.append(scene.world.epoch(3, read_envelope(scene.world.server.epochs[0]).digest))
    agent = scene.world.agent()
    scene.pass_and_look(10, scene.one)
    scene.pass_and_look(60, scene.one)
    assert agent.read().header.epoch == 3
