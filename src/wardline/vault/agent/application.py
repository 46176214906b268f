"""The agent as an ASGI application: bytes in, the face's answer out."""

from collections.abc import Callable, Mapping
from typing import Final

from wardline.kernel.serving.asgi import Receive, Scope, Send
from wardline.vault.agent.face import Asked, Face, Reply

_MOST_BODY: Final = 1024 * 1024  # what comes in pieces was bounded before: this is the second lock


class Application:
    """Serves one face. `note` is a header of every answer that says what this agent is, also where there is no body."""

    def __init__(self, face: Face, *, note: str = "", slow: Callable[[Asked], bool] | None = None) -> None:
        self._face = face
        self._slow = slow
        self._headers: list[tuple[bytes, bytes]] = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            *([(b"x-wardline-warning", note.encode("latin-1"))] if note else []),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > _MOST_BODY:
                return
        state: Mapping[str, object] = scope.get("state", {})
        certificate = state.get("certificate")
        asked = Asked(
            method=scope["method"],
            path=scope.get("raw_path") or scope["path"].encode(),
            query=scope["query_string"],
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            body=body,
            certificate=certificate if isinstance(certificate, bytes) else b"",
            local=bool(state.get("local")),
        )
        await _sent(send, await self._answer(asked), self._headers, head=scope["method"] == "HEAD")

    async def _answer(self, asked: Asked) -> Reply:
        if self._slow is not None and self._slow(asked):
            import asyncio

            return await asyncio.to_thread(self._face.answer, asked)
        return self._face.answer(asked)


async def _sent(send: Send, reply: Reply, headers: list[tuple[bytes, bytes]], *, head: bool) -> None:
    length = [] if reply.status == 204 else [(b"content-length", str(len(reply.body)).encode())]
    await send({"type": "http.response.start", "status": reply.status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": b"" if head else reply.body})
