"""How often somebody may ask: token buckets in this node's memory, in a table of bounded size.

Three buckets stand before each request: of its source, of its credential (so that one leaked or mistaken token does not
use up everybody's), and of refused sign-ins of its source, which only answers with 401 empty. Limits are per node.
"""

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Final, NamedTuple

from wardline.kernel.serving.asgi import Application, Message, Receive, Scope, Send, header, refuse

MAX_KEYS: Final = 20_000


class Rate(NamedTuple):
    """`burst` at once, and `per_second` from then on."""

    per_second: float
    burst: float


REFUSED: Final = Rate(0.2, 20.0)


class Buckets:
    """Buckets by key. The longest unused go when there are too many: then they were full again, or we are flooded."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic, max_keys: int = MAX_KEYS) -> None:
        self._rate = rate
        self._clock = clock
        self._max_keys = max_keys
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> (what is in it, since when)

    def __len__(self) -> int:
        return len(self._levels)

    def wait(self, key: str) -> float:
        """Return how many seconds until there is one in the bucket (0: now). Takes nothing."""
        return max(0.0, (1.0 - self._level(key)) / self._rate.per_second)

    def take(self, key: str) -> None:
        """Take one out of the bucket, where there is one."""
        level = self._level(key)
        self._levels[key] = (max(0.0, level - 1.0), self._clock())
        self._levels.move_to_end(key)
        while len(self._levels) > self._max_keys:
            self._levels.popitem(last=False)

    def _level(self, key: str) -> float:
        level, since = self._levels.get(key, (self._rate.burst, 0.0))
        return min(self._rate.burst, level + (self._clock() - since) * self._rate.per_second)


class Rates:
    """Answers 429 with `Retry-After` (RFC 6585 §4) where a bucket is empty; nothing behind it is asked then."""

    def __init__(
        self,
        app: Application,
        *,
        source: Rate,
        credential: Rate,
        refused: Rate = REFUSED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._source = Buckets(source, clock)
        self._credential = Buckets(credential, clock)
        self._refused = Buckets(refused, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] in {"/healthz", "/readyz"}:
            await self._app(scope, receive, send)
            return
        source, credential = source_of(scope), _credential(scope)
        waits = [self._source.wait(source), self._refused.wait(source)]
        if credential:
            waits.append(self._credential.wait(credential))
        if max(waits) > 0:
            seconds = str(math.ceil(max(waits))).encode()
            await refuse(send, 429, "asked too often: see Retry-After", [(b"retry-after", seconds)])
            return
        self._source.take(source)
        if credential:
            self._credential.take(credential)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 401:
                self._refused.take(source)
            await send(message)

        await self._app(scope, receive, sent)


def source_of(scope: Scope) -> str:
    """Return where a request comes from: an IPv4 address, or the /64 of an IPv6 one (one household has that many).

    Behind a proxy the server program has put the right address there, where the proxy is one of the settings'.
    """
    client = scope.get("client")
    host = client[0] if client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:100]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)


def _credential(scope: Scope) -> str:
    """Return a key for the token or the session that a request carries, "" for none. The table holds hashes only."""
    for name in (b"authorization", b"cookie"):
        value = header(scope, name)
        if value:
            return hashlib.sha256(value).hexdigest()[:32]
    return ""
