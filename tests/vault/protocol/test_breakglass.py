"""Break-glass: two people other than the one who asks, one key, one hour, once."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.vault.protocol.documents import filled, opening_key
from tests.vault.protocol.refusing import alone, refused
from tests.vault.world import PATH, START, World

from wardline.vault.protocol import breakglass
from wardline.vault.protocol.envelope import Read, enveloped
from wardline.vault.protocol.keys import SealingKey
from wardline.vault.protocol.model.grant import BreakGlass
from wardline.vault.protocol.roots import TrustedRoot

KEY = opening_key("cleo's laptop").public
NONCE = filled("nonce", 16)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def given(world: World, by: tuple[str, ...] = ("ada", "bob"), **changes: Any) -> bytes:
    leave = BreakGlass(
        root=world.trusted.id,
        path=PATH,
        person="cleo",
        access="read",
        sealing_key_id=KEY.key_id,
        reason="the orders stand still",
        nonce=NONCE,
        issued=START,
        expires=START + timedelta(hours=1),
    )
    return enveloped(replace(leave, **changes), *(world.people[name] for name in by)).written()


def asked(
    world: World,
    content: bytes,
    *,
    key: SealingKey = KEY,
    used: frozenset[bytes] = frozenset(),
    now: datetime = START,
    trusted: TrustedRoot | None = None,
) -> Read[BreakGlass]:
    return breakglass.require(content, trusted or world.trusted, key, used=used, now=now)


def test_leave_that_two_others_gave_holds_until_its_last_moment(world: World) -> None:
    last = START + timedelta(hours=1) - timedelta(milliseconds=1)
    for now in (START - timedelta(seconds=60), START, last):
        read = asked(world, given(world), now=now, used=frozenset({filled("another", 16)}))
        assert (read.document.person, read.document.nonce) == ("cleo", NONCE)


@pytest.mark.parametrize(("person", "by"), [("cleo", ("ada",)), ("ada", ("ada", "bob")), ("cleo", ("bob", "cleo"))])
def test_the_person_who_asks_does_not_count_among_the_two(world: World, person: str, by: tuple[str, ...]) -> None:
    with refused("vault-threshold", f"1 of the 2 people other than {person}", hint="grant approve"):
        asked(world, given(world, by, person=person))


def test_under_a_solo_root_the_one_person_gives_leave_to_themselves(world: World) -> None:
    trusted = alone(world)
    content = given(world, ("ada",), person="ada", root=trusted.id)
    assert asked(world, content, trusted=trusted).document.person == "ada"
    with refused("vault-threshold", "0 of the 1 people that", hint="grant approve"):
        asked(world, given(world, ("bob",), person="ada", root=trusted.id), trusted=trusted)


def test_leave_for_another_key_is_refused(world: World) -> None:
    with refused("vault-break-glass", "another key"):
        asked(world, given(world), key=opening_key("somebody's").public)


def test_leave_for_a_key_that_is_none_is_refused(world: World) -> None:
    point = SealingKey("DHKEM-P256", b"\4" + bytes(64))
    with refused("vault-malformed", "no key of DHKEM-P256"):
        asked(world, given(world, sealing_key_id=point.key_id), key=point)


@pytest.mark.parametrize("life", [timedelta(0), timedelta(hours=-1), timedelta(hours=1, milliseconds=1)])
def test_leave_lives_for_at_most_an_hour(world: World, life: timedelta) -> None:
    with refused("vault-break-glass", "longer than an hour"):
        asked(world, given(world, expires=START + life), now=START - timedelta(seconds=60))


def test_leave_from_the_future_is_refused(world: World) -> None:
    with refused("vault-break-glass", "from the future"):
        asked(world, given(world), now=START - timedelta(seconds=60, milliseconds=1))


def test_leave_that_ended_is_refused(world: World) -> None:
    with refused("vault-break-glass", "has ended", hint="two approvers give another"):
        asked(world, given(world), now=START + timedelta(hours=1))


def test_leave_is_used_once(world: World) -> None:
    with refused("vault-break-glass", "used already"):
        asked(world, given(world), used=frozenset({NONCE}))


def test_leave_under_another_root_is_refused(world: World) -> None:
    with refused("vault-foreign-root", hint="another installation"):
        asked(world, given(world, root=filled("another root")))


def test_another_document_is_no_leave(world: World) -> None:
    with refused("vault-wrong-kind"):
        asked(world, world.server.grants[PATH][0])
