"""Freshness: only from floors, only by a custodian of the zone, for ten minutes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.vault.protocol.documents import filled
from tests.vault.protocol.refusing import refused
from tests.vault.world import PATH, START, World

from wardline.vault.protocol import floors, freshness
from wardline.vault.protocol.envelope import Read, enveloped
from wardline.vault.protocol.floors import Floor
from wardline.vault.protocol.model.root import Zone
from wardline.vault.protocol.model.statement import Freshness, HeadSeen, Revoked

MINUTE, TICK = timedelta(minutes=1), timedelta(milliseconds=1)
ENDS = START + 10 * MINUTE


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def stated(world: World, *paths: Floor, **changes: Any) -> Freshness:
    """Return what keeper-1 states over these floors."""
    known = replace(floors.none(), revoked=changes.pop("revoked", ()))
    made = freshness.state(
        world.trusted, "eu", "keeper-1", known, paths, HeadSeen(7, filled("head")), START, world.one.signer, **changes
    )
    return freshness.require(made.written(), world.trusted, "eu", epoch=1, now=START).document


def shown(world: World, now: datetime = START, **changes: Any) -> Read[Freshness]:
    """Return a statement that keeper-1 signed, whatever it says, as it is taken now."""
    settings = {name: changes.pop(name) for name in ("grace", "epoch", "zone_wanted", "signer") if name in changes}
    said = replace(stated(world, of_path()), **changes)
    content = enveloped(said, settings.get("signer", world.one.signer)).written()
    zone, grace = settings.get("zone_wanted", "eu"), settings.get("grace", timedelta(0))
    return freshness.require(content, world.trusted, zone, epoch=settings.get("epoch", 1), now=now, grace=grace)


def of_path(path: str = PATH, **changes: Any) -> Floor:
    return replace(Floor(path, 1, 2, filled("version"), 1, filled("grant")), **changes)


def test_a_statement_is_made_of_floors_in_order_with_the_revocations_of_its_paths(world: World) -> None:
    mine, other = Revoked(PATH, "workload:reports", 1), Revoked("not/stated", "", 1)
    said = stated(world, of_path("z/last"), of_path(), revoked=(mine, other))
    assert [one.path for one in said.current] == [PATH, "z/last"]
    assert said.of_path(PATH) == of_path().current()
    assert said.revoked == (mine,)
    assert (said.issued, said.expires) == (START, ENDS)
    assert (said.root_version, said.zone, said.custodian) == (1, "eu", "keeper-1")


@pytest.mark.parametrize("changes", [{"number": 0, "version": b""}, {"grant_version": 0, "grant": b""}, {"epoch": 2}])
def test_what_was_not_seen_in_this_epoch_is_not_vouched_for(world: World, changes: dict[str, Any]) -> None:
    assert stated(world, of_path(**changes), of_path("z/last")).of_path(PATH) is None


@pytest.mark.parametrize("lifetime", [timedelta(0), -MINUTE, 10 * MINUTE + TICK])
def test_nobody_states_anything_for_more_than_ten_minutes(world: World, lifetime: timedelta) -> None:
    with refused("vault-freshness", "lives for at most ten minutes"):
        stated(world, of_path(), lifetime=lifetime)


def test_a_statement_holds_until_its_last_moment_and_through_an_outages_grace(world: World) -> None:
    for now in (START - MINUTE, START, ENDS - TICK):
        assert shown(world, now).document.issued == START
    assert shown(world, ENDS + 5 * MINUTE - TICK, grace=5 * MINUTE).document.expires == ENDS
    with refused("vault-freshness", "ended at 09:10:00", hint="keeps it back"):
        shown(world, ENDS)
    with refused("vault-freshness", "ended at 09:10:00", hint="keeps it back"):
        shown(world, ENDS + 5 * MINUTE, grace=5 * MINUTE)


def test_a_statement_of_another_zone_is_refused(world: World) -> None:
    with refused("vault-freshness", "of zone eu, and the secret of us"):
        shown(world, zone_wanted="us")


def test_only_a_custodian_of_the_zone_states_anything(world: World) -> None:
    with refused("vault-custodian", "no custodian keeper-3"):
        shown(world, custodian="keeper-3")
    with refused("vault-signature", "not signed by keeper-1"):
        shown(world, signer=world.two.signer)
    elsewhere = replace(world.trusted, root=replace(world.root, zones=(Zone("us", world.root.zones[0].custodians),)))
    content = enveloped(replace(stated(world), root=world.trusted.id), world.one.signer).written()
    with refused("vault-custodian", "in zone eu"):
        freshness.require(content, elsewhere, "eu", epoch=1, now=START)


@pytest.mark.parametrize("life", [timedelta(0), -MINUTE, 10 * MINUTE + TICK])
def test_a_longer_statement_is_refused_whoever_signed_it(world: World, life: timedelta) -> None:
    with refused("vault-freshness", "longer than ten minutes"):
        shown(world, START - MINUTE, expires=START + life)


def test_a_statement_from_the_future_is_refused(world: World) -> None:
    with refused("vault-freshness", "from the future", hint="compare them"):
        shown(world, START - MINUTE - TICK)


@pytest.mark.parametrize("epoch", [2, 3])
def test_a_statement_of_another_epoch_is_refused(world: World, epoch: int) -> None:
    with refused("vault-epoch", f"of epoch 1, and it is epoch {epoch}"):
        shown(world, epoch=epoch)


def test_a_custodian_that_goes_by_a_newer_root_shows_that_it_was_kept_back(world: World) -> None:
    with refused("vault-root", "goes by root 2, and this party was shown 1", hint="keeps a root back"):
        shown(world, root_version=2)


def test_only_the_version_that_is_stated_is_vouched_for(world: World) -> None:
    said = stated(world, of_path())
    assert freshness.vouched(said, PATH, 2, filled("version")) == of_path().current()
    for number, version in ((1, filled("version")), (3, filled("version")), (2, filled("another"))):
        with refused("vault-stale", f"version {number} is not the one (2)"):
            freshness.vouched(said, PATH, number, version)
    with refused("vault-stale", "does not vouch for other/path"):
        freshness.vouched(said, "other/path", 2, filled("version"))
