"""Custodians over the whole protocol: a ceremony, grants, agents that read, and a server that may do what it likes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from tests.vault.custodian.simulator import Machine, Simulated
from tests.vault.world import PATH, START, AgentParty, CustodianParty, World

from wardline.kernel.errors import NotFoundError, UnavailableError
from wardline.vault.custodian.following import Identity
from wardline.vault.custodian.keeping import Keeping
from wardline.vault.custodian.memory import Memory
from wardline.vault.custodian.rotating import Rotation
from wardline.vault.custodian.service import Custodian
from wardline.vault.custodian.shelf import Basis, Head, Task
from wardline.vault.custodian.turning import Turning
from wardline.vault.protocol import encoding, grants, puts, sealing
from wardline.vault.protocol.envelope import read_envelope
from wardline.vault.protocol.errors import ClockError, RefusedError
from wardline.vault.protocol.model.grant import Endpoint
from wardline.vault.protocol.model.statement import Put, Receipt
from wardline.vault.protocol.model.version import Version, Wrap

T = TypeVar("T")


def said(kind: type[T], content: bytes) -> T:
    return encoding.read(kind, read_envelope(content).payload, "a document")


class WorldShelf:
    """The world's dictionary of a server, as one custodian asks it."""

    def __init__(self, world: World, party: CustodianParty, rows: dict[str, Rotation]) -> None:
        self.world, self.party, self.rows = world, party, rows
        self.down = False
        self.asked: dict[str, str] = {}
        self.acknowledged: list[bytes] = []

    @property
    def server(self):
        if self.down:
            raise UnavailableError("the server does not answer")
        return self.world.server

    def basis(self) -> Basis:
        server = self.server
        return Basis(server.roots, server.epochs, server.revocations, list(server.freshness.values()))

    def tasks(self) -> Sequence[Task]:
        return [Task(path, b"", self.asked.get(path, "")) for path in self.server.grants]

    def bindings(self) -> Sequence[bytes]:
        return self.server.bindings

    def documents(self, kind: str, path: str) -> Sequence[bytes]:
        server = self.server
        if kind == "put":
            return [
                one for one in server.puts if encoding.read(Put, read_envelope(one).payload, "").header.path == path
            ]
        if kind == "receipt":
            return [
                one for one in server.receipts if encoding.read(Receipt, read_envelope(one).payload, "").path == path
            ]
        return {"grant": server.grants, "version": server.versions}[kind].get(path, [])

    def wrap(self, version: bytes) -> bytes:
        found = self.server.wraps.get((version, self.party.key.public.key_id))
        if found is None:
            raise NotFoundError("this version is not sealed to this custodian")
        return found

    def head(self, seen: int) -> Head:
        return Head(self.server.head(), self.server.consistency(seen, len(self.server.entries)))

    def publish(self, version: bytes, wraps: Sequence[bytes]) -> None:
        digest = read_envelope(version).digest
        path = encoding.read(Version, read_envelope(version).payload, "").header.path
        kept = self.server.versions.setdefault(path, [])
        if version not in kept:
            kept.append(version)
            self.server.record("version", path, digest)
        self.seal_to(digest, wraps)

    def seal_to(self, version: bytes, wraps: Sequence[bytes]) -> None:
        for content in wraps:
            self.server.wraps[version, encoding.read(Wrap, content, "").key_id] = content

    def state(self, statement: bytes) -> None:
        self.server.freshness[self.party.name] = statement

    def acknowledge(self, acknowledgement: bytes) -> None:
        self.acknowledged.append(acknowledgement)

    def retired(self, path: str) -> None:
        kept = {read_envelope(one).digest for one in self.server.versions[path][-1:]}
        self.server.wraps = {key: wrap for key, wrap in self.server.wraps.items() if key[0] in kept}

    def unfinished(self, path: str) -> Rotation | None:
        assert self.server
        return self.rows.get(path)

    def begin(self, rotation: Rotation) -> bool:
        return self.server is not None and self.rows.setdefault(rotation.path, rotation) is rotation

    def change(self, rotation: Rotation) -> bool:
        there = self.rows.get(rotation.path)
        if there is None or there.revision != rotation.revision - 1:
            return False
        self.rows[rotation.path] = rotation
        if rotation.finished:
            del self.rows[rotation.path]
        return True


