"""T-55: a laptop is bound as a granted workload: by a stolen token, with other keys, as one more pod, a forged SVID."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.vault.certificates import Authority
from tests.vault.issuer import GITHUB, KUBERNETES
from tests.vault.world import PATH, World

from wardline.vault.protocol import bindings, encoding
from wardline.vault.protocol.envelope import enveloped
from wardline.vault.protocol.errors import (
    BindingError,
    EvidenceError,
    InstancesError,
    RefusedError,
    SignatureError,
    ThresholdError,
)
from wardline.vault.protocol.evidence import join, x509
from wardline.vault.protocol.keys import SoftwareSigner, thumbprint
from wardline.vault.protocol.model.binding import Evidence, Join
from wardline.vault.protocol.model.root import TrustDomain
from wardline.vault.protocol.opening import OpeningKey


@pytest.fixture
def world() -> World:
    return World()


class Laptop:
    """Keys that somebody made who is no workload."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.signer, self.key = SoftwareSigner(world.chance(32)), OpeningKey.generated(world.chance)
        self.thumbprint = thumbprint(world.trusted.id, self.key.public, self.signer.public)

    def bind(self, form: Any, issuer: str, proof: bytes, **changes: Any) -> bindings.Bound:
        evidence = Evidence(form, issuer, proof)
        made = bindings.bind(self.world.trusted.id, self.key.public, self.signer, evidence, self.world.wall)
        if changes:
            said = encoding.read(bindings.Binding, made.payload, "")
            made = enveloped(replace(said, **changes), self.signer)
        return bindings.require(made.written(), self.world.trusted, {}, self.world.wall)


def test_a_token_stolen_from_a_workload_is_worth_nothing_with_other_keys(world: World) -> None:
    agent = world.agent()
    with pytest.raises(EvidenceError, match="audience"):
        Laptop(world).bind("oidc", KUBERNETES, agent.evidence.proof)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://kubernetes.default.svc"},
        {"aud": []},
        {"exp": 1},
        {"exp": 2**60},
        {"iat": 2**34},
        {"iss": GITHUB},
        {"kubernetes.io": {"namespace": "shop"}},
        {"sub": ["system:serviceaccount:shop:orders"]},
    ],
    ids=str,
)
def test_a_token_of_another_shape_is_no_evidence(world: World, changes: dict[str, Any]) -> None:
    laptop = Laptop(world)
    token, _ = world.tokens.kubernetes("orders", "pod-1", laptop.thumbprint, world.wall, **changes)
    with pytest.raises(EvidenceError):
        laptop.bind("oidc", KUBERNETES, token)


def test_a_token_for_several_audiences_is_no_evidence(world: World) -> None:
    laptop = Laptop(world)
    several = {"aud": [laptop.thumbprint, "https://other.example"]}
    token, _ = world.tokens.kubernetes("orders", "pod-1", laptop.thumbprint, world.wall, **several)
    with pytest.raises(EvidenceError, match="audience"):
        laptop.bind("oidc", KUBERNETES, token)


def test_a_token_signed_by_another_key_or_in_another_way(world: World) -> None:
    laptop = Laptop(world)
    from tests.vault.issuer import Tokens

    theirs = Tokens(lambda size: b"\x07" * size)
    forged, _ = theirs.kubernetes("orders", "pod-1", laptop.thumbprint, world.wall)
    honest, _ = world.tokens.kubernetes("orders", "pod-1", laptop.thumbprint, world.wall)
    head, body, signature = honest.split(b".")
    none = encoding.b64(b'{"alg":"none","kid":"k1"}').encode()
    shared = encoding.b64(b'{"alg":"HS256","kid":"k1"}').encode()
    for token in (forged, b".".join((none, body, b"")), b".".join((shared, body, signature)), head, b"\xff", b""):
        with pytest.raises(RefusedError):
            laptop.bind("oidc", KUBERNETES, token or b".")


def test_githubs_token_of_a_fork_or_another_branch_is_another_workload(world: World) -> None:
    laptop = Laptop(world)
    pinned = replace(
        world.reader(),
        issuer=GITHUB,
        claims=tuple(
            world.reader().claims[0].__class__(name, value)
            for name, value in (("ref", "refs/heads/main"), ("repository_id", "4711"))
        ),
    )
    for changes, fits in (({}, True), ({"repository_id": "6"}, False), ({"ref": "refs/heads/x"}, False)):
        token, _ = world.tokens.github(laptop.thumbprint, world.wall, **changes)
        assert laptop.bind("oidc", GITHUB, token).identity.fits(pinned) is fits
    token, _ = world.tokens.github(laptop.thumbprint, world.wall, repository_id=None)
    with pytest.raises(EvidenceError):
        laptop.bind("oidc", GITHUB, token)


