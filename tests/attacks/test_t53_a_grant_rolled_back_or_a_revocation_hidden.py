"""T-53: a wider grant of yesterday is served again, or a revocation does not reach who should hear of it."""

import pytest
from tests.vault.world import PATH, World

from wardline.vault.protocol import grants
from wardline.vault.protocol.errors import (
    EquivocationError,
    ExpiredGrantError,
    GrantError,
    OldVersionError,
    RevocationError,
    RevokedError,
    SignatureError,
    StaleError,
    ThresholdError,
)


@pytest.fixture
def world() -> World:
    world = World()
    world.granted(world.grant(readers=(world.reader("orders"), world.reader("reports"))))
    return world


def test_a_custodian_that_followed_the_narrower_grant_refuses_the_wider(world: World) -> None:
    world.granted(world.grant(readers=(world.reader("orders"),)))
    reports = world.agent("reports")
    world.one.mint(PATH, {"password": "one"})
    world.server.grants[PATH].pop()
    with pytest.raises(OldVersionError):
        world.one.mint(PATH, {"password": "two"})
    assert (world.one.floor(PATH).version, reports.key.public.key_id) not in world.server.wraps


def test_an_agent_refuses_a_grant_other_than_the_one_vouched_for(world: World) -> None:
    agent = world.agent("reports")
    world.one.mint(PATH, {"password": "one"})
    wide = world.server.grants[PATH][-1]
    world.granted(world.grant(readers=(world.reader("orders"),)))
    world.one.follow()
    world.one.state()
    world.server.grants[PATH].append(wide)
    with pytest.raises(StaleError):
        agent.read()


def test_two_grants_of_one_version_are_refused(world: World) -> None:
    world.one.follow()
    fork = world.grant()
    world.granted(fork)
    world.one.follow()
    world.server.grants[PATH].pop()
    world.granted(world.grant(grace_seconds=1))
    with pytest.raises(EquivocationError):
        world.one.follow()


def test_a_grant_that_skips_or_names_another_before_it_does_not_follow(world: World) -> None:
    world.one.follow()
    for changes in ({"version": 9}, {"previous": bytes(32)}):
        world.granted(world.grant(**changes))
        with pytest.raises(GrantError, match="does not follow"):
            world.one.follow()
        world.server.grants[PATH].pop()


def test_a_revocation_needs_one_approver_and_holds_whatever_the_server_says(world: World) -> None:
    world.agent("reports")
    world.agent("orders")
    content = world.revocation("workload:reports")
    world.one.follow()
    world.one.revoke(content)  # by the custodian's own socket: the server never shows it
    world.one.mint(PATH, {"password": "one"})
    assert [one.name for one in world.one.consumers[world.one.floor(PATH).version]] == ["workload:orders"]
    assert "RevokedError" in world.one.findings


def test_a_revocation_that_no_approver_signed_takes_nothing(world: World) -> None:
    with pytest.raises(ThresholdError):
        world.one.revoke(world.revocation(by=()))


def test_the_revoked_refuse_their_own_reading_as_soon_as_a_statement_says_so(world: World) -> None:
    agent = world.agent("reports")
    world.one.mint(PATH, {"password": "one"})
    agent.read()
    world.one.revoke(world.revocation("workload:reports"))
    world.one.state()
    with pytest.raises(RevokedError):
        agent.read()


def test_success_is_every_custodians_word_and_nobody_elses(world: World) -> None:
    content = world.revocation("workload:reports")
    digest = grants.require_revocation(content, world.trusted).digest
    acknowledged = world.one.revoke(content)
    assert grants.acknowledged_by(digest, "eu", [acknowledged], world.trusted) == ("keeper-2",)
    assert grants.acknowledged_by(digest, "eu", [acknowledged, world.two.revoke(content)], world.trusted) == ()
    forged = grants.acknowledge(digest, "eu", "keeper-2", world.trusted.id, world.wall, world.one.signer).written()
    with pytest.raises(SignatureError):
        grants.acknowledged_by(digest, "eu", [acknowledged, forged], world.trusted)
    with pytest.raises(RevocationError):
        grants.acknowledged_by(bytes(32), "eu", [acknowledged], world.trusted)


def test_a_custodian_that_did_not_hear_learns_it_from_its_peers_statement(world: World) -> None:
    world.agent("reports")
    world.one.mint(PATH, {"password": "one"})
    world.one.revoke(world.revocation("workload:reports"))
    world.two.follow()
    world.two.take_peer(world.one.state())
    world.two.mint(PATH, {"password": "two"})
    assert world.two.consumers[world.two.floor(PATH).version] == ()


def test_a_later_grant_that_repeats_a_revoked_reader_gives_nothing_back(world: World) -> None:
    """A server hides the revocation from whoever drafts the next grant, and approvers see only what is added to it."""
    world.agent("reports")
    world.one.revoke(world.revocation("workload:reports"))
    before = world.grant()
    world.granted(world.grant(readers=(world.reader("billing", given=before.version), *before.readers)))
    world.one.mint(PATH, {"password": "one"})
    assert world.one.consumers[world.one.floor(PATH).version] == ()
    assert "RevokedError" in world.one.findings


def test_only_a_grant_that_gives_again_gives_back_and_an_old_revocation_does_not_take_it_again(world: World) -> None:
    world.agent("reports")
    content = world.revocation("workload:reports")
    world.one.revoke(content)
    again = world.grant().version
    world.granted(world.grant(readers=(world.reader("orders"), world.reader("reports", given=again))))
    world.server.revocations.append(content)
    world.one.mint(PATH, {"password": "one"})
    assert len(world.one.consumers[world.one.floor(PATH).version]) == 1


def test_an_ended_grant_gives_nobody_anything(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    world.pass_time(days=365)
    with pytest.raises(ExpiredGrantError):
        agent.read()
    with pytest.raises(ExpiredGrantError):
        world.one.mint(PATH, {"password": "two"})
