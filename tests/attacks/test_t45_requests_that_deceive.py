"""T-45: requests that two readers take for different things: headers twice, lengths, kinds, methods, paths."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests.api import world as making
from tests.api.world import World
from tests.conftest import Clock

from wardline.api.app import PREFIX
from wardline.kernel.database.engine import Database
from wardline.kernel.serving.metrics import Metrics
from wardline.main.application import application


@pytest.fixture
def world(lite: Database, tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = making.made(f"sqlite:///{tmp_path / 'lite.db'}", tmp_path / "state", clock)
    yield made
    made.services.database.close()


def raw(
    world: World, method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes = b""
) -> tuple[int, bytes]:
    """Ask the application with exactly these headers."""
    said: list[Any] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": PREFIX + path, "raw_path": (PREFIX + path).encode(), "query_string": b"", "root_path": "",
        "headers": headers, "server": ("wardline.example", 80), "client": ("192.0.2.1", 1),
    }  # fmt: skip

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(world.app(scope, receive, send))
    return said[0]["status"], b"".join(one.get("body", b"") for one in said)


def test_who_asks_stands_in_one_header_and_nowhere_else(world: World) -> None:
    token = world.tokens["developer"].encode()
    assert raw(world, "GET", "/me", [(b"authorization", b"Bearer " + token)])[0] == 200
    for headers in (
        [(b"authorization", b"Bearer " + token), (b"authorization", b"Bearer wl_other")],
        [(b"authorization", b"Basic " + token)],
        [(b"authorization", token)],
        [(b"authorization", b"Bearer")],
        [(b"authorization", b"Bearer " + b"a" * 20_000)],
        [(b"authorization", b"Bearer \xff\xfe")],
        [(b"authorization", b"Bearer a b")],
        [(b"x-forwarded-user", b"admin"), (b"x-real-ip", b"127.0.0.1")],
        [(b"cookie", b"__Host-wardline=" + token.removeprefix(b"wls_"))],
        [(b"cookie", b"wardline=" + token.removeprefix(b"wls_") + b"; Authorization=Bearer " + token)],
    ):
        assert raw(world, "GET", "/me", headers)[0] == 401, headers
    assert world.ask("GET", f"/me?access_token={token.decode()}").status_code == 401


def test_a_method_in_a_header_or_field_changes_nothing(world: World) -> None:
    account = world.people["developer"]
    for header in ("X-HTTP-Method-Override", "X-Method-Override"):
        answer = world.ask("GET", f"/accounts/{account}", "admin", headers={header: "DELETE"})
        assert (answer.status_code, answer.json()["active"]) == (200, True)
    for method in ("PATCH", "TRACE", "CONNECT", "PROPFIND", "OPTIONS"):
        assert world.ask(method, "/me", "admin").status_code == 405, method


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/xml"],
)
def test_what_a_form_elsewhere_could_send_is_no_request(world: World, kind: str) -> None:
    answer = world.ask("POST", "/accounts", "admin", content=b'{"name": "Eve"}', headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


def test_a_body_where_none_belongs_or_one_too_large_is_refused(world: World) -> None:
    json = {"Content-Type": "application/json"}
    assert world.ask("POST", "/duties/x/run", "admin", content=b"{}", headers=json).status_code == 422
    large = b'{"name": "' + b"a" * 300_000 + b'"}'
    assert world.ask("POST", "/accounts", "admin", content=large, headers=json).status_code == 413
    deep = b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert world.ask("POST", "/accounts", "admin", content=deep, headers=json).status_code in {400, 422}
    for body in (b"{", b"\xff", b'{"name": NaN}', b'{"name": "\xed\xa0\x80"}', b"nul\x00", b'{"name": 1e999}'):
        assert world.ask("POST", "/accounts", "admin", content=body, headers=json).status_code in {400, 422}, body


@pytest.mark.parametrize("path", ["/../../healthz", "//me", "/me/", "/me%2f..%2fme", "/%2e%2e/me", "/me;x=1", "/ME"])
def test_a_path_is_taken_as_it_is_written(world: World, path: str) -> None:
    assert world.ask("GET", path, "admin").status_code in {404, 405}


@pytest.mark.parametrize("path", [f"{PREFIX}/sessions", "/sign-in", "/scim/v2/Users", "/healthz"])
def test_nothing_is_smuggled_behind_another_request(world: World, path: str) -> None:
    """The server's own parser: contradicting lengths end the connection, and what follows is never answered."""
    whole = application(world.services, Metrics())
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(8)
        config = uvicorn.Config(whole, log_config=None, lifespan="off", timeout_graceful_shutdown=1, http="h11")
        serving = uvicorn.Server(config)
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            for lengths in (
                "Content-Length: 4\r\nTransfer-Encoding: chunked",
                "Content-Length: 4\r\nContent-Length: 40",
                "Transfer-Encoding: chunked, identity",
                "Content-Length: +4",
                "Content-Length: 4\r\n Transfer-Encoding: chunked",
            ):
                inner = f"GET {PREFIX}/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
                request = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{lengths}\r\n\r\n0\r\n\r\n{inner}"
                with socket.create_connection(bound.getsockname(), 5) as connection:
                    connection.sendall(request.encode())
                    connection.settimeout(5)
                    answered = b""
                    while part := connection.recv(65536):
                        answered += part
                assert answered.count(b"HTTP/1.1 ") == 1, lengths
                assert answered.startswith(b"HTTP/1.1 400"), lengths
        finally:
            serving.should_exit = True
            thread.join(10)
