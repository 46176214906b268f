"""T-59: receipts or consumers are forged, so that a credential is retired while workloads still use it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.vault.world import PATH, AgentParty, World

from wardline.vault.protocol import receipts
from wardline.vault.protocol.accepting import Accepted
from wardline.vault.protocol.admitting import Consumer
from wardline.vault.protocol.envelope import Envelope
from wardline.vault.protocol.errors import ReceiptError
from wardline.vault.protocol.receipts import Publication, retirement

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    return World()


def delivered(world: World) -> tuple[AgentParty, Accepted, tuple[Consumer, ...]]:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    accepted = agent.read()
    return agent, accepted, world.one.consumers[accepted.version]


def test_a_receipt_counts_from_whom_this_custodian_sealed_to(world: World) -> None:
    agent, accepted, consumers = delivered(world)
    read, consumer = receipts.require(
        agent.receipt(accepted), world.trusted, accepted.header, accepted.version, consumers, world.wall
    )
    assert (read.document.delivered, consumer.bound.signing) == ("read", agent.signer.public)


def test_a_receipt_by_anybody_else_counts_for_nobody(world: World) -> None:
    agent, accepted, consumers = delivered(world)
    stranger = world.agent("orders", "pod-9")  # granted, bound, and this version was never sealed to it
    unsigned = Envelope("receipt", b"{}").written()
    forged = [stranger.receipt(accepted), replace_reader(agent, accepted), unsigned]
    agent.signer = world.one.signer  # a custodian is no consumer
    forged.append(agent.receipt(accepted))
    for content in forged:
        with pytest.raises(Exception, match=r"nobody|cannot be read"):
            receipts.require(content, world.trusted, accepted.header, accepted.version, consumers, world.wall)


def replace_reader(agent: AgentParty, accepted: Accepted) -> bytes:
    return agent.receipt(replace(accepted, subject="workload:other"))


def test_a_receipt_for_another_version_or_time_is_none(world: World) -> None:
    agent, accepted, consumers = delivered(world)
    first = agent.receipt(accepted)
    world.one.mint(PATH, {"password": "two"})
    second = agent.read()
    with pytest.raises(ReceiptError, match="another version"):
        receipts.require(first, world.trusted, second.header, second.version, consumers, world.wall)
    with pytest.raises(ReceiptError, match="future"):
        receipts.require(first, world.trusted, accepted.header, accepted.version, consumers, world.wall - 2 * MINUTE)


def test_without_proof_of_publishing_nothing_is_retired(world: World) -> None:
    grant = world.grant()
    assert retirement(None, grant, world.wall + timedelta(days=9999)) == "wait"


def test_with_everybodys_receipts_two_credentials_overlap_still(world: World) -> None:
    agent, _, consumers = delivered(world)
    published = Publication(world.wall, consumers, {agent.signer.public})
    grant = world.grant()
    assert retirement(published, grant, world.wall + 5 * MINUTE - timedelta(seconds=1)) == "wait"
    assert retirement(published, grant, world.wall + 5 * MINUTE) == "retire"


def test_one_receipt_missing_waits_then_is_a_finding_then_is_the_maximum_age(world: World) -> None:
    _, _, consumers = delivered(world)
    longer = tuple(replace(one, bound=replace(one.bound, expires=world.wall + timedelta(days=2))) for one in consumers)
    published = Publication(world.wall, longer, set())
    grant = world.grant()  # overlap 5 min, freshness 10 min, grace 60 min, maximum age a day
    assert retirement(published, grant, world.wall + 69 * MINUTE) == "wait"
    assert retirement(published, grant, world.wall + 70 * MINUTE) == "overdue"
    assert retirement(published, grant, world.wall + timedelta(hours=23, minutes=59)) == "overdue"
    assert retirement(published, grant, world.wall + timedelta(days=1)) == "retire"


def test_a_consumer_whose_binding_was_let_run_out_may_still_use_what_it_kept(world: World) -> None:
    """The server keeps bindings from being renewed, so that nobody seems to be left: the grace is waited for."""
    _, _, consumers = delivered(world)
    published = Publication(world.wall, consumers, set())
    ended = world.wall + 61 * MINUTE
    assert all(one.bound.expires < ended for one in consumers)
    assert retirement(published, world.grant(), ended) == "wait"
    assert retirement(published, world.grant(), world.wall + 70 * MINUTE) == "retire"
