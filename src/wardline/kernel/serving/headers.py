"""What every answer says to browsers, and which `Host` is ours at all.

Source: Content Security Policy Level 3; Fetch §3.6 (`X-Content-Type-Options`) and CORP; HTML (COOP); RFC 6797 (HSTS);
RFC 9110 §7.2 (`Host`); OWASP Secure Headers Project.
"""

from collections.abc import Collection, Iterable
from typing import Final

from wardline.kernel.serving.asgi import Application, Message, Receive, Scope, Send, header, refuse, with_headers

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),  # for what does not know frame-ancestors
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
# A sign-in form ends at the identity provider: browsers hold redirects against form-action too (CSP 3 §6.6.2).
_HSTS: Final = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
_ASKED_AS_SOMEBODY: Final = (b"authorization", b"cookie")


class SecurityHeaders:
    """Puts the headers on every answer. A stricter policy that an answer brings itself stays; no-store does, too.

    Whatever was asked by somebody (with a cookie or a token), or brings a cookie, is kept by no cache, unless the
    answer says itself how it may be kept; with `kept` False, so is nothing else. HSTS only where people's browsers come
    by https: said over http it means nothing, and a wrong word about a host is hard to take back.
    """

    def __init__(self, app: Application, *, https: bool, kept: bool = True) -> None:
        self._app = app
        self._kept = kept
        self._always = (*_ALWAYS, *((_HSTS,) if https else ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = any(header(scope, name) is not None for name in _ASKED_AS_SOMEBODY)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                with_headers(message, self._always)
                unless = [(b"content-security-policy", POLICY.encode())]
                if known or not self._kept or any(key == b"set-cookie" for key, _ in message["headers"]):
                    unless.append((b"cache-control", b"no-store"))
                with_headers(message, unless, replace=False)
            await send(message)

        await self._app(scope, receive, sent)


class Hosts:
    """Lets only requests for our own names in.

    What a page elsewhere makes a browser ask by a name of its own (DNS rebinding), and links made from a `Host` that
    somebody wrote, end here. Health checks come by address: `exempt` paths are answered whatever the name.
    """

    def __init__(
        self, app: Application, hosts: Collection[str], *, exempt: Iterable[str] = ("/healthz", "/readyz")
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.casefold() for host in hosts)
        self._exempt = frozenset(exempt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] in {"http", "websocket"} and scope["path"] not in self._exempt:
            given = [value for key, value in scope["headers"] if key == b"host"]
            if len(given) != 1 or _name(given[0]) not in self._hosts:
                if scope["type"] == "http":
                    await refuse(send, 421, "no service of this name is here")
                return
        await self._app(scope, receive, send)


def _name(host: bytes) -> str:
    """Return the name without its port, in lower case; "" for what is none (RFC 3986 §3.2.2)."""
    text = host.decode("latin-1").casefold()
    if text.startswith("["):
        name, bracket, port = text[1:].partition("]")
        return name if bracket and (not port or (port[0] == ":" and port[1:].isdecimal())) else ""
    name, colon, port = text.partition(":")
    return name.rstrip(".") if not colon or port.isdecimal() else ""
