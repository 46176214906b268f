"""T-50: whoever has the server adds a reader or a custodian: to grants, to roots, by bindings and claims."""

from dataclasses import replace

import pytest
from tests.vault.world import PATH, World

from wardline.vault.protocol import bindings, grants, roots, sealing
from wardline.vault.protocol.envelope import enveloped
from wardline.vault.protocol.errors import (
    ForeignRootError,
    GrantError,
    NotGrantedError,
    RootError,
    SignatureError,
    ThresholdError,
    UnknownCustodianError,
    UnopenedError,
)
from wardline.vault.protocol.keys import SoftwareSigner
from wardline.vault.protocol.model.root import Custodian, Zone
from wardline.vault.protocol.opening import OpeningKey


@pytest.fixture
def world() -> World:
    return World()


def test_a_grant_that_nobody_or_one_person_signed_gives_the_custodian_no_reader(world: World) -> None:
    world.agent("thief")
    for by in ((), ("ada",), ("ada", "cleo")):  # cleo is who asks for it
        world.server.grants[PATH] = world.server.grants[PATH][:1]
        world.granted(world.grant(readers=(world.reader("orders"), world.reader("thief"))), by)
        with pytest.raises(ThresholdError):
            world.one.mint(PATH, {"password": "one"})
    assert world.server.wraps == {}


def test_a_workload_that_no_grant_names_is_not_wrapped_to_and_accepts_nothing(world: World) -> None:
    thief = world.agent("thief")
    world.agent("orders")
    world.one.mint(PATH, {"password": "one"})
    assert "NotGrantedError" in world.one.findings
    version = world.one.floor(PATH).version
    assert (version, thief.key.public.key_id) not in world.server.wraps
    with pytest.raises(NotGrantedError):
        thief.read()


def test_a_grant_changed_after_it_was_signed_is_nobodys(world: World) -> None:
    content = world.server.grants[PATH][0]
    widened = enveloped(world.grant(previous=b"", version=1, readers=(world.reader("thief"),)))
    signatures = grants.require(content, world.trusted).envelope.signatures
    world.server.grants[PATH] = [replace(widened, signatures=signatures).written()]
    with pytest.raises(ThresholdError):
        world.one.mint(PATH, {"password": "one"})


def test_a_person_is_never_a_reader_whoever_signed_it(world: World) -> None:
    person = world.grant().writers[0]
    world.granted(world.grant(readers=(person,)))
    with pytest.raises(GrantError, match="no person"):
        world.one.mint(PATH, {"password": "one"})


def test_a_custodian_in_a_root_that_approvers_did_not_sign_is_none(world: World) -> None:
    thief = Custodian("thief", SoftwareSigner(bytes(range(32))).public, OpeningKey(bytes(range(32))).public)
    zone = Zone("eu", (*world.root.zones[0].custodians, thief))
    world.server.roots.append(world.next_root(by=("ada",), zones=(zone,)))
    with pytest.raises(ThresholdError):
        world.one.mint(PATH, {"password": "one"})
    agent = world.agent()
    with pytest.raises(ThresholdError):
        roots.chain(world.server.roots, world.pin)
    assert agent.trusted.root.version == 1


def test_a_version_by_a_custodian_that_the_root_does_not_name_for_the_zone(world: World) -> None:
    agent = world.agent()
    honest = world.one.mint(PATH, {"password": "one"})
    thief = SoftwareSigner(bytes(range(32)))
    for name, error in (("thief", UnknownCustodianError), ("keeper-1", SignatureError)):
        header = replace(honest.document.header, custodian=name, number=2, previous=honest.digest)
        sealed = sealing.seal_version(header, {"password": "mine"}, thief, world.chance)
        world.server.versions[PATH].append(sealed.envelope.written())
        with pytest.raises(error):
            agent.read()


def test_a_binding_makes_nobody_a_custodian(world: World) -> None:
    """A workload that is bound, and signs what a custodian would: nobody takes it."""
    agent = world.agent()
    honest = world.one.mint(PATH, {"password": "one"})
    header = replace(honest.document.header, number=2, previous=honest.digest)
    sealed = sealing.seal_version(header, {"password": "mine"}, agent.signer, world.chance)
    world.server.versions[PATH].append(sealed.envelope.written())
    with pytest.raises(SignatureError):
        world.agent(pod="pod-2").read()


def test_a_second_binding_of_a_zone_key_is_no_custodians(world: World) -> None:
    """The server re-uses a custodian's sealing key in a root of its own making: another root is another world."""
    other = World()
    foreign = other.server.grants[PATH][0]
    world.server.grants[PATH] = [foreign]
    if other.trusted.id == world.trusted.id:  # same seeds: make them differ
        other.root = replace(other.root, organisation="Other")
        envelope = roots.enveloped(other.root, "ordinary").cosigned(other.people["ada"]).cosigned(other.people["bob"])
        other.trusted = roots.chain([envelope.written()], roots.Pin(envelope.digest))
        other.server.grants = {}
        world.server.grants[PATH] = [other.granted(other.grant())]
    with pytest.raises(ForeignRootError):
        world.one.mint(PATH, {"password": "one"})


def test_a_wrap_made_by_somebody_who_lacks_the_data_key_opens_to_nothing_that_counts(world: World) -> None:
    agent = world.agent()
    honest = world.one.mint(PATH, {"password": "one"})
    guess = sealing.wrap(
        bytes(32), honest.document.header, honest.digest, sealing.Recipient("keeper-2", agent.key.public)
    )
    world.server.wraps[honest.digest, agent.key.public.key_id] = b"{}"
    assert guess.wrapped != b""
    with pytest.raises(UnopenedError):
        agent.key.open(guess.wrapped[::-1], b"")


def test_one_key_in_two_roles_is_no_root(world: World) -> None:
    ledger = world.root.ledgers[0]
    keeper = replace(world.root.zones[0].custodians[0], signing=ledger.key)
    with pytest.raises(RootError, match="twice"):
        roots.enveloped(replace(world.root, zones=(Zone("eu", (keeper,)),)), "ordinary")


def test_an_unknown_issuers_workload_is_no_workload(world: World) -> None:
    agent = world.agent()
    agent.evidence = replace(agent.evidence, issuer="https://attacker.example")
    with pytest.raises(Exception, match="does not name the issuer"):
        bindings.require(agent.bind(), world.trusted, {}, world.wall)
