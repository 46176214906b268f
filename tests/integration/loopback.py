"""A server on the loopback address, for tests that must see real connections."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

Answer = tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Loopback:
    """A server whose answers are a table from paths, and which remembers what it was asked."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    sent: list[tuple[str, bytes]] = field(default_factory=list)  # method and body, where there was one
    url: str = ""

    def json(self, path: str, body: bytes | str, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.answers[path] = (200, {"Content-Type": "application/json", **headers}, content)

    def text(self, path: str, body: str, kind: str = "text/plain") -> None:
        self.answers[path] = (200, {"Content-Type": kind}, body.encode())

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def handler(table: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            table.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            table.sent += [(self.command, self._body())] if self.command not in {"GET", "HEAD"} else []
            answer = table.answers.get(self.path, (404, {}, b"not here"))
            try:
                if callable(answer):
                    self.close_connection = True
                    answer(self)
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            whole = b""
            while size := int(self.rfile.readline(), 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return whole

        do_DELETE = _answer  # noqa: N815 - as below
        do_POST = _answer  # noqa: N815 - as below
        do_PUT = _answer  # noqa: N815 - as below
        do_GET = _answer  # noqa: N815 - the name that http.server calls
        do_HEAD = _answer  # noqa: N815 - as above

        def log_message(self, *_: object) -> None:
            pass

    return Handler
