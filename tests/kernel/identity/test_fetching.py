"""Against a server of the tests' own on loopback: what is asked, and what is not believed."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from wardline.kernel.errors import UnavailableError
from wardline.kernel.identity.fetching import fetch, safe_address

pytestmark = pytest.mark.loopback
ANSWERS = {
    "/object": (200, b'{"a": 1}'),
    "/list": (200, b"[1]"),
    "/text": (200, b"hello"),
    "/refused": (400, b'{"error": "invalid_grant"}'),
    "/huge": (200, b" " * (1024 * 1024 + 1)),
    "/deep": (200, b"[" * 100_000),
}


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    asked: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked.append((self.command, self.path, body))
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("location", "/object")
                self.send_header("content-length", "0")
                self.end_headers()
                return
            status, content = ANSWERS[self.path]
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}", asked
    made.shutdown()
    thread.join(10)
    made.server_close()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/object", (200, {"a": 1})),
        ("/list", (200, {})),
        ("/text", (200, {})),
        ("/deep", (200, {})),
        ("/refused", (400, {"error": "invalid_grant"})),
        ("/moved", (302, {})),
    ],
)
def test_an_answer_is_an_object_or_nothing_and_redirects_are_not_followed(server, path: str, expected) -> None:
    assert fetch(server[0] + path) == expected


def test_a_form_is_posted(server) -> None:
    address, asked = server
    fetch(f"{address}/object", form="a=b&c=d")
    assert asked[-1] == ("POST", "/object", b"a=b&c=d")


def test_an_endless_answer_is_not_read(server) -> None:
    with pytest.raises(UnavailableError, match="too much"):
        fetch(f"{server[0]}/huge")


def test_nobody_there_is_said_without_the_address() -> None:
    with pytest.raises(UnavailableError) as raised:
        fetch("http://127.0.0.1:1/path?secret=1")
    assert "secret" not in raised.value.detail


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://login.example/x", True),
        ("http://127.0.0.1:8/x", True),
        ("http://[::1]/x", True),
        ("http://localhost/x", True),
        ("http://login.example/x", False),
        ("http://localhost.evil.example/x", False),
        ("ftp://login.example/x", False),
        ("file:///etc/passwd", False),
        ("https://user@login.example/", False),
        ("https://login.example/#x", False),
        ("https:///x", False),
        ("https://[::1/x", False),
        ("", False),
    ],
)
def test_only_https_and_loopback_are_asked(address: str, safe: bool) -> None:
    assert safe_address(address) is safe
    if not safe:
        with pytest.raises(UnavailableError):
            fetch(address)
