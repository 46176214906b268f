"""Bodies of requests, read with bounds: so many bytes, one kind of content, nothing nested without end."""

from typing import Any, Final

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from wardline.api.problems import UnsupportedMediaError
from wardline.kernel.errors import AskedWronglyError, TooLargeError

MAX_BYTES: Final = 256 * 1024
JSON: Final = "application/json"


class ReadRequest(Request):
    """A request whose body was read already, and is JSON as RFC 8259 has it (no NaN, no lone surrogates)."""

    def __init__(self, scope: Scope, receive: Receive, body: bytes) -> None:
        """Hold a body."""
        super().__init__(scope, receive)
        self._whole = body

    async def body(self) -> bytes:
        """Return the body."""
        return self._whole

    async def json(self) -> Any:
        """Return the body's values; raises `json.JSONDecodeError` for what is no JSON, or nested too deeply."""
        return orjson.loads(self._whole)


async def read(request: Request, max_bytes: int = MAX_BYTES) -> bytes:
    """Return a request's whole body.

    Raises: `TooLargeError`; `AskedWronglyError` where it did not arrive whole; `UnsupportedMediaError` where there is
    one and it is not JSON, or is compressed.
    """
    length_within(request, max_bytes)
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > max_bytes:
                raise too_large(max_bytes)
    except ClientDisconnect:
        raise AskedWronglyError("the request did not arrive whole", hint="send it again") from None
    if body and media_type(request) != JSON:
        raise UnsupportedMediaError("the body is not application/json", hint=f"send Content-Type: {JSON}")
    if body and request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaError("a compressed body is read for reports only", hint="send it uncompressed")
    return bytes(body)


def media_type(request: Request) -> str:
    """Return the type of a request's content without its parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def length_within(request: Request, max_bytes: int) -> None:
    """Refuse early what says itself that it is too large.

    Raises: `TooLargeError`.
    """
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and (len(length) > 15 or int(length) > max_bytes):
        raise too_large(max_bytes)


def too_large(max_bytes: int) -> TooLargeError:
    """Return the error of a body that is too large."""
    size = f"{max_bytes // 1024} KiB" if max_bytes < 4 * 1024 * 1024 else f"{max_bytes // 1024 // 1024} MiB"
    return TooLargeError(f"more than {size} were sent", hint="send less at once")
