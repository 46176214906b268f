import json
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from wardline.kernel.errors import AskedWronglyError, UnavailableError
from wardline.vault.custodian import door
from wardline.vault.custodian.service import Answer
from wardline.vault.protocol.encoding import b64
from wardline.vault.protocol.errors import RevocationError

pytestmark = pytest.mark.loopback


class Custodian:
    def test(self, path: str) -> Answer:
        return Answer("yes" if path == "db/orders" else "cannot say", "version 1.3 logs in on every endpoint")

    def revoke(self, content: bytes) -> bytes:
        if content != b"a revocation":
            raise RevocationError("this is no revocation")
        return b"acknowledged"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    made = door.Door(tmp_path, Custodian(), threading.Lock())
    yield tmp_path / door.FILE
    made.close()
    assert not (tmp_path / door.FILE).exists()


def test_it_says_whether_a_secret_logs_in(place: Path) -> None:
    assert door.ask(place, {"test": "db/orders"})["works"] == "yes"
    assert door.ask(place, {"test": "db/other"})["works"] == "cannot say"


def test_a_revocation_is_taken_past_the_server_and_what_is_none_is_refused(place: Path) -> None:
    assert door.ask(place, {"revoke": b64(b"a revocation")}) == {"acknowledged": b64(b"acknowledged")}
    with pytest.raises(AskedWronglyError, match="no revocation"):
        door.ask(place, {"revoke": b64(b"something")})


def test_its_user_alone_may_come_in(place: Path) -> None:
    assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"[]\n", b'{"test": 1}\n', b'{"revoke": "!"}\n', b"\xff\n", b"[" * 70_000, os.urandom(2000)]
)
def test_nonsense_is_answered_and_the_next_one_is_served(place: Path, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(str(place))
        try:
            asked.sendall(line)
            asked.shutdown(socket.SHUT_WR)
            said = asked.recv(1000)
        except OSError:  # it closed on what was longer than a request can be
            said = b""
    assert not said or "problem" in json.loads(said)
    assert door.ask(place, {"test": "db/orders"})["works"] == "yes"


def test_where_nobody_listens_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="no custodian answers"):
        door.ask(tmp_path / door.FILE, {"test": "db/orders"})


def test_a_door_that_a_killed_custodian_left_is_replaced(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / door.FILE))
    left.close()
    made = door.Door(tmp_path, Custodian(), threading.Lock())
    assert door.ask(tmp_path / door.FILE, {"test": "db/orders"})["works"] == "yes"
    made.close()
