"""What keeps browsers and strangers' servers away from an agent on loopback.

A page that a browser shows can make it ask addresses on this machine (DNS rebinding, SSRF through a proxy). Such a
request carries an `Origin`, `Sec-Fetch-Site` or `Referer` of elsewhere, a `Host` that is not ours, or `Forwarded`
headers; none of these is ever part of a client's request, so each is refused (T-70, T-71).

Source: WHATWG Fetch §3.2 (`Origin`); Fetch Metadata §2.2; RFC 9110 §7.2; RFC 7239.
"""

import ipaddress
import json
from typing import Final

from wardline.kernel.serving.asgi import Application, Receive, Scope, Send

_FOREIGN: Final = frozenset(
    {b"origin", b"referer", b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"via", b"cookie"}
)
_FETCH: Final = b"sec-fetch-"


class Guard:
    """Refuses what no client of an agent sends: 403, with the reason, before anything is looked at."""

    def __init__(self, app: Application, *, socket: bool) -> None:
        self._app = app
        self._socket = socket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self._refusal(scope)
        if refusal:
            await _refused(send, refusal)
            return
        scope.setdefault("state", {})["local"] = self._socket
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> str:
        hosts = []
        for name, value in scope["headers"]:
            if name in _FOREIGN or name.startswith(_FETCH):
                return f"requests with {name.decode('latin-1')} are refused: an agent serves programs on this machine"
            if name == b"host":
                hosts.append(value)
        if not self._socket and (len(hosts) != 1 or not loopback(hosts[0])):
            return "requests for names that are not this machine's own are refused"
        return ""


def loopback(host: bytes) -> bool:
    """Tell whether a `Host` is this machine by a name that no foreign name server can give away."""
    text = host.decode("latin-1").lower()
    if text.startswith("["):
        name, bracket, port = text[1:].partition("]")
        if not bracket or (port and not (port[0] == ":" and port[1:].isascii() and port[1:].isdigit())):
            return False
    else:
        name, colon, port = text.partition(":")
        if colon and not (port.isascii() and port.isdigit()):
            return False
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


async def _refused(send: Send, why: str) -> None:
    body = json.dumps({"errors": [why]}).encode()
    await send(
        {
            "type": "http.response.start",
            "status": 403,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                (b"connection", b"close"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
