"""Admitting: to whom a custodian seals, and what it says of the version it makes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.vault.issuer import KUBERNETES
from tests.vault.protocol.documents import filled, opening_key, signer
from tests.vault.protocol.refusing import refused
from tests.vault.world import PATH, START, World

from wardline.vault.protocol import admitting, floors, grants
from wardline.vault.protocol.bindings import Bound
from wardline.vault.protocol.envelope import Read, enveloped, read_envelope
from wardline.vault.protocol.floors import Floor
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.model.grant import Grant
from wardline.vault.protocol.model.statement import Revoked
from wardline.vault.protocol.model.version import Version
from wardline.vault.protocol.sealing import UNCOMMITTED

HOUR = timedelta(hours=1)
NONE = floors.none()


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def bound(instance: str, name: str = "orders", ends: timedelta = HOUR) -> Bound:
    identity = Identity(KUBERNETES, (("sub", f"system:serviceaccount:shop:{name}"),))
    key = signer(instance)
    return Bound(identity, opening_key(instance).public, key.public, instance, START + ends, filled(instance))


def newest(world: World) -> Read[Grant]:
    return grants.require(world.server.grants[PATH][0], world.trusted)


def floor(world: World, **changes: Any) -> Floor:
    read = newest(world)
    return replace(floors.none_of(PATH).granted(read.document.version, read.digest), **changes)


def admitted(world: World, *many: Bound, now: datetime = START, **changes: Any) -> admitting.Admission:
    known = replace(NONE, **changes)
    grant = world.server.grants[PATH][0]
    return admitting.admit(grant, world.trusted, known, floor(world), many, zone="eu", now=now)


def test_a_version_is_sealed_to_the_zones_custodians_and_to_its_readers(world: World) -> None:
    admission = admitted(world, bound("a"), bound("b"))
    assert [one.name for one in admission.custodians] == ["keeper-1", "keeper-2"]
    assert [one.bound.instance for one in admission.consumers] == ["a", "b"]
    names = ["keeper-1", "keeper-2", "workload:orders", "workload:orders"]
    assert [one.name for one in admission.recipients] == names
    assert admission.recipients[2].key == bound("a").sealing
    assert (admission.refused, admission.grant) == ((), newest(world).document)


def test_who_is_refused_keeps_nobody_else_from_anything(world: World) -> None:
    many = (bound("x", "reports"), bound("a"), bound("y", ends=timedelta(0)), bound("b"))
    admission = admitted(world, *many)
    assert [one.bound.instance for one in admission.consumers] == ["a", "b"]
    assert [(one.instance, error.code) for one, error in admission.refused] == [
        ("x", "vault-not-granted"),
        ("y", "vault-binding"),
    ]


def test_one_instance_more_than_granted_is_refused_as_a_finding(world: World) -> None:
    admission = admitted(world, *(bound(name) for name in "abcd"))
    assert [one.bound.instance for one in admission.consumers] == ["a", "b", "c"]
    assert [error.code for _, error in admission.refused] == ["vault-instances"]


def test_an_instances_newer_binding_takes_the_older_ones_place(world: World) -> None:
    newer = replace(bound("a"), digest=filled("newer"), sealing=opening_key("newer").public)
    admission = admitted(world, bound("a"), newer)
    assert [one.bound.digest for one in admission.consumers] == [newer.digest]


def test_nothing_is_sealed_to_who_was_taken_off(world: World) -> None:
    admission = admitted(world, bound("a"), revoked=(Revoked(PATH, "workload:orders", 1),))
    assert admission.consumers == ()
    assert [error.code for _, error in admission.refused] == ["vault-revoked"]


def test_a_reader_is_the_first_subject_that_was_not_taken_off(world: World) -> None:
    grant = newest(world).document
    both = replace(grant, readers=(grant.readers[0], replace(grant.readers[0], name="workload:second")))
    off = replace(NONE, revoked=(Revoked(PATH, "workload:orders", 1),))
    assert admitting.reader(both, bound("a"), NONE, START).name == "workload:orders"
    assert admitting.reader(both, bound("a"), off, START).name == "workload:second"
    with refused("vault-revoked", "workload:orders was taken off", hint="grant request"):
        admitting.reader(grant, bound("a"), off, START)
    with refused("vault-not-granted", "as a reader"):
        admitting.reader(grant, bound("x", "reports"), NONE, START)
    with refused("vault-binding", "has ended", hint="on new evidence"):
        admitting.reader(grant, bound("a"), NONE, START + HOUR)


def current(
    world: World, content: bytes | None = None, *, now: datetime = START, zone: str = "eu", **changes: Any
) -> Grant:
    content = content or world.server.grants[PATH][0]
    return admitting.current_grant(content, world.trusted, floor(world, **changes), zone=zone, now=now).document


def test_the_current_grant_is_the_floors(world: World) -> None:
    assert current(world) == newest(world).document
    for changes in ({"path": "other/path"}, {"zone": "us"}):
        with refused("vault-grant", "this grant is for db/orders in zone eu"):
            current(world, **changes)
    with refused("vault-grant", "was not followed from 0 yet"):
        current(world, grant_version=0, grant=b"")
    with refused("vault-rolled-back", "grant 1 is older than 2"):
        current(world, grant_version=2, grant=filled("two"))
    with refused("vault-equivocation", "two grants of version 1"):
        current(world, grant=filled("another"))


def test_the_current_grant_was_approved_and_has_not_ended(world: World) -> None:
    ends = newest(world).document.expires
    with refused("vault-grant-expired", hint="renew"):
        current(world, now=ends)
    alone = enveloped(newest(world).document, world.people["ada"]).written()
    with refused("vault-threshold", "1 of the 2", hint="sign it"):
        current(world, alone)


def test_only_the_current_version_is_sealed_to_more_readers() -> None:
    world = World()
    read = world.one.mint(PATH, {"password": "one"})
    mine, content = world.one.floor(PATH), world.server.versions[PATH][0]
    assert admitting.current_version(content, world.trusted, mine, zone="eu").digest == read.digest
    for wrong in (replace(mine, version=filled("another")), replace(mine, path="other/path")):
        with refused("vault-stale", "is not version 1, which is current"):
            admitting.current_version(content, world.trusted, wrong, zone="eu")
    with refused("vault-stale", "which is current"):
        admitting.current_version(content, world.trusted, mine, zone="us")
    forged = enveloped(read.document, world.two.signer)
    with refused("vault-signature", "not signed by keeper-1"):
        admitting.current_version(forged.written(), world.trusted, replace(mine, version=forged.digest), zone="eu")
    other = replace(read.document, header=replace(read.document.header, custodian="keeper-3"))
    forged = enveloped(other, world.one.signer)
    assert read_envelope(forged.written()).kind == Version.kind
    with refused("vault-custodian", "keeper-3"):
        admitting.current_version(forged.written(), world.trusted, replace(mine, version=forged.digest), zone="eu")


def test_a_put_is_sealed_to_custodians_that_only_the_root_names(world: World) -> None:
    content = world.server.grants[PATH][0]
    read, custodians = admitting.custodians_for_put(content, world.trusted, START)
    assert (read.digest, custodians) == (newest(world).digest, world.trusted.custodians("eu"))
    with refused("vault-grant-expired", hint="renew"):
        admitting.custodians_for_put(content, world.trusted, read.document.expires)
    with refused("vault-threshold", hint="sign it"):
        alone = enveloped(read.document, world.people["ada"]).written()
        admitting.custodians_for_put(alone, world.trusted, START)
    with refused("vault-custodian", "zone us"):
        admitting.custodians_for(world.trusted, "us")


@pytest.mark.parametrize(
    ("epoch", "seen", "number", "previous"),
    [(1, 2, 3, filled("two")), (1, 0, 1, b""), (2, 2, 1, b"")],
    ids=["the next one", "the first one", "the first one of a new epoch"],
)
def test_a_header_follows_from_the_floor(world: World, epoch: int, seen: int, number: int, previous: bytes) -> None:
    known = floor(world, number=seen, version=filled("two") if seen else b"")
    header = admitting.next_header(
        newest(world),
        world.trusted,
        replace(NONE, epoch=epoch),
        known,
        custodian="keeper-1",
        origin="minted",
        now=START + timedelta(microseconds=1),
    )
    assert (header.epoch, header.number, header.previous) == (epoch, number, previous)
    assert (header.root, header.zone, header.path) == (world.trusted.id, "eu", PATH)
    assert (header.grant, header.grant_version) == (newest(world).digest, 1)
    assert (header.commitment, header.custodian, header.origin, header.issued) == (
        UNCOMMITTED,
        "keeper-1",
        "minted",
        START,
    )
