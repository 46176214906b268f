"""T-57: what was signed once is used again: a binding, a put, an approval of staging's, a revocation, an epoch."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.vault.world import PATH, World

from wardline.vault.protocol import admitting, encoding, puts, roots, sealing
from wardline.vault.protocol.envelope import enveloped, read_envelope
from wardline.vault.protocol.errors import (
    BindingError,
    EquivocationError,
    ForeignRootError,
    NotGrantedError,
    PutConflictError,
    PutError,
    RefusedError,
    RevokedError,
    SignatureError,
)
from wardline.vault.protocol.keys import Signer
from wardline.vault.protocol.model.statement import Put


@pytest.fixture
def world() -> World:
    world = World()
    world.one.follow()
    return world


def put(world: World, writer: str, signer: Signer, expected: int = 0, **changes: object) -> bytes:
    grant, custodians = admitting.custodians_for_put(world.server.grants[PATH][-1], world.trusted, world.wall)
    nonce = world.chance(16)
    made = puts.header(grant, writer=writer, epoch=1, expected=expected, nonce=nonce, now=world.wall)
    envelope = sealing.seal_put(made, {"key": "value"}, custodians, signer, world.chance)
    if changes:
        said = encoding.read(Put, envelope.payload, "")
        envelope = enveloped(replace(said, header=replace(said.header, **changes)), signer)  # type: ignore[arg-type]
    return envelope.written()


def test_a_put_is_applied_once(world: World) -> None:
    content = put(world, "person:ada", world.people["ada"])
    assert world.one.apply(content).document.header.origin == "imported"
    with pytest.raises(PutError, match="repeat"):
        world.one.apply(content)
    world.one.nonces.clear()  # even a custodian that forgot its nonces knows the number
    with pytest.raises(PutConflictError):
        world.one.apply(content)


def test_a_put_of_a_granted_workload_is_written_and_of_another_refused(world: World) -> None:
    agent, other = world.agent(), world.agent("reports")
    world.one.bind_all()
    assert world.one.apply(put(world, "workload:orders", agent.signer)).document.header.origin == "written"
    with pytest.raises(SignatureError):
        world.one.apply(put(world, "workload:orders", other.signer, 1))
    with pytest.raises(NotGrantedError):
        put(world, "workload:reports", other.signer, 1)
    with pytest.raises(SignatureError):  # another person's
        world.one.apply(put(world, "person:ada", world.people["bob"], 1))


def test_a_put_that_ended_lies_or_is_from_elsewhere(world: World) -> None:
    ada, minutes = world.people["ada"], timedelta(minutes=1)
    for changes in (
        {"expires": world.wall + 11 * minutes},
        {"issued": world.wall + 2 * minutes, "expires": world.wall + 3 * minutes},
        {"issued": world.wall - 2 * minutes, "expires": world.wall - minutes},
        {"origin": "written"},
        {"grant": bytes(32)},
        {"epoch": 2},
        {"path": "db/other"},
    ):
        content = put(world, "person:ada", ada, **changes)
        with pytest.raises((RefusedError, KeyError)):
            world.one.apply(content)
    assert PATH not in world.server.versions


def test_a_put_of_a_writer_who_was_taken_off(world: World) -> None:
    content = put(world, "person:ada", world.people["ada"])
    world.one.revoke(world.revocation("person:ada", by=("bob",)))
    with pytest.raises(RevokedError):
        world.one.apply(content)


def test_a_binding_ends_and_its_evidence_does_not_begin_it_again(world: World) -> None:
    agent = world.agent()
    content = world.server.bindings[-1]
    world.pass_time(hours=1)
    with pytest.raises(BindingError, match="ended"):
        world.one.bind(content)
    late = agent.bind()
    world.pass_time(minutes=2)
    with pytest.raises(RefusedError, match="exp"):
        world.one.bind(late)


def test_a_binding_that_was_admitted_ends_all_the_same(world: World) -> None:
    world.agent()
    world.one.bind_all()
    assert len(world.one.admission(PATH).consumers) == 1
    world.pass_time(hours=1)
    assert world.one.admission(PATH).consumers == ()


def staging() -> World:
    """The same people with the same keys approve another root."""
    world = World()
    root = replace(world.root, organisation="Staging")
    envelope = roots.enveloped(root, "ordinary").cosigned(world.people["ada"]).cosigned(world.people["bob"])
    world.pin = roots.Pin(envelope.digest)
    world.server.roots = [envelope.written()]
    world.trusted = roots.chain(world.server.roots, world.pin)
    for one in world.custodians.values():
        one.trusted = world.trusted
    world.server.grants.clear()
    world.granted(world.grant())
    return world


def test_stagings_documents_are_worth_nothing_in_production(world: World) -> None:
    other = staging()
    agent = other.agent()
    other.one.mint(PATH, {"password": "of staging"})
    here = world.agent()
    world.one.mint(PATH, {"password": "one"})
    foreign = agent.offered()
    assert agent.read(offer=foreign).fields == {"password": "of staging"}
    for part in ("grant", "version", "freshness"):
        with pytest.raises(ForeignRootError):
            here.read(offer=replace(here.offered(), **{part: getattr(foreign, part)}))
    with pytest.raises(ForeignRootError):
        world.one.bind(other.server.bindings[0])
    with pytest.raises(ForeignRootError):
        world.one.revoke(other.revocation())
    world.server.epochs.append(other.epoch())
    with pytest.raises(ForeignRootError):
        world.one.follow()


def test_an_epoch_is_raised_once(world: World) -> None:
    world.server.epochs.append(world.epoch())
    world.one.follow()
    world.one.follow()
    assert world.one.floors.epoch == 2
    world.wall += timedelta(seconds=1)
    world.server.epochs.append(world.epoch())
    with pytest.raises(EquivocationError):
        world.one.follow()
    assert read_envelope(world.server.epochs[0]).kind == "epoch"
