"""The world in memory behind the API that agents ask, on a real socket: `wardline serve` in miniature."""

import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.vault.world import PATH, World

from wardline.vault.agent import wire
from wardline.vault.protocol import entering
from wardline.vault.protocol.encoding import b64, unb64
from wardline.vault.protocol.envelope import unverified
from wardline.vault.protocol.keys import signed
from wardline.vault.protocol.model.binding import Binding


class HttpWorld:
    """A world at the real time, its servers on a port of loopback, and what they were handed."""

    def __init__(self) -> None:
        self.world = World()
        self.lock = threading.RLock()
        self.catch_up()
        self.keys: dict[str, bytes] = {}
        self.tokens: dict[str, str] = {}
        self.challenges: set[str] = set()
        self.receipts: list[bytes] = []
        self.cursor = 0
        self.asked: list[str] = []
        self.failing = 0
        self.url = ""

    def catch_up(self) -> None:
        """Let the world's time be the real one."""
        self.world.pass_time(seconds=(datetime.now(UTC) - self.world.wall).total_seconds())

    def mint(self, **fields: Any) -> None:
        with self.lock:
            self.catch_up()
            self.world.one.mint(PATH, fields)
            self.cursor += 1

    def answer(self, method: str, target: str, body: bytes, host: str, bearer: str) -> tuple[int, bytes]:
        parts = urlsplit(target)
        word = parts.path.removeprefix("/api/v1/vault/agents/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append(word)
        if self.failing:
            return self.failing, b"{}"
        if word == "changes":
            until = time.monotonic() + min(float(query["seconds"]), 2)
            while self.cursor <= int(query["cursor"]) and time.monotonic() < until:
                time.sleep(0.02)
            paths = [PATH] if self.cursor > int(query["cursor"]) else []
            return 200, json.dumps({"cursor": self.cursor, "paths": paths}).encode()
        with self.lock:
            return self._answer(word, query, body, host, bearer)

    def _answer(  # noqa: C901 - a table of answers
        self, word: str, query: dict[str, str], body: bytes, host: str, bearer: str
    ) -> tuple[int, bytes]:
        server = self.world.server
        if word == "roots":
            return 200, json.dumps({"roots": [b64(one) for one in server.roots]}).encode()
        if word == "bindings":
            binding = unverified(Binding, body, self.world.trusted.id).document
            self.keys[b64(binding.signing)] = binding.sealing.key_id
            server.bindings.append(body)
            self.catch_up()
            self.world.one.rewrap(PATH)
            return 204, b""
        if word == "challenge":
            made = b64(secrets.token_bytes(32))
            self.challenges.add(made)
            return 200, json.dumps({"challenge": made}).encode()
        if word == "token":
            said = json.loads(body)
            message = entering.message(host, unb64(said["challenge"]))
            self.challenges.remove(said["challenge"])
            known = said["signing"] in self.keys
            if not known or not signed(unb64(said["signing"]), unb64(said["signature"]), message):
                return 401, b"{}"
            token = secrets.token_urlsafe(16)
            self.tokens[token] = said["signing"]
            return 200, json.dumps({"token": token, "seconds": 600}).encode()
        if bearer not in self.tokens:
            return 401, b"{}"
        key = self.keys[self.tokens[bearer]]
        if word == "secrets":
            return 200, json.dumps({"paths": [PATH]}).encode()
        if word == "offer":
            return 200, wire.written(server.offer(query["path"], key, int(query["seen"])))
        if word == "grant":
            return (200, server.grants[query["path"]][-1]) if query["path"] in server.grants else (404, b"{}")
        if word == "receipts":
            self.receipts.append(body)
            return 204, b""
        return 404, b"{}"


@contextmanager
def serving(port: int = 0, world: HttpWorld | None = None) -> Iterator[HttpWorld]:
    world = world or HttpWorld()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            host = self.headers["Host"].partition(":")[0]
            status, content = world.answer(self.command, self.path, body, host, bearer)
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = True
        # Connections that are kept end with the server, as they do when a machine dies.
        connections: list[Any]

        def process_request(self, request: Any, client_address: Any) -> None:
            self.connections.append(request)
            super().process_request(request, client_address)

        def handle_error(self, *_: object) -> None:
            """Say nothing: the other end has gone."""

    server = Server(("127.0.0.1", port), Handler)
    server.connections = []
    world.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        for one in server.connections:
            _shut(one)
        thread.join()


def _shut(connection: Any) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
