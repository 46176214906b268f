"""How much and how long a request may be: bounds on its target, headers, body and time.

The server program bounds the header block as bytes arrive; here each request is held to what its route is for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from wardline.kernel.serving.asgi import Application, Message, Receive, Scope, Send, header, refuse

MAX_HEADERS: Final = 100
MAX_HEADER_BYTES: Final = 32 * 1024
MAX_TARGET_BYTES: Final = 8 * 1024
MAX_BODY_BYTES: Final = 1024 * 1024
_TWO_LENGTHS: Final = frozenset({b"content-length", b"transfer-encoding"})


class Limits:
    """Refuses what is too large (413, 414, 431), of two lengths (400) or too slow (408), before or while it is read.

    `larger` maps the beginning of a path to the bytes that a body may have there (the longest beginning counts). A body
    without a stated length is counted as it comes, and nothing of it is kept here. `seconds` is how long the whole body
    may take, and twenty more for each MiB that a larger body may have; `idle_seconds` how long one piece may.
    """

    def __init__(
        self,
        app: Application,
        *,
        max_bytes: int = MAX_BODY_BYTES,
        larger: Mapping[str, int] | None = None,
        seconds: float = 30.0,
        idle_seconds: float = 15.0,
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._larger = sorted((larger or {}).items(), key=lambda entry: -len(entry[0]))
        self._seconds = seconds
        self._idle_seconds = idle_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _refusal(scope)
        most = next((size for start, size in self._larger if scope["path"].startswith(start)), self._max_bytes)
        stated = header(scope, b"content-length")
        if refusal is None and stated is not None and (not stated.isdigit() or len(stated) > 18):
            refusal = (400, "Content-Length is no number")
        if refusal is None and stated is not None and int(stated) > most:
            refusal = (413, f"a body has up to {most} bytes here")
        if refusal is not None:
            await refuse(send, *refusal, close=True)
            return
        await self._guarded(scope, receive, send, most)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        """Ask the application with a body that ends at its bound: then the answer is ours, and its own is not sent.

        The application is told that the client has gone, so that it neither goes on nor answers for half a body.
        """
        started = cut = False
        piece = self._pieces(receive, most)

        async def sent(message: Message) -> None:
            nonlocal started
            if not cut:
                started = started or message["type"] == "http.response.start"
                await send(message)

        async def received() -> Message:
            nonlocal cut
            message = None if cut else await piece()
            if isinstance(message, tuple):
                cut = True
                if not started:
                    await refuse(send, *message, close=True)
            return message if message is not None and not isinstance(message, tuple) else {"type": "http.disconnect"}

        try:
            await self._app(scope, received, sent)
        except Exception:  # whatever the application makes of a client that has gone
            if not cut:
                raise

    def _pieces(self, receive: Receive, most: int) -> Callable[[], Awaitable[Message | tuple[int, str]]]:
        """Return what gives the next piece of the body, or the refusal of what is too much or too slow."""
        until = asyncio.get_running_loop().time() + self._seconds + 20.0 * ((most - self._max_bytes) // MAX_BODY_BYTES)
        taken = 0
        whole = False

        async def piece() -> Message | tuple[int, str]:
            nonlocal taken, whole
            if whole:  # what comes now is that the client has gone, whenever that is
                return await receive()
            left = until - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(max(0.0, min(left, self._idle_seconds))):
                    message = await receive()
            except TimeoutError:
                return 408, "the request came too slowly"
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                whole = not message.get("more_body", False)
                if taken > most:
                    return 413, f"a body has up to {most} bytes here"
            return message

        return piece


def _refusal(scope: Scope) -> tuple[int, str] | None:
    target = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
    if target > MAX_TARGET_BYTES:
        return 414, f"an address has up to {MAX_TARGET_BYTES} bytes"
    if {name for name, _ in scope["headers"]} >= _TWO_LENGTHS:  # RFC 9112 §6.1: a proxy may have taken the other one
        return 400, "the request has two lengths"
    if len(scope["headers"]) > MAX_HEADERS:
        return 431, f"a request has up to {MAX_HEADERS} headers"
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADER_BYTES:
        return 431, f"headers have up to {MAX_HEADER_BYTES} bytes"
    return None
