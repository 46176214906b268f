"""The servers over HTTP: how an agent comes in, whom it asks, and what it makes of nonsense."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from tests.vault.agent.http_servers import HttpWorld, serving
from tests.vault.world import PATH

from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.vault import remote
from wardline.vault.agent.servers import Servers
from wardline.vault.keyring import Keyring
from wardline.vault.protocol import bindings
from wardline.vault.protocol.keys import SoftwareSigner
from wardline.vault.protocol.opening import OpeningKey
from wardline.vault.remote import StrangerError, UnreachableError

pytestmark = pytest.mark.loopback


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with serving() as made:
        made.mint(password="one")
        yield made


def bound(world: HttpWorld, *urls: str) -> Servers:
    keys = Keyring(OpeningKey(os.urandom(32)), SoftwareSigner(os.urandom(32)))
    agent = world.world.agent()
    servers = Servers(urls or (world.url,), keys)
    made = bindings.bind(world.world.trusted.id, keys.opening.public, keys.signer, agent.evidence, world.world.wall)
    servers.bind(made.written())
    return servers


def test_it_comes_in_by_its_key_once_and_asks(world: HttpWorld) -> None:
    servers = bound(world)
    assert servers.roots() == tuple(world.world.server.roots)
    assert servers.paths() == (PATH,)
    assert servers.offer(PATH, 0) is not None
    assert servers.grant(PATH) == world.world.server.grants[PATH][-1]
    assert servers.grant("db/none") is None
    servers.receipt(b"{}")
    assert world.receipts == [b"{}"]
    assert world.asked.count("token") == 1


def test_a_token_that_ended_is_asked_for_anew(world: HttpWorld) -> None:
    servers = bound(world)
    assert servers.paths() == (PATH,)
    world.tokens.clear()
    assert servers.paths() == (PATH,)


def test_it_waits_for_a_change_and_for_no_longer_than_it_said(world: HttpWorld) -> None:
    servers = bound(world)
    found = servers.wait(0, 1)
    assert found.paths == (PATH,)
    assert servers.wait(found.cursor, 0).paths == ()


def test_a_server_that_does_not_answer_is_passed_over(world: HttpWorld) -> None:
    servers = bound(world, "http://127.0.0.1:1", world.url)
    assert servers.paths() == (PATH,)


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_servers_that_fail_are_not_there(world: HttpWorld, status: int) -> None:
    servers = bound(world)
    world.failing = status
    with pytest.raises(UnreachableError):
        servers.paths()


def test_a_server_that_refuses_is_not_an_outage(world: HttpWorld) -> None:
    servers = bound(world)
    servers.paths()
    world.failing = 403
    with pytest.raises(CannotSayError, match="403"):
        servers.paths()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b'{"paths": 1}', b'{"paths": [1]}', b"[" * 100_000])
def test_nonsense_is_no_answer(world: HttpWorld, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    servers = bound(world)
    servers.paths()
    monkeypatch.setattr(world, "answer", lambda *_: (200, content))
    for ask in (servers.paths, servers.roots, lambda: servers.wait(0, 0)):
        with pytest.raises(UnreachableError):
            ask()


def test_a_server_that_drips_or_ends_early_is_passed_over(world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "SECONDS", 0.5)
    stop = threading.Event()

    def hostile(listening: socket.socket, head: bytes) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                connection.sendall(head)
                while head.endswith(b"drip") and not stop.wait(0.05):
                    connection.sendall(b" ")

    for head in (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\ndrip",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
    ):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=hostile, args=(listening, head))
            thread.start()
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            servers = Servers((url, world.url), Keyring(OpeningKey(os.urandom(32)), SoftwareSigner(os.urandom(32))))
            began = time.monotonic()
            assert servers.roots() == tuple(world.world.server.roots)
            assert time.monotonic() - began < 5
            stop.set()
            listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("urls", [(), ("http://wardline.example",), ("ftp://x",), ("wardline.example",)])
def test_a_server_off_this_machine_is_asked_over_tls(urls: tuple[str, ...]) -> None:
    with pytest.raises(AskedWronglyError):
        Servers(urls, Keyring(OpeningKey(os.urandom(32)), SoftwareSigner(os.urandom(32))))


def test_a_server_that_does_not_know_the_key_is_told_from_one_that_is_away(world: HttpWorld) -> None:
    servers = bound(world)
    assert servers.paths() == (PATH,)
    world.tokens.clear()
    world.keys.clear()  # as one that came back from a backup
    with pytest.raises(StrangerError, match="does not know this key"):
        servers.paths()
