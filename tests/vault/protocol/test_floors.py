"""Floors: nothing goes below them, and two of one number are a fork."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.protocol.documents import AT, EXAMPLES, filled
from tests.vault.protocol.refusing import refused

from wardline.vault.protocol import encoding, floors
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.floors import Floor, Floors

ONE, OTHER = filled("one"), filled("other")
FLOOR = Floor("db/orders", 2, 5, ONE, 3, filled("grant"))


def test_a_floor_rises_with_numbers_and_epochs_and_keeps_its_grant() -> None:
    for epoch, number in ((2, 6), (2, 9), (3, 1)):
        raised = FLOOR.raised(epoch, number, OTHER)
        assert (raised.epoch, raised.number, raised.version) == (epoch, number, OTHER)
        assert (raised.grant_version, raised.grant) == (3, filled("grant"))
    assert FLOOR.raised(2, 5, ONE) == FLOOR


@pytest.mark.parametrize(("epoch", "number"), [(2, 4), (1, 5), (1, 99)])
def test_what_is_below_the_floor_is_old(epoch: int, number: int) -> None:
    with refused("vault-rolled-back", f"version {number} of epoch {epoch} is older than 5 of epoch 2", hint="raise"):
        FLOOR.raised(epoch, number, ONE)


def test_another_version_of_the_same_number_is_a_fork() -> None:
    with refused("vault-equivocation", "two versions 5 of epoch 2"):
        FLOOR.raised(2, 5, OTHER)


def test_the_next_version_follows_from_the_one_that_was_seen() -> None:
    assert FLOOR.followed(2, 6, OTHER, ONE).number == 6
    with refused("vault-equivocation", "follows from another 5 than was seen"):
        FLOOR.followed(2, 6, OTHER, OTHER)
    with refused("vault-rolled-back", hint="raise"):
        FLOOR.followed(2, 4, OTHER, ONE)
    assert FLOOR.followed(2, 7, OTHER, OTHER).number == 7  # what is between was not seen
    assert FLOOR.followed(3, 6, OTHER, b"").epoch == 3
    assert floors.none_of("db/orders").followed(1, 1, ONE, b"").number == 1


def test_a_grant_rises_too() -> None:
    raised = FLOOR.granted(4, OTHER)
    assert (raised.grant_version, raised.grant, raised.number) == (4, OTHER, 5)
    assert FLOOR.granted(3, filled("grant")) == FLOOR
    with refused("vault-rolled-back", "grant 2 is older than 3"):
        FLOOR.granted(2, filled("grant"))
    with refused("vault-equivocation", "two grants of version 3"):
        FLOOR.granted(3, OTHER)


def test_an_epoch_never_goes_back() -> None:
    begun = floors.none().at(3, ONE)
    assert (begun.epoch, begun.epoch_digest) == (3, ONE)
    with refused("vault-epoch", "epoch 2 has ended: it is epoch 3"):
        begun.at(2, OTHER)
    assert begun.at(3, ONE) == begun


def test_the_latest_signed_time_is_kept_in_whole_milliseconds() -> None:
    later = AT + timedelta(microseconds=999)
    assert floors.none().seen(later).signed == AT
    assert floors.none().seen(AT).seen(AT - timedelta(hours=1)).signed == AT


def test_who_has_seen_nothing_takes_anything_of_the_first_epoch() -> None:
    begun = floors.none()
    assert (begun.epoch, begun.epoch_digest, begun.origin, begun.head_size, begun.revoked) == (1, b"", "", 0, ())
    assert floors.none_of("db/orders").raised(1, 7, ONE).current().number == 7


def test_floors_are_kept_and_read_the_same() -> None:
    for one in (FLOOR, floors.none_of("db/orders")):
        assert encoding.read(Floor, encoding.canonical(one), "a floor") == one
    assert encoding.read(Floors, encoding.canonical(floors.none()), "floors") == floors.none()


def test_a_peers_statement_gives_floors_in_its_epoch() -> None:
    said = EXAMPLES["freshness"]
    taken = floors.from_peer(said)
    assert taken == {"db/orders": Floor("db/orders", 1, 2, filled("version"), 1, filled("grant"))}
    assert taken["db/orders"].current() == said.current[0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4), st.sampled_from((ONE, OTHER))), max_size=12))
def test_whatever_is_shown_a_floor_never_falls_and_never_takes_two(shown: list[tuple[int, int, bytes]]) -> None:
    floor, taken = floors.none_of("db/orders"), dict[tuple[int, int], bytes]()
    for epoch, number, version in shown:
        before = (floor.epoch, floor.number)
        try:
            floor = floor.raised(epoch, number, version)
        except RefusedError:
            assert (epoch, number) < before or taken[epoch, number] != version
            continue
        assert (floor.epoch, floor.number) >= before
        assert taken.setdefault((epoch, number), version) == version
