"""T-66: a server shows an older ledger, as after a restore: it takes two people's word, once, and gives nobody back."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.vault.custodian.test_keeping import Scene
from tests.vault.world import PATH, AgentParty

from wardline.kernel import merkle
from wardline.vault.protocol import accepting
from wardline.vault.protocol.envelope import enveloped
from wardline.vault.protocol.errors import EpochError, LedgerError, OldVersionError, RefusedError, ThresholdError
from wardline.vault.protocol.model.grant import Epoch
from wardline.vault.protocol.model.statement import HeadSeen


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def gone_back(scene: Scene) -> HeadSeen:
    """Let custodians and an agent see more than a backup, then bring the backup; return its head."""
    server = scene.world.server
    scene.one.round()
    size, versions, granted = len(server.entries), list(server.versions[PATH]), list(server.grants[PATH])
    wraps, stated = dict(server.wraps), dict(server.freshness)
    scene.world.granted(
        scene.world.grant(readers=(scene.world.reader("billing", given=3), *scene.world.grant().readers))
    )
    scene.one.shelf.asked[PATH] = "asked"
    scene.pass_and_look(1, scene.one)
    scene.one.shelf.asked.clear()
    assert len(server.entries) > size
    scene.first_agent = scene.world.agent()  # type: ignore[attr-defined]
    scene.pass_and_look(1, scene.one)
    scene.held = scene.first_agent.read().fields  # type: ignore[attr-defined]
    head = HeadSeen(size, merkle.root_at(size, server._tree))
    server.entries, server.versions[PATH], server.grants[PATH] = server.entries[:size], versions, granted
    server.wraps, server.freshness = wraps, stated
    scene.rows.clear()
    for number in range(3):  # the restored server goes on by itself
        server.record("bindings", f"{number}", bytes([number]) * 32)
    return head


def read(agent: AgentParty) -> dict:
    """Read as an agent does: a new epoch is kept before it asks for the proofs that go with it."""
    agent.trusted, floors = accepting.bases(agent.offered(), agent.reader())
    if floors.restarted(agent.floors):
        agent.paths = {path: floor.restored() for path, floor in agent.paths.items()}
    agent.floors = floors
    return agent.read().fields


def vouch(scene: Scene) -> None:
    scene.one.keeping.follow()
    scene.one.keeping.state()


def test_without_two_peoples_word_it_is_refused_by_everybody(scene: Scene) -> None:
    head = gone_back(scene)
    agent: AgentParty = scene.first_agent  # type: ignore[attr-defined]
    for epochs in ([], [scene.world.epoch(by=("ada",), restored=head)]):
        scene.world.server.epochs = epochs
        with pytest.raises((LedgerError, ThresholdError, OldVersionError)):
            vouch(scene)
        with pytest.raises(RefusedError):
            read(agent)


def test_with_it_everything_is_rotated_and_goes_on(scene: Scene) -> None:
    head = gone_back(scene)
    agent: AgentParty = scene.first_agent  # type: ignore[attr-defined]
    known = scene.held  # type: ignore[attr-defined]
    scene.world.server.epochs = [scene.world.epoch(restored=head)]
    for _ in range(3):
        scene.pass_and_look(61, scene.one)
    fields = read(agent)
    assert scene.logs_in(fields)
    assert fields != known
    assert scene.one.memory.floor(PATH).epoch == 2
    assert scene.one.keeping.grant(PATH).version == 2  # the one after it did not happen


def test_the_same_word_takes_nobody_back_a_second_time(scene: Scene) -> None:
    head = gone_back(scene)
    agent: AgentParty = scene.first_agent  # type: ignore[attr-defined]
    server = scene.world.server
    server.epochs = [scene.world.epoch(restored=head)]
    for _ in range(3):
        scene.pass_and_look(61, scene.one)
    read(agent)
    assert len(server.entries) > head.size + 3
    server.entries = server.entries[: head.size]
    with pytest.raises(LedgerError):
        vouch(scene)
    with pytest.raises(RefusedError):
        read(agent)


def test_who_was_revoked_after_the_backup_stays_revoked(scene: Scene) -> None:
    agent = scene.world.agent("orders", "pod-4")
    scene.one.round()
    head = gone_back(scene)
    scene.one.keeping.revoke(scene.world.revocation())
    scene.world.server.epochs = [scene.world.epoch(restored=head)]
    for _ in range(3):
        scene.pass_and_look(61, scene.one)
    assert any(one.name == "workload:orders" for one in scene.one.memory.floors().revoked)
    with pytest.raises(RefusedError):
        read(agent)


def test_an_epoch_names_a_whole_head_or_none(scene: Scene) -> None:
    for entries, head in ((5, b""), (0, bytes(32))):
        made = Epoch(scene.world.trusted.id, 2, b"", entries, head, "half", scene.world.wall)
        content = enveloped(made, *(scene.world.people[name] for name in ("ada", "bob"))).written()
        scene.world.server.epochs = [content]
        with pytest.raises(EpochError, match="or neither"):
            scene.one.keeping.follow()


def test_it_may_pass_over_epochs_that_were_lost_and_never_goes_below_one(scene: Scene) -> None:
    head = gone_back(scene)
    scene.world.server.epochs = [scene.world.epoch(number=7, restored=head)]
    scene.one.keeping.follow()
    assert scene.one.memory.floors().epoch == 7
    scene.world.server.epochs = [scene.world.epoch(number=3, restored=replace(head, size=1))]
    scene.one.keeping.follow()
    assert (scene.one.memory.floors().epoch, scene.one.memory.floors().head_size) == (7, head.size)
