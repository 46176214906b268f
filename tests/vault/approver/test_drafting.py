"""What people draft is what they meant, and what they are shown is worked out from what they sign."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.vault.world import PATH, START, World

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.approver import drafting
from wardline.vault.approver.drafting import Plan, Terms
from wardline.vault.protocol import grants
from wardline.vault.protocol.envelope import enveloped
from wardline.vault.protocol.errors import RefusedError, ThresholdError
from wardline.vault.protocol.roots import chain


@pytest.fixture
def world() -> World:
    return World()


def terms(**values: object) -> Terms:
    return Terms("db/shop", "eu", "cleo", **values)  # type: ignore[arg-type]


def plan(world: World, threshold: int = 2) -> Plan:
    root = world.root
    return Plan(
        "Shop",
        [(one.name, one.key) for one in root.approvers],
        threshold,
        threshold,
        {zone.name: zone.custodians for zone in root.zones},
        root.ledgers[0],
    )


def test_a_ceremony_s_root_is_followed_once_enough_people_signed_it(world: World) -> None:
    draft, standing = drafting.first_root(plan(world), START, solo=False)
    assert standing == "ordinary"
    from wardline.vault.protocol.roots import Pin

    one = draft.cosigned(world.people["ada"])
    with pytest.raises(ThresholdError):
        chain([one.written()], Pin(draft.digest))
    assert chain([one.cosigned(world.people["bob"]).written()], Pin(draft.digest)).root.organisation == "Shop"


def test_nobody_drafts_a_root_that_one_person_could_change(world: World) -> None:
    with pytest.raises(AskedWronglyError, match="threshold below 2"):
        drafting.first_root(plan(world, threshold=1), START, solo=False)


def test_the_next_root_follows(world: World) -> None:
    draft = drafting.next_root(world.trusted, START, organisation="Renamed")
    signed = draft.cosigned(world.people["ada"]).cosigned(world.people["bob"])
    assert chain([*world.server.roots, signed.written()], world.pin).root.organisation == "Renamed"


def test_what_a_root_says_names_its_people_and_its_digest(world: World) -> None:
    draft, _ = drafting.first_root(plan(world), START, solo=False)
    said = "\n".join(drafting.root_said(draft))
    assert all(name in said for name in ("ada", "bob", "cleo", "keeper-1", "ordinary:"))


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("postgresql://me:word@host/shop", "holds a password"),
        ("postgresql://db.example/shop?owner=o", "db.example is another machine"),
        ("ftp://host/x", "nothing rotates ftp"),
        ("nonsense", "nothing rotates"),
        ("exec:///bin/true", "exec target"),
    ],
)
def test_a_target_that_cannot_be_one_is_refused(world: World, target: str, why: str) -> None:
    with pytest.raises(AskedWronglyError, match=why):
        drafting.first_grant(world.trusted, terms(target=target), START)


def test_a_grant_of_postgresql_names_where_and_how(world: World) -> None:
    target = "postgresql://keeper@/shop?host=/run/postgresql&owner=shop_owner"
    grant = drafting.first_grant(world.trusted, terms(target=target, rotate_every=timedelta(hours=1)), START)
    assert grant.strategy == "postgresql"
    assert {one.name: one.value for one in grant.settings} == {
        "database": "shop", "owner": "shop_owner", "user": "keeper"
    }  # fmt: skip
    assert [(one.host, one.port) for one in grant.targets] == [("/run/postgresql", 5432)]
    grants.require_sound(grant, world.trusted)


def test_the_approver_s_diff_names_the_new_reader_and_nothing_else_of_substance(world: World) -> None:
    before = world.server.grants[PATH][0]
    known = grants.require(before, world.trusted)
    after = drafting.with_reader(
        drafting.next_grant(known, "cleo", START), drafting.subject("workload:billing", "", [], 2)
    )
    proposed, lines = drafting.looked_at(drafting.drafted(after).written(), before, world.trusted)
    assert proposed.document == after
    assert [line for line in lines if "billing" in line] == [
        "+ readers: workload:billing, up to 2, given by 2: name=billing of join"
    ]
    assert not any("orders" in line for line in lines)


def test_only_what_is_asked_for_is_given_again(world: World) -> None:
    """What was taken off meanwhile is repeated as it was given, which gives nothing back."""
    known = grants.require(world.server.grants[PATH][0], world.trusted)
    there = known.document.readers
    asked = [replace(there[0], given=1), drafting.subject("workload:billing", "", [])]
    repeated = drafting.with_readers(drafting.next_grant(known, "cleo", START), asked)
    assert {one.name: one.given for one in repeated.readers} == {there[0].name: 1, "workload:billing": 2}
    again = drafting.with_reader(repeated, there[0])
    assert {one.name: one.given for one in again.readers} == {there[0].name: 2, "workload:billing": 2}


def test_a_grant_that_does_not_follow_is_not_shown_for_signing(world: World) -> None:
    before = world.server.grants[PATH][0]
    for wrong in (replace(world.grant(), version=3), replace(world.grant(), previous=b"\1" * 32)):
        with pytest.raises(AskedWronglyError, match="does not follow"):
            drafting.looked_at(enveloped(wrong).written(), before, world.trusted)


def test_a_grant_that_was_swapped_for_an_unsigned_one_is_no_ground_for_a_diff(world: World) -> None:
    forged = enveloped(world.grant()).written()
    with pytest.raises(RefusedError):
        drafting.looked_at(enveloped(world.grant()).written(), forged, world.trusted)


def test_custodians_lines_come_back(world: World) -> None:
    custodian = world.root.zones[0].custodians[0]
    assert drafting.read_custodian(drafting.custodian_line(custodian)) == custodian
    for line in ("", "a:b", "a:b:c:d:e", "keeper:AAAA:MLKEM768-X25519:!"):
        with pytest.raises(AskedWronglyError):
            drafting.read_custodian(line)


def test_claims_are_names_and_values() -> None:
    with pytest.raises(AskedWronglyError, match="NAME=VALUE"):
        drafting.subject("workload:x", "https://issuer.example", ["sub"])
    with pytest.raises(AskedWronglyError, match="NAME=VALUE"):
        drafting.subject("workload:x", "https://issuer.example", [])


def test_an_issuer_pins_keys_or_names_where_they_are() -> None:
    assert drafting.issuer("oidc", "https://i.example", "https://i.example/jwks").jwks_uri == "https://i.example/jwks"
    pinned = drafting.issuer("oidc", "https://i.example", '{"keys": [{"kty": "EC"}]}')
    assert [one.jwk for one in pinned.keys] == ['{"kty":"EC"}']
    with pytest.raises(AskedWronglyError, match="no JWK set"):
        drafting.issuer("oidc", "https://i.example", "[]")
