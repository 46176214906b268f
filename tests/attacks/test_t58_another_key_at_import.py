"""T-58: at import the server hands the CLI a key of its own in the place of a custodian's."""

from dataclasses import replace

import pytest
from tests.vault.world import PATH, World

from wardline.vault.protocol import admitting, encoding, opening, puts, sealing
from wardline.vault.protocol.accepting import follow_roots
from wardline.vault.protocol.envelope import enveloped, unverified
from wardline.vault.protocol.errors import (
    CommitmentError,
    MalformedError,
    PutError,
    RefusedError,
    ThresholdError,
    UnknownCustodianError,
    UnopenedError,
)
from wardline.vault.protocol.keys import SealingKey
from wardline.vault.protocol.model.root import Zone
from wardline.vault.protocol.model.statement import Put
from wardline.vault.protocol.opening import OpeningKey


@pytest.fixture
def world() -> World:
    world = World()
    world.one.follow()
    return world


def made(world: World) -> Put:
    grant, custodians = admitting.custodians_for_put(world.server.grants[PATH][-1], world.trusted, world.wall)
    header = puts.header(grant, writer="person:ada", epoch=1, expected=0, nonce=world.chance(16), now=world.wall)
    envelope = sealing.seal_put(header, {"key": "value"}, custodians, world.people["ada"], world.chance)
    return unverified(Put, envelope.written(), world.trusted.id).document


def test_the_cli_seals_to_keys_of_the_verified_root_alone(world: World) -> None:
    """Whatever the server says, only a root chain from the pinned digest and a grant of two people name keys."""
    thief = OpeningKey.generated(world.chance)
    keepers = [replace(one, sealing=thief.public) for one in world.root.zones[0].custodians]
    assert made(world).wraps[0].key_id == world.one.key.public.key_id
    for by in ((), ("ada",)):
        offered = world.next_root(by=by, zones=(Zone("eu", (keepers[0],)),))
        with pytest.raises(ThresholdError):
            follow_roots(world.trusted, [*world.server.roots, offered])


def test_a_grant_of_the_servers_own_names_no_zone_to_seal_to(world: World) -> None:
    world.granted(world.grant(), by=("ada",))
    with pytest.raises(ThresholdError):
        made(world)
    world.server.grants[PATH].pop()
    world.granted(world.grant(zone="thiefs"))
    with pytest.raises(UnknownCustodianError):
        made(world)


def test_a_put_that_is_sealed_to_a_stranger_too_is_not_applied(world: World) -> None:
    """Sealed by a CLI that was fooled: the custodian at least says so, and takes nothing from it."""
    put, thief = made(world), OpeningKey.generated(world.chance)
    extra = replace(put.wraps[0], custodian="zz", key_id=thief.public.key_id)
    for wraps in ((*put.wraps, extra), put.wraps[:1], (replace(put.wraps[0], key_id=bytes(32)), put.wraps[1])):
        content = enveloped(replace(put, wraps=wraps), world.people["ada"]).written()
        with pytest.raises(PutError, match="exactly"):
            world.one.apply(content)


def test_a_puts_wraps_and_fields_belong_to_their_header(world: World) -> None:
    first, second = made(world), made(world)
    assert opening.open_put(first, "keeper-1", world.one.key) == {"key": "value"}
    with pytest.raises(UnopenedError):
        opening.open_put(replace(first, wraps=second.wraps), "keeper-1", world.one.key)
    with pytest.raises(UnopenedError):
        opening.open_put(replace(first, header=replace(first.header, expected=7)), "keeper-1", world.one.key)
    with pytest.raises((UnopenedError, CommitmentError)):
        opening.open_put(replace(first, sealed=second.sealed), "keeper-1", world.one.key)
    with pytest.raises(PutError):
        opening.open_put(first, "keeper-2", world.one.key)


def test_a_put_of_one_size_tells_its_class_only(world: World) -> None:
    grant, custodians = admitting.custodians_for_put(world.server.grants[PATH][-1], world.trusted, world.wall)
    header = puts.header(grant, writer="person:ada", epoch=1, expected=0, nonce=world.chance(16), now=world.wall)
    sizes = {
        len(sealing.seal_put(header, {"key": "x" * size}, custodians, world.people["ada"], world.chance).payload)
        for size in range(1, 200, 40)
    }
    assert len(sizes) == 1


@pytest.mark.parametrize("public", [bytes(1216), b"\xff" * 1216, bytes(65), b"\x04" + bytes(64), b"\x04" * 100])
def test_a_key_that_is_none_is_sealed_to_by_nobody(world: World, public: bytes) -> None:
    for kem in ("MLKEM768-X25519", "DHKEM-P256"):
        keeper = replace(world.root.zones[0].custodians[0], sealing=SealingKey(kem, public))  # type: ignore[arg-type]
        with pytest.raises((RefusedError, ValueError)):
            sealing.wrap(
                bytes(32),
                a_header(world),
                bytes(32),
                sealing.Recipient(keeper.name, keeper.sealing),
            )


def a_header(world: World) -> sealing.Header:
    read = admitting.current_grant(
        world.server.grants[PATH][-1], world.trusted, world.one.floor(PATH), zone="eu", now=world.wall
    )
    return admitting.next_header(
        read,
        world.trusted,
        world.one.floors,
        world.one.floor(PATH),
        custodian="keeper-1",
        origin="minted",
        now=world.wall,
    )


def test_a_put_with_a_wrap_of_no_size_is_malformed(world: World) -> None:
    put = made(world)
    with pytest.raises(ValueError, match="wrapped"):
        encoding.canonical(replace(put, wraps=(replace(put.wraps[0], wrapped=b"x"),)))
    with pytest.raises(MalformedError):
        encoding.read(Put, encoding.canonical(put)[:-1], "a put")
