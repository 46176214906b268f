from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.vault.custodian.world import consumer

from wardline.kernel.errors import UnavailableError
from wardline.vault.custodian.memory import FILE, Memory
from wardline.vault.protocol import floors

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_floors_are_there_after_a_restart(tmp_path: Path) -> None:
    floor = floors.none_of("db/orders").granted(1, bytes(32)).raised(1, 7, bytes(32))
    Memory(tmp_path).keep(floors.none().seen(NOW), floor)
    again = Memory(tmp_path)
    assert again.floors().signed == NOW
    assert again.floor("db/orders") == floor
    assert again.paths() == (floor,)
    assert again.floor("db/other") == floors.none_of("db/other")


def test_whom_a_version_was_sealed_to_is_remembered_until_it_is_retired(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.seal("db/orders", 7, [consumer("orders")])
    memory.publish("db/orders", 7, bytes(32), NOW)
    memory.publish("db/orders", 7, bytes(32), NOW + timedelta(hours=1))
    (kept,) = Memory(tmp_path).sealed("db/orders", 7)
    assert (kept.name, kept.bound.signing) == ("orders", consumer("orders").bound.signing)
    assert memory.published("db/orders") == {7: (bytes(32), NOW)}  # the first time counts
    memory.retire("db/orders", 8)
    assert memory.sealed("db/orders", 7) == ()
    assert memory.published("db/orders") == {}


def test_a_revocation_stands_until_what_was_known_is_replaced(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.take_away("db/orders", NOW)
    memory.replaced("db/orders", NOW - timedelta(seconds=1))
    assert memory.taken_away("db/orders") == NOW
    memory.replaced("db/orders", NOW + timedelta(seconds=1))
    assert memory.taken_away("db/orders") is None


def test_a_nonce_is_remembered_until_its_put_has_ended(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.use(b"n" * 16, NOW + timedelta(minutes=10))
    assert memory.nonces(NOW + timedelta(minutes=9)) == {b"n" * 16}
    assert memory.nonces(NOW + timedelta(minutes=11)) == frozenset()


def test_a_disk_that_takes_nothing_stops_what_would_have_relied_on_it(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(UnavailableError, match="memory"):
        memory.keep(floors.none())


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    Memory(tmp_path)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