class Party:
    """One custodian of the world, with a memory of its own on disk."""

    def __init__(self, world: World, which: CustodianParty, folder: Path, machine: Machine, rows: dict) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.world = world
        self.shelf = WorldShelf(world, which, rows)
        self.machine = machine
        me = Identity(which.name, which.zone, which.key, which.signer)
        self.memory = Memory(folder)
        self.keeping = Keeping(me, world.trusted, self.memory, self.shelf, which.now, world.chance)
        self.turning = Turning(self.shelf, self.keeping, lambda path: Simulated(path, machine), which.now, pause=0)
        self.custodian = Custodian(self.keeping, self.shelf, lambda grant: Simulated(grant.path, machine), which.now)

    def round(self) -> tuple[str, ...]:
        return self.custodian.look()


class Scene:
    def __init__(self, folder: Path, **grant: object) -> None:
        self.world, self.machine, self.rows, self.folder = World(), Machine(), {}, folder
        target = Endpoint("127.0.0.1", 5432, "")
        self.world.granted(
            self.world.grant(
                strategy="postgresql", targets=(target,), rotate_every_seconds=3600, overlap_seconds=60, **grant
            )
        )
        self.one = self.party("keeper-1")
        self.two = self.party("keeper-2")

    def party(self, name: str) -> Party:
        return Party(self.world, self.world.custodians[name], self.folder / name, self.machine, self.rows)

    def pass_and_look(self, seconds: float, *parties: Party) -> None:
        self.world.pass_time(seconds=seconds)
        for party in parties or (self.one, self.two):
            party.round()

    def logs_in(self, fields: dict) -> bool:
        return self.machine.log_in(fields)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def receive(scene: Scene, *agents: AgentParty) -> None:
    for agent in agents:
        scene.world.server.receipts.append(agent.receipt(agent.read()))


def test_an_agent_reads_what_a_custodian_minted_and_it_logs_in(scene: Scene) -> None:
    agent = scene.world.agent()
    assert scene.one.round() == ()
    accepted = agent.read()
    assert scene.logs_in(accepted.fields)
    assert accepted.header.origin == "minted"


