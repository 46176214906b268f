"""Bindings: a workload's keys for an hour, on evidence that covers exactly them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.vault.certificates import Authority
from tests.vault.issuer import KUBERNETES
from tests.vault.protocol.documents import filled, opening_key, signer
from tests.vault.protocol.refusing import refused
from tests.vault.world import START, World

from wardline.vault.protocol import bindings, encoding
from wardline.vault.protocol.bindings import Bound
from wardline.vault.protocol.envelope import enveloped
from wardline.vault.protocol.evidence import join, x509
from wardline.vault.protocol.evidence.x509 import Svid
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.keys import SealingKey, SoftwareSigner, thumbprint
from wardline.vault.protocol.model.binding import Binding, Evidence, EvidenceForm, Join
from wardline.vault.protocol.model.root import PinnedKey, TrustDomain

HOUR, TICK = timedelta(hours=1), timedelta(milliseconds=1)
SIGNER, KEY = signer("agent"), opening_key("agent").public


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def token(world: World, **changes: Any) -> Evidence:
    audience = thumbprint(world.trusted.id, KEY, SIGNER.public)
    return Evidence("oidc", KUBERNETES, world.tokens.kubernetes("orders", "pod-1", audience, START, **changes)[0])


def bound(
    world: World,
    now: datetime = START,
    *,
    by: SoftwareSigner = SIGNER,
    evidence: Evidence | None = None,
    **changes: Any,
) -> Bound:
    made = Binding(world.trusted.id, KEY, SIGNER.public, evidence or token(world), START, START + HOUR)
    content = enveloped(replace(made, **changes), by).written()
    return bindings.require(content, world.trusted, {}, now)


def test_a_binding_holds_for_its_hour(world: World) -> None:
    content = bindings.bind(world.trusted.id, KEY, SIGNER, token(world), START).written()
    for now in (START - timedelta(minutes=1), START, START + HOUR - TICK):
        found = bindings.require(content, world.trusted, {}, now)
        assert (found.sealing, found.signing, found.instance) == (KEY, SIGNER.public, "pod pod-1")
        assert (found.identity.issuer, found.expires) == (KUBERNETES, START + HOUR)


def test_it_is_signed_with_the_key_that_it_names(world: World) -> None:
    with refused("vault-signature", "not signed by the key that it names"):
        bound(world, by=signer("another"))


def test_a_key_that_anybody_could_sign_with_is_refused(world: World) -> None:
    with refused("vault-binding", "anybody could sign with"):
        bound(world, signing=b"\1" + bytes(31))


def test_a_sealing_key_that_is_none_is_refused(world: World) -> None:
    with refused("vault-malformed", "no key of DHKEM-P256"):
        bound(world, sealing=SealingKey("DHKEM-P256", b"\4" + bytes(64)))


@pytest.mark.parametrize("life", [timedelta(0), -HOUR, HOUR + TICK])
def test_it_lives_for_at_most_an_hour(world: World, life: timedelta) -> None:
    with refused("vault-binding", "longer than an hour"):
        bound(world, START - timedelta(minutes=1), expires=START + life)


def test_it_is_not_from_the_future(world: World) -> None:
    with refused("vault-binding", "from the future", hint="compare the clocks"):
        bound(world, START - timedelta(minutes=1) - TICK)


def test_it_ends(world: World) -> None:
    with refused("vault-binding", "has ended", hint="a new one on new evidence"):
        bound(world, START + HOUR)


def test_evidence_for_other_keys_is_refused(world: World) -> None:
    other = signer("another")
    with refused("vault-evidence", "audience is not these keys"):
        bound(world, sealing=opening_key("another").public)
    with refused("vault-evidence", "audience is not these keys"):
        bound(world, by=other, signing=other.public)


@pytest.mark.parametrize(
    ("form", "issuer"),
    [
        ("oidc", "https://other.example"),
        ("x509", KUBERNETES),
        ("x509", "spiffe://other.example"),
        ("x509", "shop.example"),
        ("oidc", "spiffe://shop.example"),
    ],
)
def test_an_issuer_that_the_root_does_not_name_shows_nothing(world: World, form: EvidenceForm, issuer: str) -> None:
    with refused("vault-evidence", f"does not name the issuer {issuer}"):
        bound(world, evidence=replace(token(world), form=form, issuer=issuer))


def test_keys_that_were_fetched_count_for_their_issuer_alone(world: World) -> None:
    issuers = tuple(replace(one, keys=(), jwks_uri="https://a.example") for one in world.root.issuers)
    trusted = replace(world.trusted, root=replace(world.root, issuers=issuers))
    content = bindings.bind(world.trusted.id, KEY, SIGNER, token(world), START).written()
    assert bindings.require(content, trusted, {KUBERNETES: (world.tokens.jwk,)}, START).instance == "pod pod-1"
    with refused("vault-evidence", "not signed with a key of its issuer"):
        bindings.require(content, trusted, {issuers[1].issuer: (PinnedKey(world.tokens.jwk).jwk,)}, START)


def test_a_certificate_binds_until_it_ends(world: World) -> None:
    authority = Authority(START)
    root = replace(world.root, trust_domains=(TrustDomain("shop.example", (authority.der,)),))
    der, sign = authority.issue("spiffe://shop.example/orders")
    signature = sign(x509.message(thumbprint(world.trusted.id, KEY, SIGNER.public)))
    evidence = Evidence("x509", "spiffe://shop.example", encoding.canonical(Svid((der,), signature)))
    content = bindings.bind(world.trusted.id, KEY, SIGNER, evidence, START).written()
    found = bindings.require(content, replace(world.trusted, root=root), {}, START)
    assert (found.identity.issuer, found.expires) == ("spiffe://shop.example", START + timedelta(minutes=30))
    bare = replace(evidence, issuer="shop.example")
    content = bindings.bind(world.trusted.id, KEY, SIGNER, bare, START).written()
    with refused("vault-evidence", "does not name the issuer"):
        bindings.require(content, replace(world.trusted, root=root), {}, START)


def test_a_join_binds_until_it_ends(world: World) -> None:
    digest = join.digest(thumbprint(world.trusted.id, KEY, SIGNER.public))
    made = Join(world.trusted.id, "orders", "cleo", digest, START, START + timedelta(minutes=5))
    proof = enveloped(made, world.people["ada"], world.people["bob"]).written()
    found = bound(world, evidence=Evidence("join", "join", proof))
    assert (found.identity, found.expires) == (Identity("join", (("name", "orders"),)), made.expires)


def one(instance: str, name: str = "orders", ends: timedelta = HOUR) -> Bound:
    identity = Identity(KUBERNETES, (("sub", f"system:serviceaccount:shop:{name}"),))
    return Bound(identity, KEY, SIGNER.public, instance, START + ends, filled(instance + name))


def test_no_more_instances_are_admitted_than_were_granted(world: World) -> None:
    subject = world.reader(instances=2)
    first = bindings.admitted(one("a"), subject, (), START)
    both = bindings.admitted(one("b"), subject, first, START)
    assert [each.instance for each in both] == ["a", "b"]
    with refused("vault-instances", "workload:orders would have 3 instances, and was granted 2", hint="acts as this"):
        bindings.admitted(one("c"), subject, both, START)


def test_only_bindings_that_still_hold_for_this_subject_count(world: World) -> None:
    subject = world.reader(instances=1)
    ended, other = one("a", ends=timedelta(0)), one("b", "reports")
    assert bindings.admitted(one("c"), subject, (ended, other), START) == (one("c"),)


def test_a_newer_binding_of_an_instance_takes_the_older_ones_place(world: World) -> None:
    subject, newer = world.reader(instances=1), replace(one("a"), digest=filled("newer"))
    assert bindings.admitted(newer, subject, (one("a"),), START) == (newer,)
