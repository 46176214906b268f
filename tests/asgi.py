"""The smallest ASGI application and client: for middlewares, without a framework and without sockets."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

Message = dict[str, Any]
Application = Callable[..., Awaitable[None]]


class Answer(NamedTuple):
    status: int
    pairs: list[tuple[str, str]]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.pairs)


class Plain:
    """Reads the whole body and answers with its length; counts how often it was asked."""

    def __init__(self, status: int = 200, headers: Iterable[tuple[str, str]] = (), *, reads: bool = True) -> None:
        self.status, self.reads = status, reads
        self.headers = [(name.encode(), value.encode()) for name, value in headers]
        self.asked = 0
        self.scope: dict[str, Any] = {}
        self.gone = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        self.scope = scope
        size = 0
        while self.reads:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                raise ConnectionError("the client has gone")
            size += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": b"%d bytes" % size})


def ask(
    app: Application,
    path: str = "/",
    *,
    method: str = "GET",
    headers: Iterable[tuple[str, str]] = (),
    body: Iterable[bytes] = (b"",),
    query: str = "",
    client: tuple[str, int] | None = ("192.0.2.1", 1234),
    pause: float = 0.0,
    **scope: Any,
) -> Answer:
    """Ask once. `body` comes in these pieces, each after `pause` seconds. Host is ours unless `headers` say another."""
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if not any(name == b"host" for name, _ in pairs):
        pairs.insert(0, (b"host", b"wardline.example"))
    asked = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": pairs,
        "client": client,
        "server": ("127.0.0.1", 80),
        "state": {},
        **scope,
    }
    return asyncio.run(_asked(app, asked, list(body), pause))


async def _asked(app: Application, scope: Message, pieces: list[bytes], pause: float) -> Answer:
    sent: list[Message] = []

    async def receive() -> Message:
        if not pieces:
            await asyncio.sleep(3600)
        await asyncio.sleep(pause)
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert [message["type"] for message in sent[:1]] == ["http.response.start"]
    assert {message["type"] for message in sent[1:]} <= {"http.response.body"}
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    return Answer(sent[0]["status"], pairs, b"".join(message.get("body", b"") for message in sent[1:]))