def test_a_rotation_keeps_both_until_everybody_has_the_new_one_and_the_overlap_is_over(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.round()
    old = agent.read().fields
    receive(scene, agent)
    scene.pass_and_look(3600 - 120)
    agent.bind()  # once an hour
    scene.pass_and_look(120)
    assert scene.logs_in(old)
    new = agent.read().fields
    assert new != old
    assert scene.logs_in(new)
    receive(scene, agent)
    scene.pass_and_look(30)
    assert scene.logs_in(old)
    scene.pass_and_look(31)
    assert not scene.logs_in(old)
    assert scene.logs_in(agent.read().fields)


def test_another_custodian_finishes_what_one_began_and_did_not_live_to_publish(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.keeping.follow()
    for _ in range(3):  # create, apply, verify
        turn = scene.one.turning.turn(PATH)
    assert turn.rotation
    assert turn.rotation.step == "publish"
    assert scene.two.round() == ()
    assert scene.logs_in(agent.read().fields)
    assert scene.rows == {}


def test_a_revoked_reader_loses_what_it_knew_within_a_round_and_those_who_remain_keep_reading(scene: Scene) -> None:
    readers = (scene.world.reader("billing"), scene.world.reader())
    scene.world.granted(scene.world.grant(readers=readers))
    leaver, other = scene.world.agent(), scene.world.agent("billing", "pod-9")
    scene.one.round()
    known = leaver.read().fields
    other.read()
    scene.world.server.revocations.append(scene.world.revocation())
    scene.one.round()
    receive(scene, other)
    scene.pass_and_look(1.1, scene.one)
    assert scene.one.shelf.acknowledged
    assert not scene.logs_in(known)
    assert scene.logs_in(other.read().fields)
    with pytest.raises(RefusedError):
        leaver.read()
    scene.pass_and_look(1, scene.one)
    assert scene.one.memory.taken_away(PATH) is None
    assert scene.rows == {}


def test_a_revocation_is_remembered_by_a_custodian_that_dies_before_it_rotates(scene: Scene) -> None:
    leaver = scene.world.agent()
    scene.one.round()
    known = leaver.read().fields
    scene.one.keeping.revoke(scene.world.revocation())
    again = scene.party("keeper-1")  # the same folder; the server never heard of the revocation
    again.round()
    scene.pass_and_look(1.1, again)
    assert not scene.logs_in(known)


def test_a_reader_that_was_revoked_twice_costs_one_rotation_each_time_and_one_word(scene: Scene) -> None:
    """The server shows every revocation there ever was, in every round: the earlier one is no news beside the later."""
    world = scene.world
    scene.one.round()
    for wanted in (2, 3):
        world.server.revocations.append(world.revocation())
        for _ in range(4):
            scene.pass_and_look(1.1, scene.one)
        assert len(world.server.versions[PATH]) == wanted
        world.granted(world.grant())
        scene.one.round()
    assert len(scene.one.shelf.acknowledged) == 2


def test_a_grants_end_takes_it_from_everybody(tmp_path: Path) -> None:
    scene = Scene(tmp_path, expires=START + timedelta(minutes=30))
    agent = scene.world.agent()
    assert "db/orders: the grant ends soon: two approvers renew it" in scene.one.round()
    known = agent.read().fields
    scene.world.pass_time(minutes=30)
    scene.one.round()
    scene.pass_and_look(1.1, scene.one)
    assert not scene.logs_in(known)
    newest = read_envelope(scene.world.server.versions[PATH][-1]).digest
    assert (newest, agent.key.public.key_id) not in scene.world.server.wraps
    assert any("has ended" in one for one in scene.one.round())
    assert len(scene.world.server.versions[PATH]) == 2  # once, and not in every round


def test_a_reader_that_a_new_grant_does_not_name_loses_what_it_knew(scene: Scene) -> None:
    leaver = scene.world.agent()
    scene.one.round()
    known = leaver.read().fields
    scene.world.granted(scene.world.grant(readers=(scene.world.reader("billing"),)))
    scene.pass_and_look(1, scene.one)
    scene.pass_and_look(1.1, scene.one)
    assert not scene.logs_in(known)


def test_an_import_is_resealed_and_rotated_at_once(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.round()
    grant = grants.require(scene.world.server.grants[PATH][-1], scene.world.trusted)
    now = scene.world.wall
    header = puts.header(grant, writer="person:ada", epoch=1, expected=1, nonce=scene.world.chance(16), now=now)
    custodians = scene.world.trusted.custodians("eu")
    fields = {"username": "blue", "password": f"known to {header.writer}"}
    put = sealing.seal_put(header, fields, custodians, scene.world.people["ada"], scene.world.chance)
    scene.world.server.puts.append(put.written())
    scene.pass_and_look(61)
    scene.pass_and_look(61)
    accepted = agent.read()
    assert accepted.header.origin == "minted"
    assert accepted.header.number > 2
    assert scene.logs_in(accepted.fields)
    assert scene.one.round() == ()  # a repeat of the put is passed over


def test_a_workload_that_comes_later_is_sealed_to_without_a_rotation(scene: Scene) -> None:
    first = scene.world.agent()
    scene.one.round()
    number = first.read().header.number
    second = scene.world.agent(pod="pod-2")
    scene.pass_and_look(1, scene.one)
    accepted = second.read()
    assert accepted.header.number == number
    assert scene.logs_in(accepted.fields)


def test_a_stranger_is_never_sealed_to(scene: Scene) -> None:
    stranger = scene.world.agent("mallory")
    scene.one.round()
    assert stranger.key.public.key_id not in {key for _, key in scene.world.server.wraps}


def test_a_custodian_that_lost_its_memory_mints_rather_than_vouch_for_an_old_database(
    scene: Scene, tmp_path: Path
) -> None:
    agent = scene.world.agent()
    scene.one.round()
    old = scene.world.server.versions[PATH][:]
    scene.one.shelf.asked[PATH] = "asked"
    scene.pass_and_look(1, scene.one)
    accepted = agent.read()
    scene.world.server.versions[PATH] = old  # the server goes back, and forgets what custodians said
    scene.world.server.freshness.clear()
    scene.rows.clear()
    fresh = Party(scene.world, scene.world.custodians["keeper-2"], tmp_path / "new", scene.machine, scene.rows)
    fresh.round()
    with pytest.raises(RefusedError):
        agent.read()  # nobody vouches for what the server shows
    scene.pass_and_look(61, fresh)
    scene.pass_and_look(2, fresh)
    newest = agent.read()
    assert newest.header.number > accepted.header.number
    assert scene.logs_in(newest.fields)


def test_a_row_that_the_server_changed_is_not_opened(scene: Scene) -> None:
    scene.world.agent()
    scene.one.keeping.follow()
    scene.one.turning.turn(PATH)
    row = scene.rows[PATH]
    for changed in (replace(row, sealed=row.sealed[:-9] + b"AAAAAAAA}"), replace(row, mark="0" * 16)):
        scene.rows[PATH] = changed
        with pytest.raises(RefusedError):
            scene.one.keeping.open(changed)


@pytest.mark.parametrize("step", ["publish", "retire"])
def test_readers_are_told_of_nothing_that_does_not_work_whatever_the_row_says(scene: Scene, step: str) -> None:
    agent = scene.world.agent()
    scene.one.keeping.follow()
    scene.one.turning.turn(PATH)
    scene.rows[PATH] = replace(scene.rows[PATH], step=step, begun=scene.world.wall - timedelta(days=90))
    scene.one.round()
    accepted = agent.read()
    assert scene.logs_in(accepted.fields)
    old = accepted.fields
    scene.one.shelf.asked[PATH] = "asked"
    scene.one.keeping.follow()
    scene.one.turning.turn(PATH)
    scene.rows[PATH] = replace(scene.rows[PATH], step="retire", since=scene.world.wall - timedelta(days=90))
    scene.one.round()
    assert scene.logs_in(agent.read().fields)
    assert scene.logs_in(old)  # nobody sent a receipt yet, whatever time the row has


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": "verified"},
        {"path": "db/another"},
        {"reason": "because"},
        {"since": datetime(2026, 3, 2)},  # noqa: DTZ001 - a time that nobody can place is what is wrong
        {"number": -1},
        {"attempts": "many"},
        {"revision": 2**70},
        {"not_before": "tomorrow"},
    ],
)
def test_what_is_no_row_is_a_finding(scene: Scene, wrong: dict) -> None:
    scene.one.keeping.follow()
    scene.one.turning.turn(PATH)
    scene.rows[PATH] = replace(scene.rows[PATH], **wrong)
    assert any("in the place of a rotation" in one for one in scene.one.round())


def test_a_clock_that_jumped_stops_everything_that_is_signed(scene: Scene) -> None:
    scene.one.round()
    scene.world.wall += timedelta(hours=1)  # and the monotonic clock did not
    with pytest.raises(ClockError):
        scene.one.round()


def test_an_unreachable_server_or_target_loses_nothing(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.round()
    old = agent.read().fields
    receive(scene, agent)
    scene.one.shelf.asked[PATH] = "asked"
    scene.machine.down = True
    findings = scene.one.round()
    assert any("does not answer" in one for one in findings)
    scene.machine.down = False
    scene.one.shelf.down = True
    with pytest.raises(UnavailableError):
        scene.one.round()
    assert scene.logs_in(old)
    scene.one.shelf.down = False
    scene.pass_and_look(2, scene.one)
    scene.one.shelf.asked.clear()
    receive(scene, agent)
    scene.pass_and_look(61, scene.one)
    assert scene.logs_in(agent.read().fields)
    assert not scene.logs_in(old)


def test_a_new_epoch_rotates_and_goes_on(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.round()
    agent.read()
    scene.world.server.epochs.append(scene.world.epoch())
    scene.pass_and_look(1, scene.one)
    accepted = agent.read()
    assert (accepted.header.epoch, accepted.header.number) == (2, 1)
    assert scene.logs_in(accepted.fields)


def test_no_value_is_in_a_custodians_memory(scene: Scene) -> None:
    agent = scene.world.agent()
    scene.one.round()
    fields = agent.read().fields
    kept = b"".join(file.read_bytes() for file in (scene.folder / "keeper-1").iterdir())
    assert PATH.encode() in kept
    assert fields["password"].encode() not in kept
    assert all((file.stat().st_mode & 0o077) == 0 for file in (scene.folder / "keeper-1").iterdir())


def test_what_was_published_says_when(scene: Scene) -> None:
    scene.one.round()
    at = scene.one.keeping.published(PATH)
    assert isinstance(at, datetime)
    assert at == scene.world.wall
