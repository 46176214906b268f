"""The chain of roots: what one may say, and what may follow."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.vault.protocol.documents import filled, opening_key, signer
from tests.vault.protocol.refusing import alone, refused
from tests.vault.world import ORIGIN, PATH, World

from wardline.vault.protocol import encoding, roots
from wardline.vault.protocol.envelope import Envelope, read_envelope
from wardline.vault.protocol.keys import SealingKey
from wardline.vault.protocol.model.root import Approver, Custodian, Issuer, LedgerKey, Root, Witness, Zone
from wardline.vault.protocol.roots import Pin

NOBODYS = b"\1" + bytes(31)  # the neutral element: any signature by it holds


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def signed(world: World, root: Root, by: tuple[str, ...] = ("ada", "bob"), kind: str = "root") -> bytes:
    """Return a root that these people signed, whatever it says."""
    envelope = Envelope(kind, encoding.canonical(root))
    for name in by:
        envelope = envelope.cosigned(world.people[name])
    return envelope.written()


def pinned(content: bytes) -> Pin:
    return Pin(read_envelope(content).digest)


def second(world: World, **changes: Any) -> Root:
    trusted = world.trusted
    return replace(trusted.root, **{"root": trusted.id, "version": 2, "previous": trusted.digest, **changes})


def test_a_pin_is_written_and_read_the_same() -> None:
    for standing in ("ordinary", "solo", "dev"):
        pin = Pin(filled("root"), standing)
        assert Pin.parse(f" {pin}\n") == pin


@pytest.mark.parametrize("text", ["", "ordinary", "ordinary:", "ordinary:AAAA", "ordinary:%%", "other:{}", "{}"])
def test_what_is_no_pin_is_refused(text: str) -> None:
    with refused("vault-malformed", "no root's digest", hint="ordinary:"):
        Pin.parse(text.format(str(Pin(filled("root"))).partition(":")[2]))


def test_a_root_that_was_not_pinned_is_refused(world: World) -> None:
    with refused("vault-root-unpinned", hint="compare its digest"):
        roots.first(world.server.roots[0], Pin(filled("another")))


@pytest.mark.parametrize("changes", [{"version": 2}, {"root": filled("one")}, {"previous": filled("one")}])
def test_the_first_root_follows_no_other(world: World, changes: dict[str, Any]) -> None:
    content = signed(world, replace(world.root, **changes))
    with refused("vault-root", "follows no other"):
        roots.first(content, pinned(content))


def test_the_first_root_is_sound_and_signed_by_its_own_threshold(world: World) -> None:
    content = signed(world, replace(world.root, threshold=1))
    with refused("vault-root", "threshold below 2"):
        roots.first(content, pinned(content))
    content = signed(world, world.root, ("ada",))
    with refused("vault-threshold", "1 of the 2", hint="sign it"):
        roots.first(content, pinned(content))


def test_the_next_root_takes_the_place_of_the_one_before(world: World) -> None:
    content = signed(world, second(world))
    trusted = roots.follow(world.trusted, content)
    assert (trusted.root.version, trusted.id, trusted.standing) == (2, world.trusted.id, "ordinary")
    assert trusted.digest == read_envelope(content).digest
    assert roots.chain([*world.server.roots, content], world.pin) == trusted
    assert roots.version_of(content, "ordinary") == 2


def test_the_same_root_again_changes_nothing(world: World) -> None:
    assert roots.follow(world.trusted, world.server.roots[0]) is world.trusted


def test_another_root_of_the_same_version_is_a_fork(world: World) -> None:
    with refused("vault-equivocation", "two roots of version 1", hint="ask your approvers"):
        roots.follow(world.trusted, signed(world, replace(world.root, organisation="Another")))


def test_a_root_of_another_chain_is_refused(world: World) -> None:
    with refused("vault-foreign-root", "another chain"):
        roots.follow(world.trusted, signed(world, second(world, root=filled("another"))))


@pytest.mark.parametrize("changes", [{"version": 3}, {"previous": filled("another")}])
def test_a_root_that_does_not_follow_is_refused(world: World, changes: dict[str, Any]) -> None:
    with refused("vault-root", "does not follow"):
        roots.follow(world.trusted, signed(world, second(world, **changes)))


def test_the_next_root_is_sound_too(world: World) -> None:
    with refused("vault-root", "threshold below 2"):
        roots.follow(world.trusted, signed(world, second(world, threshold=1)))


def test_both_the_old_people_and_the_new_ones_sign_a_change_of_people(world: World) -> None:
    world.people["eve"], world.people["finn"] = signer("eve"), signer("finn")
    new = tuple(Approver(name, world.people[name].public) for name in ("eve", "finn"))
    change = second(world, approvers=new)
    assert roots.follow(world.trusted, signed(world, change, ("ada", "bob", "eve", "finn"))).root.approvers == new
    with refused("vault-threshold", "0 of the 2", hint="sign it"):
        roots.follow(world.trusted, signed(world, change, ("ada", "bob")))
    with refused("vault-threshold", "0 of the 2", hint="sign it"):
        roots.follow(world.trusted, signed(world, change, ("eve", "finn")))


def test_no_roots_are_no_chain(world: World) -> None:
    with refused("vault-root", "there is no root", hint="ceremony"):
        roots.chain([], world.pin)


def test_an_ordinary_party_takes_no_solo_root_and_a_solo_one_no_ordinary(world: World) -> None:
    content = signed(world, replace(world.root, approvers=world.root.approvers[:1]), ("ada",), "solo-root")
    with refused("vault-root-standing", "this is a solo-root, and this party takes a root", hint="hold a ceremony"):
        roots.first(content, pinned(content))
    with refused("vault-root-standing", "this is a root", hint="hold a ceremony"):
        roots.follow(alone(world), world.server.roots[0])
    with refused("vault-wrong-kind", "this is a grant, and not a root"):
        roots.version_of(world.server.grants[PATH][0], "ordinary")


def test_a_solo_root_names_one_person_and_is_its_own_kind(world: World) -> None:
    for standing in ("solo", "dev"):
        trusted = alone(world, standing)
        assert (trusted.standing, len(trusted.root.approvers)) == (standing, 1)
        for changes in ({"approvers": world.root.approvers}, {"threshold": 2}, {"grant_threshold": 2}):
            with refused("vault-root", "a solo root names one person"):
                roots.require_sound(replace(trusted.root, **changes), standing)


def test_nobody_is_given_an_unsound_root_to_sign(world: World) -> None:
    with refused("vault-root", "threshold below 2"):
        roots.enveloped(replace(world.root, grant_threshold=1), "ordinary")


def keeper(name: str, signing: str = "", sealing: str = "") -> Custodian:
    return Custodian(name, signer(signing or name).public, opening_key(sealing or name).public)


def zones(*custodians: Custodian) -> tuple[Zone, ...]:
    return tuple(Zone(f"zone-{number}", (one,)) for number, one in enumerate(custodians))


UNSOUND: dict[str, tuple[str, Callable[[Root], dict[str, Any]]]] = {
    "threshold-beyond": ("beyond the number", lambda _: {"threshold": 4}),
    "grant-threshold-beyond": ("beyond the number", lambda _: {"grant_threshold": 4}),
    "witnesses": ("more witnesses", lambda _: {"witness_threshold": 1}),
    "approver-usable": (
        "anybody could sign",
        lambda root: {"approvers": (*root.approvers[:2], Approver("zoe", NOBODYS))},
    ),
    "keeper-usable": (
        "anybody could sign",
        lambda _: {"zones": zones(Custodian("a", NOBODYS, opening_key("a").public))},
    ),
    "witness-usable": ("anybody could sign", lambda _: {"witnesses": (Witness("w", NOBODYS),)}),
    "ledger-usable": ("anybody could sign", lambda _: {"ledgers": (LedgerKey(ORIGIN, NOBODYS),)}),
    "approver-twice": (
        "stands twice",
        lambda root: {"approvers": (*root.approvers, Approver("zoe", root.approvers[0].key))},
    ),
    "approver-ledger": ("stands twice", lambda root: {"ledgers": (LedgerKey(ORIGIN, root.approvers[0].key),)}),
    "approver-witness": ("stands twice", lambda root: {"witnesses": (Witness("w", root.approvers[0].key),)}),
    "keeper-ledger": (
        "stands twice",
        lambda root: {"zones": zones(Custodian("a", root.ledgers[0].key, opening_key("a").public))},
    ),
    "keepers-signing": ("stands twice", lambda _: {"zones": zones(keeper("a"), keeper("b", signing="a"))}),
    "keepers-sealing": ("share a sealing key", lambda _: {"zones": zones(keeper("a"), keeper("b", sealing="a"))}),
    "keepers-name": ("share a name", lambda _: {"zones": zones(keeper("a"), keeper("a", "b", "b"))}),
    "issuer-root": ("uses itself", lambda _: {"issuers": (Issuer("root", "oidc", "https://a.example", ()),)}),
    "issuer-join": ("uses itself", lambda _: {"issuers": (Issuer("join", "oidc", "https://a.example", ()),)}),
    "issuer-spiffe": ("uses itself", lambda _: {"issuers": (Issuer("spiffe://a", "oidc", "https://a.example", ()),)}),
    "issuer-keyless": ("neither keys nor", lambda _: {"issuers": (Issuer("https://a.example", "oidc", "", ()),)}),
}


@pytest.mark.parametrize("case", UNSOUND)
def test_no_root_says_this_whoever_signed_it(world: World, case: str) -> None:
    words, changes = UNSOUND[case]
    with refused("vault-root", words):
        roots.require_sound(replace(world.root, **changes(world.root)), "ordinary")


def test_a_custodians_sealing_key_is_a_key(world: World) -> None:
    point = Custodian("a", signer("a").public, SealingKey("DHKEM-P256", b"\4" + bytes(64)))
    with refused("vault-malformed", "no key of DHKEM-P256"):
        roots.require_sound(replace(world.root, zones=zones(point)), "ordinary")


def test_one_ledger_key_may_have_several_origins(world: World) -> None:
    key = world.root.ledgers[0].key
    both = (LedgerKey("a/origin", key), LedgerKey("b/origin", key))
    roots.require_sound(replace(world.root, ledgers=both), "ordinary")
    assert roots.enveloped(replace(world.root, ledgers=both), "ordinary").kind == "root"


def test_only_the_root_makes_a_custodian(world: World) -> None:
    trusted = world.trusted
    assert [one.name for one in trusted.custodians("eu")] == ["keeper-1", "keeper-2"]
    assert trusted.custodian("eu", "keeper-1") == trusted.custodians("eu")[0]
    for zone, name in (("eu", "keeper-3"), ("us", "keeper-1")):
        with refused("vault-custodian", f"no custodian {name} in zone {zone}"):
            trusted.custodian(zone, name)
    empty = replace(trusted, root=replace(trusted.root, zones=(Zone("us", ()),)))
    for zone in ("eu", "us"):
        with refused("vault-custodian", f"no custodian in zone {zone}"):
            empty.custodians(zone)
