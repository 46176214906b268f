"""An approver's machine goes by the root that it was told, and by the newest one that it has seen."""

from pathlib import Path

import pytest
from tests.vault.world import World

from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.vault.approver.trusting import FILE, Trusting
from wardline.vault.protocol.errors import RefusedError, RootError
from wardline.vault.protocol.roots import Pin


@pytest.fixture
def world() -> World:
    return World()


def test_a_chain_that_begins_with_the_pin_is_followed_and_remembered(tmp_path: Path, world: World) -> None:
    trusting = Trusting(tmp_path)
    trusting.give(world.pin)
    second = world.next_root(organisation="Renamed")
    assert trusting.follow([*world.server.roots, second]).root.version == 2
    with pytest.raises(RootError, match="was seen"):  # served an older chain afterwards, also by another process
        Trusting(tmp_path).follow(world.server.roots)


def test_two_roots_of_one_version_are_told_apart(tmp_path: Path, world: World) -> None:
    trusting = Trusting(tmp_path)
    trusting.give(world.pin)
    trusting.follow([*world.server.roots, world.next_root(organisation="One")])
    with pytest.raises(RefusedError):
        trusting.follow([*world.server.roots, world.next_root(organisation="Two")])


def test_a_foreign_chain_is_refused(tmp_path: Path, world: World) -> None:
    trusting = Trusting(tmp_path)
    trusting.give(Pin(b"\1" * 32))
    with pytest.raises(RefusedError):
        trusting.follow(world.server.roots)


def test_without_a_pin_nothing_is_trusted(tmp_path: Path, world: World) -> None:
    with pytest.raises(AskedWronglyError, match="not told which root"):
        Trusting(tmp_path).follow(world.server.roots)


def test_another_pin_does_not_replace_the_one_that_is_there(tmp_path: Path, world: World) -> None:
    Trusting(tmp_path).give(world.pin)
    Trusting(tmp_path).give(world.pin)
    with pytest.raises(AskedWronglyError, match="trusts another root"):
        Trusting(tmp_path).give(Pin(b"\1" * 32))


@pytest.mark.parametrize("content", [b"", b"{}", b'{"pin": 1, "roots": []}', b'{"pin": "ordinary:AAAA", "roots": 3}'])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CannotSayError, match="is damaged"):
        Trusting(tmp_path).pin()
