"""A join: two people's word about the keys that an agent displays."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.vault.protocol.documents import SEALING, filled, signer
from tests.vault.protocol.refusing import alone, refused
from tests.vault.world import START, World

from wardline.vault.protocol.envelope import enveloped
from wardline.vault.protocol.evidence import join
from wardline.vault.protocol.evidence.shown import Shown
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.keys import thumbprint
from wardline.vault.protocol.model.binding import Join
from wardline.vault.protocol.roots import TrustedRoot

DAY, TICK = timedelta(days=1), timedelta(milliseconds=1)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def displayed(trusted: TrustedRoot) -> str:
    return thumbprint(trusted.id, SEALING, signer("agent").public)


def signed(world: World, trusted: TrustedRoot, by: tuple[str, ...] = ("ada", "bob"), **changes: Any) -> bytes:
    members = {
        "root": trusted.id,
        "name": "orders",
        "requester": "cleo",
        "thumbprint": join.digest(displayed(trusted)),
        "issued": START,
        "expires": START + 31 * DAY,
        **changes,
    }
    return enveloped(Join(**members), *(world.people[name] for name in by)).written()


def shown(world: World, now: datetime = START, by: tuple[str, ...] = ("ada", "bob"), **changes: Any) -> Shown:
    return join.show(signed(world, world.trusted, by, **changes), world.trusted, displayed(world.trusted), now)


def test_it_shows_the_name_that_two_people_signed_until_its_last_moment(world: World) -> None:
    for now in (START - timedelta(minutes=1), START, START + 31 * DAY - TICK):
        found = shown(world, now)
        assert found.identity == Identity("join", (("name", "orders"),))
        assert found.expires == START + 31 * DAY
        assert found.instance.startswith("join ")


def test_two_documents_are_two_instances(world: World) -> None:
    assert shown(world).instance != shown(world, requester="bob", by=("ada", "cleo")).instance


@pytest.mark.parametrize("by", [("ada",), ("ada", "cleo")])
def test_the_one_who_asked_does_not_count(world: World, by: tuple[str, ...]) -> None:
    with refused("vault-threshold", "1 of the 2 people other than cleo", hint="sign it"):
        shown(world, by=by)


def test_under_a_solo_root_the_one_person_joins_alone(world: World) -> None:
    trusted = alone(world)
    content = signed(world, trusted, ("ada",), requester="ada")
    assert join.show(content, trusted, displayed(trusted), START).identity.issuer == "join"


def test_it_is_worth_nothing_with_other_keys(world: World) -> None:
    with refused("vault-evidence", "for other keys", hint="what the agent displays"):
        shown(world, thumbprint=filled("others"))


@pytest.mark.parametrize("life", [timedelta(0), -DAY, 31 * DAY + TICK])
def test_it_lives_for_at_most_31_days(world: World, life: timedelta) -> None:
    with refused("vault-evidence", "more than 31 days"):
        shown(world, START - timedelta(minutes=1), expires=START + life)


def test_it_does_not_begin_later(world: World) -> None:
    with refused("vault-evidence", "begins later"):
        shown(world, START - timedelta(minutes=1) - TICK)


def test_it_ends(world: World) -> None:
    with refused("vault-evidence", "has ended", hint="two approvers sign another"):
        shown(world, START + 31 * DAY)


def test_it_is_of_this_root(world: World) -> None:
    with refused("vault-foreign-root", hint="another installation"):
        shown(world, root=filled("another"))
