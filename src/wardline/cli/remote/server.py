"""A Wardline server as the command line asks it: over API v1, saying who asks; every error has a way out."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from wardline.cli.remote import credentials
from wardline.kernel.errors import (
    AskedWronglyError,
    CannotSayError,
    ConflictError,
    DeniedError,
    NotFoundError,
    TooLargeError,
    TooManyError,
    UnauthenticatedError,
    UnavailableError,
    WardlineError,
)

if TYPE_CHECKING:
    from wardline.kernel.http import Answer, Body

_API: Final = "/api/v1"
_KINDS: Final[dict[int, type[WardlineError]]] = {
    400: AskedWronglyError,
    401: UnauthenticatedError,
    403: DeniedError,
    404: NotFoundError,
    405: AskedWronglyError,
    409: ConflictError,
    412: ConflictError,
    413: TooLargeError,
    415: AskedWronglyError,
    422: AskedWronglyError,
    429: TooManyError,
    503: UnavailableError,
    507: UnavailableError,
}
_HINTS: Final[dict[int, str]] = {
    401: "sign in with `wardline sign-in LINK`, or set WARDLINE_TOKEN; a CI's own token needs a binding on the server",
    403: "ask whoever runs Wardline for a role or a team that has it, or make a token with that permission",
}
_NOT_FOUND: Final = (
    "a list shows the ids: `wardline findings`, `service list`, `grant list`; another team's are not shown"
)
_SECONDS: Final = 60.0
_TIMES_IN_PROGRESS: Final = 150
_PIECE: Final = 500
_MAX_BYTES: Final = 64 * 1024 * 1024


class Server:
    """One server. `token` None: what the environment, the CI or an earlier sign-in offers."""

    def __init__(self, url: str, *, token: str | None = None, seconds: float = _SECONDS) -> None:
        """Name the server; nothing is asked yet.

        Raises: `AskedWronglyError` for what is no address, or one over which a token must not go.
        """
        self.url = address(url)
        self._token = token
        self._seconds = seconds

    def get(self, path: str, /, **query: Any) -> Any:
        """Return what stands at a path, as JSON values."""
        return self.ask("GET", path, query=query)

    def rows(self, path: str, /, *, limit: int | None = None, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield a list's rows, asking for one piece after the other as far as they are wanted."""
        left = limit
        cursor: str | None = None
        while left is None or left > 0:
            piece = _PIECE if left is None else min(_PIECE, left)
            found = self.get(path, limit=piece, cursor=cursor, **query)
            yield from found["rows"]
            left = None if left is None else left - len(found["rows"])
            cursor = found["next_cursor"]
            if cursor is None:
                return

    def ask(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, values: Any = None, key: str = ""
    ) -> Any:
        """Return the answer as JSON values (None: there is none). A write without a `key` gets one of its own.

        Raises: the error that the server's problem stands for; `UnavailableError` where it does not answer.
        """
        import orjson

        headers = {} if values is None else {"Content-Type": "application/json"}
        body = None if values is None else orjson.dumps(values)
        answer = self.send(method, path, query=query, body=body, headers=headers, key=key)
        return orjson.loads(answer.body) if answer.body else None

    def send(  # noqa: PLR0913 - what a request consists of
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: "Body | None" = None,
        headers: Mapping[str, str] | None = None,
        key: str = "",
        anonymous: bool = False,
        max_bytes: int = _MAX_BYTES,
    ) -> "Answer":
        """Return a successful answer as it came; else as `ask`."""
        import secrets

        sent = dict(headers or {})
        if method != "GET":
            sent["Idempotency-Key"] = f'"{key or secrets.token_hex(16)}"'
        token = "" if anonymous else self._token or credentials.found(self.url)
        authorization = f"Bearer {token}" if token else ""
        asked = {"body": body, "headers": sent, "authorization": authorization, "max_bytes": max_bytes}
        return asyncio.run(self._sent(method, self._at(path, query), asked))

    async def _sent(self, method: str, url: str, asked: Mapping[str, Any]) -> "Answer":
        from wardline.kernel.http import Client, HttpError

        try:
            async with Client(seconds=self._seconds) as client:
                for _ in range(_TIMES_IN_PROGRESS):
                    answer = await client.send(method, url, **asked)
                    if answer.status != 409 or b"idempotency-in-progress" not in answer.body:
                        break
                    await asyncio.sleep(2)
        except HttpError as error:
            raise _unreachable(self.url, error) from error
        if not 200 <= answer.status < 300:
            raise problem(self.url, answer)
        if answer.body and "json" not in answer.headers.get("content-type", ""):
            raise _no_wardline(self.url)
        return answer

    def _at(self, path: str, query: Mapping[str, Any] | None) -> str:
        pairs = [
            (name, _text(one))
            for name, value in (query or {}).items()
            for one in (value if isinstance(value, list | tuple) else [value])
            if one is not None and one != ""
        ]
        return f"{self.url}{_API}{path}" + (f"?{urlencode(pairs)}" if pairs else "")


def part(text: str) -> str:
    """Return text as one part of a path."""
    return quote(text, safe="")


def address(url: str) -> str:
    """Return a server's address without anything behind it.

    Raises: `AskedWronglyError` where it is none, holds a password, or is plain HTTP to another machine.
    """
    from wardline.kernel.http import shown as shown_url

    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        raise AskedWronglyError(
            f"{shown_url(url)} is no server's address", hint="write https://wardline.example, or set WARDLINE_URL"
        )
    if parts.scheme == "http" and host not in {"127.0.0.1", "::1", "localhost"}:
        raise AskedWronglyError(
            f"{host} would get the token without encryption", hint="use the server's https:// address"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def problem(url: str, answer: "Answer") -> WardlineError:
    """Return the error that a refusal stands for."""
    import orjson

    kind = _KINDS.get(answer.status, CannotSayError)
    try:
        told = orjson.loads(answer.body)
        detail, hint, code = str(told["detail"]), str(told.get("hint") or ""), str(told["code"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return _no_wardline(url, answer.status)
    if answer.status >= 500:
        detail += f" ({told.get('instance', '')})"
    del code
    if answer.status == 422 and detail.startswith("path."):
        detail, hint = f"that is the id of no {detail[5:].partition(':')[0]}", _NOT_FOUND
    if answer.status == 404:
        hint = hint or _NOT_FOUND
    return kind(f"{url}: {detail}", hint=_HINTS.get(answer.status, "") or hint)


def _no_wardline(url: str, status: int = 200) -> WardlineError:
    return CannotSayError(
        f"{url} answers ({status}), and not as a Wardline server does",
        hint="check the address, and what stands between: a proxy, a sign-in page of your network",
    )


def _unreachable(url: str, error: WardlineError) -> WardlineError:
    text = error.detail.lower()
    hint = "check the address, and whether `wardline serve` runs there"
    if "certificate" in text:
        hint = "its certificate is not trusted here: name your organisation's authority with SSL_CERT_FILE"
    return UnavailableError(f"{url} cannot be asked: {error.detail.partition(': ')[2] or error.detail}", hint=hint)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
