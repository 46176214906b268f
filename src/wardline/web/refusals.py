"""What the guards before the application refuse, shown to people as a page with the way out.

The guards (rates, sizes, names) answer with problems (RFC 9457), as programs want them. A browser that asks for a page
gets the same as a page; the API, SCIM and whatever did not ask for HTML get what they got.

    application = Refusals(guarded(...))
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from wardline.web import rendering
from wardline.web.asking import local

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_PROBLEM: Final = b"application/problem+json"
_FOR_PROGRAMS: Final = ("/api/", "/scim/")
_LARGEST: Final = 16 * 1024
_HINTS: Final = {413: "send less at once", 421: "open Wardline by the name it was set up with", 429: "wait a moment"}


class Refusals:
    """ASGI middleware, outermost: turns problems into pages for who asked for a page."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not _wants_a_page(scope):
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def sent(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _header(message, b"content-type") == _PROBLEM:
                start = message
            elif not start:
                await send(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b"")[:_LARGEST])
                if not message.get("more_body"):
                    await _answer(send, start, page(int(start["status"]), bytes(body), scope["path"]))

        await self._app(scope, receive, sent)


def page(status: int, problem: bytes, path: str) -> bytes:
    """Return the page that says what a problem says, whatever it says."""
    try:
        said = json.loads(problem)
        detail = str(said.get("detail") or said.get("title") or "")
    except (ValueError, AttributeError, RecursionError):
        detail = ""
    values = {
        "who": None, "theme": "system", "keys": True, "code": status, "here": local(path),
        "error": {"detail": detail or "The request was refused", "hint": _HINTS.get(status, "")},
    }  # fmt: skip
    return rendering.render("error_alone.html", values).encode()


async def _answer(send: Send, start: Message, content: bytes) -> None:
    kept = [pair for pair in start["headers"] if pair[0].lower() not in {b"content-type", b"content-length"}]
    headers = [*kept, (b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(content)).encode())]
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _wants_a_page(scope: Scope) -> bool:
    return not scope["path"].startswith(_FOR_PROGRAMS) and b"text/html" in (_header(scope, b"accept") or b"")


def _header(part: MutableMapping[str, Any], name: bytes) -> bytes | None:
    return next((value for key, value in part.get("headers", ()) if key.lower() == name), None)