def test_a_binding_is_signed_by_the_key_in_it_and_lives_for_an_hour(world: World) -> None:
    laptop = Laptop(world)
    token, _ = world.tokens.kubernetes("orders", "pod-1", laptop.thumbprint, world.wall)
    with pytest.raises(SignatureError):
        laptop.bind("oidc", KUBERNETES, token, signing=world.people["ada"].public)
    for changes in (
        {"expires": world.wall + timedelta(hours=1, seconds=1)},
        {"issued": world.wall + timedelta(seconds=61), "expires": world.wall + timedelta(minutes=30)},
        {"issued": world.wall - timedelta(hours=1), "expires": world.wall},
    ):
        with pytest.raises(BindingError):
            laptop.bind("oidc", KUBERNETES, token, **changes)


def test_one_instance_more_than_was_granted_is_refused_and_the_others_go_on(world: World) -> None:
    for pod in ("pod-1", "pod-2", "pod-3", "pod-4"):
        world.agent(pod=pod)
    world.one.mint(PATH, {"password": "one"})
    assert "InstancesError" in world.one.findings
    assert len(world.one.consumers[world.one.floor(PATH).version]) == 3


def test_a_pod_that_started_again_takes_its_own_place(world: World) -> None:
    first, second = world.agent(), world.agent()
    world.one.mint(PATH, {"password": "one"})
    (consumer,) = world.one.consumers[world.one.floor(PATH).version]
    assert consumer.bound.signing == second.signer.public != first.signer.public
    bound = world.one.bound[-1]
    with pytest.raises(InstancesError):
        bindings.admitted(replace(bound, instance="x"), replace(world.reader(), instances=1), [bound], world.wall)


def joined(world: World, laptop: Laptop, by: tuple[str, ...], **changes: Any) -> bytes:
    digest, end = join.digest(laptop.thumbprint), world.wall + timedelta(days=7)
    made = Join(world.trusted.id, "orders", "cleo", digest, world.wall, end)
    return enveloped(replace(made, **changes), *(world.people[one] for one in by)).written()


def test_a_join_document_takes_two_people_and_is_for_the_keys_that_were_displayed(world: World) -> None:
    laptop = Laptop(world)
    assert laptop.bind("join", "join", joined(world, laptop, ("ada", "bob"))).instance.startswith("join ")
    for by in (("ada",), ("ada", "cleo"), ()):
        with pytest.raises(ThresholdError):
            laptop.bind("join", "join", joined(world, laptop, by))
    with pytest.raises(EvidenceError, match="other keys"):
        Laptop(world).bind("join", "join", joined(world, laptop, ("ada", "bob")))
    for end in (timedelta(days=32), timedelta(0)):
        with pytest.raises(EvidenceError):
            laptop.bind("join", "join", joined(world, laptop, ("ada", "bob"), expires=world.wall + end))


@pytest.fixture
def spiffe(world: World) -> tuple[World, Authority]:
    authority = Authority(world.wall)
    domain = TrustDomain("shop.example", (authority.der,))
    world.trusted = replace(world.trusted, root=replace(world.trusted.root, trust_domains=(domain,)))
    return world, authority


def proof(laptop: Laptop, issued: tuple[bytes, Callable[[bytes], bytes]], covers: str = "") -> bytes:
    certificate, sign = issued
    svid = x509.Svid((certificate,), sign(x509.message(covers or laptop.thumbprint)))
    return encoding.canonical(svid)


def test_an_svid_shows_the_workload_it_names(spiffe: tuple[World, Authority]) -> None:
    world, authority = spiffe
    laptop = Laptop(world)
    bound = laptop.bind("x509", "spiffe://shop.example", proof(laptop, authority.issue("spiffe://shop.example/orders")))
    assert bound.identity.claims == (("sub", "spiffe://shop.example/orders"),)
    assert bound.expires == world.wall + timedelta(minutes=30)


def test_an_svid_of_another_domain_authority_time_or_for_other_keys(spiffe: tuple[World, Authority]) -> None:
    world, authority = spiffe
    laptop, there = Laptop(world), "spiffe://shop.example"
    good = authority.issue(f"{there}/orders")
    bad = [
        proof(laptop, authority.issue("spiffe://other.example/orders")),
        proof(laptop, authority.issue("https://shop.example/orders")),
        proof(laptop, authority.issue(f"{there}/orders", f"{there}/payments")),
        proof(laptop, authority.issue()),
        proof(laptop, authority.issue(f"{there}/orders", before=world.wall - timedelta(hours=2))),
        proof(laptop, Authority(world.wall).issue(f"{there}/orders")),
        proof(laptop, good, covers=Laptop(world).thumbprint),
        proof(laptop, (b"\x30" * 64, good[1])),
        b"{}",
    ]
    for one in bad:
        with pytest.raises(RefusedError):
            laptop.bind("x509", there, one)
    with pytest.raises(EvidenceError, match="does not name the issuer"):
        laptop.bind("x509", "spiffe://other.example", proof(laptop, good))
