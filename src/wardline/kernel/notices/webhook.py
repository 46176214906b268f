"""One POST to an address from a credentials file, and to nothing else: the guard against being sent elsewhere (T-33).

The address is https, without a user, on a host that the setting itself names. The host's addresses are looked up once,
all of them have to be public, and the connection goes to one of those that were looked at: a name that answers
differently a moment later changes nothing (DNS rebinding). Redirects are an answer, and are not followed. Proxies that
the environment names are not used.
"""

import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from wardline.kernel.errors import WardlineError

_SECONDS: Final = 10.0
_MAX_ANSWER_BYTES: Final = 4096
_NAT64: Final = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64: Final = IPv6Network("64:ff9b:1::/48")  # RFC 8215


class WebhookError(WardlineError):
    """The address may not be used, or nothing answers there. Names the host at most: the path is a credential."""

    code = "webhook"


class Webhook(NamedTuple):
    """An address that is a credential: it shows its host only."""

    host: str
    port: int
    path: str
    secure: bool

    def __repr__(self) -> str:
        return f"Webhook({self.host})"


class Answer(NamedTuple):
    """What the other side said: its status, its headers in lower case, and the start of its body."""

    status: int
    headers: Mapping[str, str]
    text: str


def parsed(address: str, *, unsafe_loopback: bool = False) -> Webhook:
    """Return an address as a webhook.

    Raises: `WebhookError` for one that is not https, has a user or a fragment, another port than 443, or no host. With
    `unsafe_loopback`, http and any port are allowed on a loopback address.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise WebhookError("the webhook's address is none", hint="copy it from the service that gave it") from None
    if not address.isascii() or not address.isprintable() or " " in address or not host:
        raise WebhookError("the webhook's address is none", hint="copy it from the service that gave it")
    secure = parts.scheme == "https"
    loopback = unsafe_loopback and _is_loopback(host)
    if not (secure or (loopback and parts.scheme == "http")):
        raise WebhookError("the webhook's address is not https", hint="notices tell what burns: they travel encrypted")
    if parts.username is not None or parts.password is not None or parts.fragment or "\\" in address:
        raise WebhookError("the webhook's address has a user, a fragment or a backslash", hint="it has none of these")
    if port not in {None, 443} and not loopback:
        raise WebhookError("the webhook's address names a port", hint="it is 443")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Webhook(host, port or (443 if secure else 80), path, secure)


def post(webhook: Webhook, body: bytes, content_type: str, *, unsafe_loopback: bool = False) -> Answer:
    """Send `body` and return the answer, whatever its status.

    Raises: `WebhookError` where the host has an address that is not public, does not answer, or breaks off.
    """
    address = _public_address(webhook, unsafe_loopback=unsafe_loopback)
    connection = _Pinned(webhook, address)
    try:
        connection.request("POST", webhook.path, body, {"Content-Type": content_type, "User-Agent": "wardline"})
        answer = connection.getresponse()
        text = answer.read(_MAX_ANSWER_BYTES).decode("utf-8", "replace")
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, text)
    except ssl.SSLCertVerificationError:
        raise WebhookError(f"{webhook.host} shows a certificate that is not trusted here") from None
    except (OSError, HTTPException) as error:
        raise WebhookError(f"{webhook.host} does not answer: {type(error).__name__}") from None
    finally:
        connection.close()


class _Pinned(HTTPConnection):
    """A connection to one address that was looked at, speaking to the host of the webhook."""

    def __init__(self, webhook: Webhook, address: str) -> None:
        super().__init__(webhook.host, webhook.port, timeout=_SECONDS)
        self._webhook: Final = webhook
        self._address: Final = address
        self.default_port = HTTPSConnection.default_port if webhook.secure else HTTPConnection.default_port

    def connect(self) -> None:
        """Connect to the address, and check the certificate for the host."""
        import socket

        self.sock = socket.create_connection((self._address, self._webhook.port), _SECONDS)
        if self._webhook.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._webhook.host)


def _public_address(webhook: Webhook, *, unsafe_loopback: bool) -> str:
    import socket

    try:
        found = socket.getaddrinfo(webhook.host, webhook.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise WebhookError(f"{webhook.host} has no address") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        if not (_is_public(address) or (unsafe_loopback and _is_loopback(address))):
            raise WebhookError(f"{webhook.host} has a private address", hint="webhooks go to the public Internet only")
    return addresses[0]


def _is_public(address: str) -> bool:
    """Return whether an address is on the public Internet, and so is the IPv4 address that it may stand for."""
    known = ip_address(address)
    if isinstance(known, IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour
        if known in _NAT64:  # RFC 6052 §2.1
            inner = IPv4Address(int(known) & 0xFFFFFFFF)
        if known in _LOCAL_NAT64 or (inner is not None and not inner.is_global):
            return False
    return known.is_global and not known.is_multicast


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
