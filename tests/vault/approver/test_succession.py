"""The next root, as people draft it and look at it."""

from dataclasses import replace

import pytest
from tests.vault.world import PATH, START, World

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.approver import drafting, succession
from wardline.vault.approver.succession import Amendment
from wardline.vault.protocol import encoding, grants, roots
from wardline.vault.protocol.envelope import Envelope, read_envelope
from wardline.vault.protocol.errors import ThresholdError
from wardline.vault.protocol.keys import SoftwareSigner
from wardline.vault.protocol.model.root import Root


@pytest.fixture
def world() -> World:
    return World()


def root_of(envelope: Envelope) -> Root:
    return encoding.read(Root, envelope.payload, "a root")


def dan(world: World) -> SoftwareSigner:
    world.people["dan"] = SoftwareSigner(world.chance(32))
    return world.people["dan"]


def test_what_stood_by_the_signature_of_who_leaves_stands_on(world: World) -> None:
    standing = [*world.server.grants[PATH], world.revocation(by=("bob",)), world.epoch()]
    asked = Amendment(approvers=[("dan", dan(world).public)], without_approvers=["bob"])
    made = succession.amended(world.trusted, asked, standing, START)
    assert set(root_of(made).upheld) == {read_envelope(one).digest for one in standing}
    signed = made.cosigned(world.people["ada"]).cosigned(world.people["cleo"])
    after = roots.follow(world.trusted, signed.written())
    assert grants.require(standing[0], after).document.path == PATH
    grants.require_revocation(standing[1], after)
    grants.require_epoch(standing[2], after, known=1, known_digest=b"")
    with pytest.raises(ThresholdError):
        grants.require(standing[0], replace(after, root=replace(after.root, upheld=())))
    again = succession.amended(after, Amendment(grant_threshold=3), standing, START)
    assert set(root_of(again).upheld) == {read_envelope(one).digest for one in standing[:1]} | {
        read_envelope(one).digest for one in standing[1:]
    }  # what is upheld once is upheld on


def test_nothing_is_upheld_that_holds_without(world: World) -> None:
    made = succession.amended(world.trusted, Amendment(without_approvers=["cleo"]), world.server.grants[PATH], START)
    assert root_of(made).upheld == ()


def test_whoever_signs_sees_what_changes_and_what_is_upheld(world: World) -> None:
    standing = list(world.server.grants[PATH])
    asked = Amendment(
        approvers=[("dan", dan(world).public)], without_approvers=["bob"], without_custodians=["keeper-1"]
    )
    made = succession.amended(world.trusted, asked, standing, START)
    envelope, lines = succession.looked_at(made.written(), world.trusted, standing)
    assert envelope == made
    assert [line.rsplit(":", 1)[0] for line in lines if "approver" in line] == ["- approver: bob", "+ approver: dan"]
    assert any(line.startswith("- custodian in eu: keeper-1:") for line in lines)
    assert lines[-1] == "+ upholds grant 1 of db/orders"


def test_a_root_that_upholds_what_was_never_approved_is_not_shown_for_signing(world: World) -> None:
    """A drafter and the server agree: a grant that one person signed would hold for ever."""
    sneaked = grants.enveloped(world.grant(readers=(world.reader("mallory"),)), world.people["bob"])
    root = replace(
        world.trusted.root, root=world.trusted.id, version=2, previous=world.trusted.digest, upheld=(sneaked.digest,)
    )
    made = roots.enveloped(root, "ordinary").written()
    for shown in ([], [sneaked.written()]):
        with pytest.raises(AskedWronglyError, match="upholds a document that was not approved"):
            succession.looked_at(made, world.trusted, shown)


def test_a_root_that_does_not_follow_is_not_shown_for_signing(world: World) -> None:
    with pytest.raises(AskedWronglyError, match="does not follow"):
        succession.looked_at(world.server.roots[0], world.trusted, [])


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (Amendment(without_approvers=["eve"]), "names no approver eve"),
        (Amendment(without_custodians=["keeper-9"]), "names no custodian keeper-9"),
        (Amendment(without_issuers=["https://nowhere.example"]), "names no issuer"),
        (Amendment(without_trust_domains=["shop.example"]), "names no trust domain"),
        (Amendment(threshold=1), "below 2"),
        (Amendment(threshold=4), "beyond the number"),
    ],
)
def test_what_cannot_be_is_said_before_anybody_is_asked(world: World, asked: Amendment, why: str) -> None:
    with pytest.raises(AskedWronglyError, match=why):
        succession.amended(world.trusted, asked, [], START)


def test_what_falls_with_its_zone_is_named(world: World) -> None:
    asked = Amendment(without_custodians=["keeper-1", "keeper-2"])
    made = succession.amended(world.trusted, asked, world.server.grants[PATH], START)
    assert succession.fallen(world.trusted, root_of(made), world.server.grants[PATH]) == ("grant 1 of db/orders",)


def test_the_ledgers_new_key_comes_in_beside_the_old(world: World) -> None:
    ledger = replace(world.trusted.root.ledgers[0], key=SoftwareSigner(world.chance(32)).public)
    made = succession.amended(world.trusted, Amendment(ledger=ledger), [], START)
    assert set(root_of(made).ledgers) == {*world.trusted.root.ledgers, ledger}


def test_a_grant_is_renewed_as_it_is(world: World) -> None:
    before = grants.require(world.server.grants[PATH][0], world.trusted)
    after = drafting.next_grant(before, "cleo", START)
    kept = replace(after, version=1, previous=b"", issued=before.document.issued, expires=before.document.expires)
    assert kept == before.document
