"""The few words of ASGI 3.0 that the middlewares share. Pure: no framework."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_TITLES: Final = {
    400: "Bad request",
    408: "Request timeout",
    413: "Content too large",
    414: "URI too long",
    421: "Misdirected request",
    429: "Too many requests",
    431: "Request header fields too large",
    503: "Service unavailable",
}


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the value of a header (its name in lower case), or None; of several the first."""
    return next((value for key, value in scope["headers"] if key == name), None)


def with_headers(message: Message, added: Iterable[tuple[bytes, bytes]], *, replace: bool = True) -> None:
    """Put headers on the start of a response: in place of those of the same name, or only where there are none."""
    pairs = list(added)
    present = [(key.lower(), value) for key, value in message.get("headers", ())]
    if replace:
        names = {name for name, _ in pairs}
        message["headers"] = [pair for pair in present if pair[0] not in names] + pairs
    else:
        names = {name for name, _ in present}
        message["headers"] = present + [pair for pair in pairs if pair[0] not in names]


async def refuse(
    send: Send, status: int, detail: str, headers: Iterable[tuple[bytes, bytes]] = (), *, close: bool = False
) -> None:
    """Answer with a problem (RFC 9457) of our own; `close` where the rest of the request is not read."""
    import orjson

    body = orjson.dumps({"type": "about:blank", "title": _TITLES[status], "status": status, "detail": detail})
    pairs = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *headers,
        *([(b"connection", b"close")] if close else []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
