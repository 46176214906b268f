"""T-51: wraps, ciphertexts and versions are moved: to another secret, version, recipient or header."""

from dataclasses import replace

import pytest
from tests.vault.world import PATH, World

from wardline.vault.protocol import encoding, plaintext
from wardline.vault.protocol.envelope import Envelope, enveloped, read_envelope, unverified
from wardline.vault.protocol.errors import (
    CommitmentError,
    ContextError,
    GrantError,
    MalformedError,
    SignatureError,
    StaleError,
    UnopenedError,
    WrongKindError,
)
from wardline.vault.protocol.model.version import Version, Wrap
from wardline.vault.protocol.sealing import Recipient, wrap

OTHER = "db/payments"


@pytest.fixture
def world() -> World:
    """Two secrets with the same reader and custodian."""
    world = World()
    world.granted(world.grant(OTHER))
    return world


def test_a_wrap_of_another_secret(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    world.one.mint(OTHER, {"word": "other"})
    offer = agent.offered()
    with pytest.raises(ContextError):
        agent.read(offer=replace(offer, wrap=agent.offered(OTHER).wrap))


def test_a_wrap_of_another_version_or_for_somebody_else(world: World) -> None:
    agent, other = world.agent(), world.agent(pod="pod-2")
    world.one.mint(PATH, {"password": "one"})
    old = agent.offered().wrap
    world.one.mint(PATH, {"password": "two"})
    for swapped in (old, other.offered().wrap):
        with pytest.raises(ContextError):
            agent.read(offer=replace(agent.offered(), wrap=swapped))


def test_a_wrap_that_says_it_is_for_here_does_not_open(world: World) -> None:
    """Every part of the context is bound: whatever is edited to fit, HPKE's info is another."""
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    old = encoding.read(Wrap, agent.offered().wrap, "")
    world.one.mint(PATH, {"password": "two"})
    new = encoding.read(Wrap, agent.offered().wrap, "")
    edited = replace(new, wrapped=old.wrapped)
    with pytest.raises(UnopenedError):
        agent.read(offer=replace(agent.offered(), wrap=encoding.canonical(edited)))


def test_a_secret_is_served_under_another_path(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    world.one.mint(OTHER, {"word": "other"})
    payments = agent.offered(OTHER)
    with pytest.raises(GrantError, match="asked for"):
        agent.read(offer=payments)
    with pytest.raises(StaleError, match="asked for"):
        agent.read(offer=replace(payments, grant=agent.offered().grant))


def test_a_header_edited_to_fit_is_not_signed(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    world.one.mint(OTHER, {"word": "other"})
    payments = read_envelope(agent.offered(OTHER).version)
    version = unverified(Version, payments.written(), world.trusted.id).document
    moved = replace(version, header=replace(version.header, path=PATH))
    forged = Envelope("version", encoding.canonical(moved), payments.signatures).written()
    with pytest.raises(SignatureError):
        agent.read(offer=replace(agent.offered(), version=forged))


def test_two_keys_for_one_ciphertext_are_told_apart_by_the_commitment(world: World) -> None:
    """AES-GCM commits to no key: a custodian that seals to each reader another key is found out by the header."""
    agent = world.agent()
    made = world.one.mint(PATH, {"password": "one"})
    other = wrap(bytes(32), made.document.header, made.digest, Recipient("workload:orders", agent.key.public))
    with pytest.raises(CommitmentError):
        agent.read(offer=replace(agent.offered(), wrap=encoding.canonical(other)))
    assert plaintext.commitment(bytes(32), made.document.header) != made.document.header.commitment


def test_a_ciphertext_under_another_header_does_not_open(world: World) -> None:
    """Signed by the custodian itself, in error or under duress: header and ciphertext belong together all the same."""
    agent = world.agent()
    made = world.one.mint(PATH, {"password": "one"}).document
    later = replace(made.header, issued=made.header.issued.replace(minute=1))
    version = replace(made, header=later)
    envelope = enveloped(version, world.one.signer)
    from wardline.vault.protocol import opening

    mine = encoding.read(Wrap, agent.offered().wrap, "")
    with pytest.raises(ContextError):
        opening.open_wrap(mine, later, envelope.digest, ("workload:orders",), agent.key)
    key = opening.open_wrap(mine, made.header, mine.version, ("workload:orders",), agent.key)
    with pytest.raises(UnopenedError):
        opening.open_version(version, key)


def test_a_document_of_one_kind_in_the_place_of_another(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    offer = agent.offered()
    with pytest.raises(WrongKindError):
        agent.read(offer=replace(offer, grant=offer.version))
    with pytest.raises(WrongKindError):
        agent.read(offer=replace(offer, freshness=offer.grant))
    relabelled = replace(read_envelope(offer.version), kind="grant").written()
    with pytest.raises(MalformedError):
        agent.read(offer=replace(offer, grant=relabelled))
