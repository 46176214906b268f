"""Grants: who signed, what none may say, what follows from what, and what is taken away."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.vault.issuer import GITHUB, KUBERNETES
from tests.vault.protocol.documents import filled
from tests.vault.protocol.refusing import alone, refused
from tests.vault.world import PATH, START, World

from wardline.vault.protocol import grants
from wardline.vault.protocol.envelope import Read, enveloped, read_envelope
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.model.grant import Claim, Endpoint, Grant, Subject
from wardline.vault.protocol.model.root import TrustDomain
from wardline.vault.protocol.model.statement import Revoked

FIX = "GitHub: repository_id"


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    root = replace(made.root, trust_domains=(TrustDomain("shop.example", (filled("authority", 64),)),))
    made.trusted = replace(made.trusted, root=root)
    return made


def first(world: World, **changes: Any) -> Grant:
    return replace(grants.require(world.server.grants[PATH][0], world.trusted).document, **changes)


def signed(world: World, grant: Grant, by: tuple[str, ...] = ("ada", "bob")) -> bytes:
    return enveloped(grant, *(world.people[name] for name in by)).written()


def read(world: World, grant: Grant) -> Read[Grant]:
    return Read(grant, read_envelope(signed(world, grant)))


def line(world: World, count: int, **changes: Any) -> list[Read[Grant]]:
    """Return so many grants, each of which follows from the one before."""
    made = [read(world, first(world, **changes))]
    while len(made) < count:
        last = made[-1]
        made.append(read(world, replace(last.document, version=last.document.version + 1, previous=last.digest)))
    return made


def subject(issuer: str, **claims: str) -> Subject:
    return Subject("workload:orders", issuer, tuple(Claim(name, claims[name]) for name in sorted(claims)), 1, 1)


def test_a_grant_takes_two_people_besides_the_one_who_asked(world: World) -> None:
    assert grants.require(signed(world, first(world)), world.trusted).document.requester == "cleo"
    for by in (("ada",), ("ada", "cleo")):
        with refused("vault-threshold", "1 of the 2 people other than cleo", hint="grant approve"):
            grants.require(signed(world, first(world), by), world.trusted)


def test_under_a_solo_root_the_one_person_approves_what_they_asked_for(world: World) -> None:
    trusted = alone(world)
    mine = first(world, root=trusted.id, requester="ada")
    assert grants.require(signed(world, mine, ("ada",)), trusted).document == mine


def test_a_grant_that_is_not_sound_is_refused_whoever_signed_it(world: World) -> None:
    with refused("vault-grant", "ends before it begins"):
        grants.require(signed(world, first(world, expires=START)), world.trusted)


@pytest.mark.parametrize(
    ("code", "words", "changes"),
    [
        ("vault-custodian", "in zone us", {"zone": "us"}),
        ("vault-grant", "ends before", {"expires": START}),
        ("vault-grant", "unless it is the first", {"version": 2}),
        ("vault-grant", "unless it is the first", {"previous": filled("one")}),
        ("vault-grant", "exec rotator", {"rotator": filled("program")}),
        ("vault-grant", "exec rotator", {"strategy": "exec", "targets": (Endpoint("db", 1, ""),)}),
        ("vault-grant", "maximum age", {"rotate_every_seconds": 86_401}),
        ("vault-grant", "names targets", {"strategy": "postgresql"}),
        ("vault-grant", "names targets", {"targets": (Endpoint("db", 1, ""),)}),
        ("vault-grant", "no person is a reader", {"readers": (subject("root", approver="ada"),)}),
    ],
)
def test_no_grant_says_this(world: World, code: str, words: str, changes: dict[str, Any]) -> None:
    with refused(code, words):
        grants.require_sound(first(world, **changes), world.trusted)


PINNED = [
    subject(KUBERNETES, sub="system:serviceaccount:shop:orders"),
    subject(GITHUB, repository_id="4711", ref="refs/heads/main"),
    subject(GITHUB, repository_id="4711", environment="production"),
    subject(GITHUB, repository_id="4711", job_workflow_ref="a"),
    subject(GITHUB, repository_id="4711", workflow_ref="a"),
    subject("spiffe://shop.example", sub="spiffe://shop.example/orders"),
    subject("join", name="orders"),
]
UNPINNED = [
    subject(KUBERNETES, namespace="shop"),
    subject(GITHUB, repository_id="4711"),
    subject(GITHUB, repository="shop/orders", ref="refs/heads/main"),
    subject("spiffe://shop.example", sub="spiffe://shop.example"),
    subject("spiffe://shop.example", sub="spiffe://shop.example.evil/orders"),
    subject("spiffe://shop.example", sub="spiffe://shop.example/orders", more="1"),
    subject("spiffe://shop.example", name="orders"),
    subject("spiffe://other.example", sub="spiffe://other.example/orders"),
    subject("join", name="orders", more="1"),
    subject("join", sub="orders"),
]


@pytest.mark.parametrize("one", PINNED, ids=str)
def test_a_subject_that_is_one_workload_is_granted(world: World, one: Subject) -> None:
    for member in ("readers", "writers"):
        grant = first(world, **{member: (one,)})
        assert grants.require(signed(world, grant), world.trusted).document == grant


@pytest.mark.parametrize("one", UNPINNED, ids=str)
@pytest.mark.parametrize("member", ["readers", "writers"])
def test_a_subject_that_could_be_more_is_refused(world: World, one: Subject, member: str) -> None:
    with refused("vault-grant", "not pinned to one workload", hint=FIX):
        grants.require_sound(first(world, **{member: (one,)}), world.trusted)


def test_a_person_writes_by_the_name_that_the_root_has_for_them(world: World) -> None:
    grants.require_sound(first(world, writers=(subject("root", approver="ada"),)), world.trusted)
    with refused("vault-grant", "not pinned", hint=FIX):
        grants.require_sound(first(world, writers=(subject("root", name="ada"),)), world.trusted)


def test_an_issuer_that_the_root_does_not_name_grants_nothing(world: World) -> None:
    with refused("vault-grant", "does not know the issuer of workload:orders"):
        grants.require_sound(first(world, readers=(subject("https://a.example", sub="orders"),)), world.trusted)


def test_an_identity_fits_where_issuer_and_every_claim_are_the_same() -> None:
    mine = Identity(KUBERNETES, (("namespace", "shop"), ("sub", "orders")))
    assert mine.fits(subject(KUBERNETES, sub="orders"))
    assert mine.fits(subject(KUBERNETES, namespace="shop", sub="orders"))
    assert not mine.fits(subject(GITHUB, sub="orders"))
    assert not mine.fits(subject(KUBERNETES, sub="orders", pod="1"))
    assert not mine.fits(subject(KUBERNETES, namespace="other", sub="orders"))
    subjects = (subject(KUBERNETES, sub="orders"), subject(GITHUB, sub="orders"))
    assert grants.entitled(subjects, mine, "reader") == subjects[:1]
    with refused("vault-not-granted", "does not name this workload as a writer"):
        grants.entitled(subjects[1:], mine, "writer")


def test_the_last_of_a_line_is_taken_and_what_is_before_the_known_one_is_passed_over(world: World) -> None:
    made = line(world, 4)
    assert grants.follow(None, b"", made) == made[3]
    assert grants.follow(made[1].document, made[1].digest, made) == made[3]
    assert grants.follow(made[1].document, made[1].digest, made[2:]) == made[3]
    assert grants.follow(made[3].document, made[3].digest, made) == made[3]
    assert grants.follow(made[3].document, made[3].digest, []) is None


def test_a_grant_that_does_not_follow_is_refused(world: World) -> None:
    made = line(world, 4)
    with refused("vault-grant", "grant 3 for db/orders does not follow from 1"):
        grants.follow(made[0].document, made[0].digest, made[2:])
    with refused("vault-grant", "grant 2 for db/orders does not follow from 0"):
        grants.follow(None, b"", made[1:])
    other = read(world, replace(made[1].document, previous=filled("another")))
    with refused("vault-grant", "grant 2 for db/orders does not follow from 1"):
        grants.follow(made[0].document, made[0].digest, [other])


def test_two_grants_of_one_version_are_a_fork(world: World) -> None:
    made = line(world, 2)
    other = read(world, replace(made[1].document, grace_seconds=1))
    for shown in ([other], [made[1], other]):
        with refused("vault-equivocation", "two grants of version 2"):
            grants.follow(made[1].document, made[1].digest, shown)
    with refused("vault-equivocation", "two grants of version 2"):
        grants.follow(None, b"", [*made, other])


def test_grants_of_two_paths_are_no_line(world: World) -> None:
    mine, other = line(world, 1)[0], line(world, 1, path="other/path")[0]
    with refused("vault-grant", "a grant for other/path, among those for db/orders"):
        grants.follow(mine.document, mine.digest, [other])
    with refused("vault-grant", "among those for db/orders"):
        grants.follow(None, b"", [mine, other])


def test_only_older_grants_are_a_roll_back(world: World) -> None:
    made = line(world, 3)
    with refused("vault-rolled-back", "as new as 3"):
        grants.follow(made[2].document, made[2].digest, made[:2])


def test_a_grant_ends_when_it_says(world: World) -> None:
    grant = first(world, expires=START + timedelta(days=1))
    grants.require_unexpired(grant, grant.expires - timedelta(milliseconds=1))
    with refused("vault-grant-expired", "ended on 2026-03-03", hint="two approvers renew it"):
        grants.require_unexpired(grant, grant.expires)


@pytest.mark.parametrize("taken", [Revoked(PATH, "workload:orders", 2), Revoked(PATH, "", 2)])
def test_who_was_taken_off_stays_off_until_a_newer_grant_gives_it_again(world: World, taken: Revoked) -> None:
    def giving(version: int, given: int) -> Grant:
        return first(world, version=version, readers=(world.reader(given=given),), writers=())

    for version, given in ((1, 1), (2, 2), (3, 2), (9, 1)):  # a later grant that repeats what was given gives nothing
        with refused("vault-revoked", "workload:orders was taken off db/orders", hint="grant request"):
            grants.require_kept(giving(version, given), "workload:orders", (taken,))
    for version, given in ((3, 3), (9, 3)):
        grants.require_kept(giving(version, given), "workload:orders", (taken,))
    grants.require_kept(first(world, path="other/path"), "workload:orders", (taken,))
    if taken.name:
        grants.require_kept(first(world), "workload:reports", (taken,))


def test_a_grant_repeats_nothing_that_is_not_given_yet(world: World) -> None:
    with refused("vault-grant", "repeats what a later one gives"):
        grants.require_sound(first(world, readers=(world.reader(given=2),)), world.trusted)


def test_one_approver_revokes_and_nobody_else(world: World) -> None:
    said = grants.require_revocation(world.revocation(), world.trusted).document
    assert grants.revoked_by(said) == Revoked(PATH, "workload:orders", 1)
    with refused("vault-threshold", "0 of the 1", hint="sign it"):
        grants.require_revocation(world.revocation(by=()), world.trusted)


def test_revocations_are_put_together_at_their_highest() -> None:
    one, higher, other = Revoked("b", "x", 1), Revoked("b", "x", 3), Revoked("a", "", 2)
    assert grants.merged([one], [higher, other]) == grants.merged([higher], [other, one]) == (other, higher)
    assert grants.merged() == ()


def test_who_has_not_acknowledged_is_told(world: World) -> None:
    digest = filled("revocation")

    def said(name: str, zone: str = "eu", about: bytes = digest, key: str = "") -> bytes:
        signer = world.custodians[key or name].signer
        return grants.acknowledge(about, zone, name, world.trusted.id, START, signer).written()

    one, two = said("keeper-1"), said("keeper-2")
    assert grants.acknowledged_by(digest, "eu", [], world.trusted) == ("keeper-1", "keeper-2")
    assert grants.acknowledged_by(digest, "eu", [two], world.trusted) == ("keeper-1",)
    assert grants.acknowledged_by(digest, "eu", [two, one, one], world.trusted) == ()
    for wrong in (said("keeper-1", "us"), said("keeper-1", about=filled("another"))):
        with refused("vault-revocation", "acknowledges another document"):
            grants.acknowledged_by(digest, "eu", [wrong], world.trusted)
    with refused("vault-signature", "not signed by keeper-1"):
        grants.acknowledged_by(digest, "eu", [said("keeper-1", key="keeper-2")], world.trusted)


def test_an_epoch_takes_two_people_and_follows_from_the_one_before(world: World) -> None:
    content = world.epoch(2)
    raised = grants.require_epoch(content, world.trusted, known=1, known_digest=b"")
    assert (raised.document.epoch, grants.epoch_of(content, world.trusted)) == (2, 2)
    assert grants.require_epoch(content, world.trusted, known=2, known_digest=raised.digest) == raised
    third = world.epoch(3, raised.digest)
    assert grants.require_epoch(third, world.trusted, known=2, known_digest=raised.digest).document.epoch == 3
    with refused("vault-threshold", "1 of the 2", hint="sign it"):
        grants.require_epoch(world.epoch(2, by=("ada",)), world.trusted, known=1, known_digest=b"")
    with refused("vault-equivocation", "two epochs 2"):
        grants.require_epoch(world.epoch(2), world.trusted, known=2, known_digest=filled("another"))
    for wrong in (world.epoch(4, raised.digest), world.epoch(3, filled("another")), world.epoch(3)):
        with refused("vault-epoch", "does not follow from epoch 2"):
            grants.require_epoch(wrong, world.trusted, known=2, known_digest=raised.digest)


def test_what_an_approver_is_asked_is_what_differs_and_nothing_else(world: World) -> None:
    before = first(world)
    assert grants.changes(before, before) == ()
    more = replace(before.readers[0], name="workload:reports", instances=2)
    after = replace(before, readers=(*before.readers, more), writers=before.writers[1:], grace_seconds=60)
    assert grants.changes(before, after) == (
        "+ readers: workload:reports, up to 2, given by 1: sub=system:serviceaccount:shop:orders of https://kubernetes.example/cluster-1",
        "- writers: person:ada, up to 1, given by 1: approver=ada of root",
        "- grace_seconds: 3600",
        "+ grace_seconds: 60",
    )
    new = grants.changes(None, before)
    assert all(one.startswith("+ ") for one in new)
    assert "+ previous: none" in new


def test_what_is_shown_to_an_approver_cannot_draw_on_their_screen(world: World) -> None:
    after = first(world, requester="cl\x1b[2Jeo\u202e")
    (shown,) = (one for one in grants.changes(None, after) if one.startswith("+ requester"))
    assert shown.isprintable()
