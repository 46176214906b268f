"""HTTP as a careful guest: bounded in size, time and number, patient when asked to be, and silent about credentials.

Asynchronous, because only then can a request be given up at a moment of our choosing, however slowly it is answered.
"""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from wardline.kernel.errors import WardlineError
from wardline.kernel.text import printable
from wardline.kernel.version import VERSION

if TYPE_CHECKING:
    import httpx

MAX_BYTES: Final = 64 * 1024 * 1024
CONCURRENCY: Final = 16
_SECONDS: Final = 60.0
_TRIES: Final = 3
_REDIRECTS: Final = 5
_LONGEST_WAIT_SECONDS: Final = 20.0
_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_DEAD_AFTER: Final = 5
# What the ecosystems' own tools obey: whoever set one of these meant every client on the machine.
_CA_FILES: Final = ("REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


class HttpError(WardlineError):
    """No usable answer: why, in words without credentials. `status` is the server's where it gave one."""

    code = "http"

    def __init__(self, detail: str, *, hint: str = "", status: int | None = None) -> None:
        super().__init__(detail, hint=hint)
        self.status = status


class Answer(NamedTuple):
    """A whole answer: its status, headers (names in lower case) and decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def shown(url: str) -> str:
    """Return an address that may be shown: without user, password, query and fragment, printable."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(no address)"
    host = parts.netloc.rpartition("@")[2]
    return printable(urlunsplit((parts.scheme, host, parts.path, "", "")), max_chars=200)


def split_credentials(url: str) -> tuple[str, str]:
    """Return an address without its user and password, and the `Authorization` value that they make ("" if none)."""
    parts = urlsplit(url)
    known, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, ""
    user, _, password = known.partition(":")
    return urlunsplit(parts._replace(netloc=host)), basic(unquote(user), unquote(password))


def basic(user: str, password: str) -> str:
    """Return the `Authorization` value for a user and a password (RFC 7617)."""
    from base64 import b64encode

    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


Body = bytes | Callable[[], AsyncIterator[bytes]]  # a function, so that it can be sent again


class Client:
    """A pool of connections for the time of an `async with`. At most `CONCURRENCY` requests are under way.

    It honours the environment's proxies and certificates. A redirect is followed within HTTP(S) only, never from HTTPS
    to HTTP, never from a public to a private address, and takes no credentials to another host. An origin that failed
    to connect five times in a row is not asked again.
    """

    def __init__(self, *, seconds: float = _SECONDS, tries: int = _TRIES, backoff_seconds: float = 0.5) -> None:
        """Promise a client; nothing is opened yet."""
        self._seconds = seconds
        self._tries = tries
        self._backoff_seconds = backoff_seconds
        self._failures: dict[str, int] = {}
        self._places = asyncio.Semaphore(CONCURRENCY)
        self._asked: dict[str, asyncio.Future[Answer]] = {}
        self._pool: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        """Return the client; connections are opened with the first request, since a cache may have all answers."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        if self._pool is not None:
            await self._pool.aclose()

    def _opened(self) -> "httpx.AsyncClient":
        if self._pool is None:
            import httpx

            self._pool = httpx.AsyncClient(
                verify=_trusted(),
                limits=httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY),
                timeout=httpx.Timeout(30.0, connect=10.0, pool=None),
                headers={"User-Agent": f"wardline/{VERSION}"},
            )
        return self._pool

    async def get(self, url: str, **options: Any) -> Answer:
        """Return the answer to a GET: see `request`."""
        return await self.request("GET", url, **options)

    async def once(self, url: str, **options: Any) -> Answer:
        """Return the answer to a GET that is asked once in this client's time, however many want it."""
        if url not in self._asked:
            self._asked[url] = asyncio.ensure_future(self.get(url, **options))
        return await asyncio.shield(self._asked[url])

    async def request(
        self, method: str, url: str, *, accept: str = "*/*", authorization: str = "", max_bytes: int = MAX_BYTES
    ) -> Answer:
        """Return the final answer with status 200; asks again after a failure that may pass, honouring Retry-After.

        Without `authorization`, the user's netrc is asked. Raises: `HttpError` for every other status, for more than
        `max_bytes` decoded, for a redirect that is not followed, and for no whole answer within the client's seconds.
        """
        return _accepted(url, await self._asked_again(method, url, _headers(url, accept, authorization), max_bytes))

    async def send(  # noqa: PLR0913 - what a request consists of
        self,
        method: str,
        url: str,
        *,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        authorization: str = "",
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """Return the answer to a request with a body, whatever its status; asks again as `request` does.

        So what is sent is harmless to send twice, or is named by an idempotency key in `headers`. No redirect is
        followed. Raises: `HttpError` where there is no whole answer.
        """
        sent = {**_headers(url, "*/*", authorization), **(headers or {})}
        return await self._asked_again(method, url, sent, max_bytes, body)

    async def _asked_again(
        self, method: str, url: str, headers: dict[str, str], max_bytes: int, body: Body | None = None
    ) -> Answer:
        origin = _origin(url)
        for attempt in range(1, self._tries + 1):
            if self._failures.get(origin, 0) >= _DEAD_AFTER:
                raise HttpError(f"{shown(origin)} does not answer")
            try:
                async with self._places, asyncio.timeout(self._seconds):
                    if method in {"GET", "HEAD"}:
                        answer = await self._hops(method, url, headers, max_bytes)
                    else:
                        answer = await self._once(method, url, headers, max_bytes, body)
            except (TimeoutError, OSError) as error:
                self._failures[origin] = self._failures.get(origin, 0) + 1
                if attempt == self._tries:
                    reason = str(error) or f"no whole answer within {self._seconds:.0f} s"
                    raise HttpError(f"{shown(url)}: {printable(reason, max_chars=200)}") from error
                wait = self._backoff_seconds * 2 ** (attempt - 1)
            else:
                self._failures[origin] = 0
                if answer.status not in _AGAIN or attempt == self._tries:
                    return answer
                wait = _wait(url, answer, self._backoff_seconds * 2 ** (attempt - 1))
            await asyncio.sleep(wait)
        raise HttpError(f"{shown(url)}: not asked")

    async def _hops(self, method: str, url: str, headers: dict[str, str], max_bytes: int) -> Answer:
        first = url
        for _ in range(_REDIRECTS + 1):
            answer = await self._once(method, url, headers, max_bytes)
            target = answer.headers.get("location", "")
            if answer.status not in _MOVED or not target:
                return answer
            try:
                url = urljoin(url, target)
            except ValueError as error:
                raise HttpError(f"{shown(first)}: redirects to no valid address") from error
            await asyncio.to_thread(_refuse_redirect, first, url)
            if _origin(url) != _origin(first):
                headers = {name: value for name, value in headers.items() if name != "Authorization"}
        raise HttpError(f"{shown(first)}: more than {_REDIRECTS} redirects")

    async def _once(
        self, method: str, url: str, headers: Mapping[str, str], max_bytes: int, sent: Body | None = None
    ) -> Answer:
        import httpx

        pool = self._opened()
        content = sent() if callable(sent) else sent
        try:
            async with pool.stream(method, url, headers=headers, content=content) as response:
                body = bytearray()
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > max_bytes:
                        raise HttpError(f"{shown(url)}: an answer of more than {max_bytes // 1024} KB")
                return Answer(response.status_code, _lower(response.headers.items()), bytes(body))
        except httpx.InvalidURL as error:
            raise HttpError(f"{shown(url)}: no valid address") from error
        except (httpx.UnsupportedProtocol, httpx.DecodingError, httpx.RemoteProtocolError) as error:
            raise HttpError(f"{shown(url)}: {printable(str(error), max_chars=200)}") from error
        except httpx.TransportError as error:  # becomes one kind with the timeouts: it may pass
            raise OSError(str(error) or type(error).__name__) from error


def _headers(url: str, accept: str, authorization: str) -> dict[str, str]:
    known = authorization or _from_netrc(url)
    return {"Accept": accept, **({"Authorization": known} if known else {})}


def _accepted(url: str, answer: Answer) -> Answer:
    if answer.status == 200:
        return answer
    hint = ""
    if answer.status in {401, 403}:
        hint = "give the ecosystem's own tool, or ~/.netrc, credentials for that host"
    raise HttpError(f"{shown(url)}: answered {answer.status}", hint=hint, status=answer.status)


def _wait(url: str, answer: Answer, backoff_seconds: float) -> float:
    """Return how long to wait: RFC 9110 §10.2.3, in seconds or until a date; too long is refused."""
    named = answer.headers.get("retry-after", "").strip()
    if not named:
        return backoff_seconds
    if named.isdecimal():
        seconds = float(named[:9])
    else:
        from email.utils import parsedate_to_datetime

        from wardline.kernel import clock

        try:
            until = parsedate_to_datetime(named)
            seconds = (until - clock.now()).total_seconds()
        except (TypeError, ValueError):  # no date, or one without a zone
            return backoff_seconds
    if seconds > _LONGEST_WAIT_SECONDS:
        raise HttpError(f"{shown(url)}: asks to be left alone for {seconds:.0f} s", status=answer.status)
    return max(0.0, seconds)


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise HttpError(f"{shown(url)}: no valid address") from error
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _refuse_redirect(first: str, url: str) -> None:
    try:
        start, end = urlsplit(first), urlsplit(url)
    except ValueError as error:
        raise HttpError(f"{shown(first)}: redirects to no valid address") from error
    if end.scheme not in {"http", "https"} or (start.scheme == "https" and end.scheme == "http"):
        raise HttpError(f"{shown(first)}: redirects to {shown(url)}, another scheme")
    if not private(start.hostname or "") and private(end.hostname or ""):
        raise HttpError(f"{shown(first)}: redirects to {shown(url)}, a private address")


def private(host: str) -> bool:
    """Return whether a host's name stands for any address that is not on the public Internet.

    A name that does not resolve here counts as public: behind a proxy it is the proxy's to resolve.
    """
    import socket
    from ipaddress import ip_address

    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return False
    return any(not ip_address(str(address).partition("%")[0]).is_global for address in found)


def _from_netrc(url: str) -> str:
    """Return what `$NETRC` or `~/.netrc` has for the address's host, "" where that is nothing."""
    import netrc

    path = os.environ.get("NETRC") or os.path.expanduser("~/.netrc")  # noqa: PTH111 - an unknown home raises there
    try:
        entry = netrc.netrc(path).authenticators(urlsplit(url).hostname or "")
    except (OSError, ValueError, netrc.NetrcParseError):
        return ""
    return basic(entry[0] or "", entry[2] or "") if entry and entry[2] else ""


def _trusted() -> ssl.SSLContext:
    context = ssl.create_default_context()  # the system's, or SSL_CERT_FILE and SSL_CERT_DIR
    loaded = {os.environ.get("SSL_CERT_FILE")}
    for name in _CA_FILES:
        path = os.environ.get(name)
        if path and path not in loaded:
            loaded.add(path)
            try:
                context.load_verify_locations(**{"capath" if os.path.isdir(path) else "cafile": path})  # noqa: PTH112
            except (OSError, ssl.SSLError) as error:
                raise HttpError(f"{name} names no readable certificates: {printable(path)}") from error
    if not context.cert_store_stats()["x509_ca"]:
        import certifi

        context.load_verify_locations(cafile=certifi.where())
    return context
