"""Everything that stands before the platform's application, in its order.

    app = guarded(application, settings, metrics)

From outside in: an id and a line for every request · its measure · security headers on every answer, also on those of
the guards · our own names only · rates · sizes and times.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from wardline.kernel.serving.access import Access
from wardline.kernel.serving.asgi import Application
from wardline.kernel.serving.headers import Hosts, SecurityHeaders
from wardline.kernel.serving.limits import Limits
from wardline.kernel.serving.metrics import Measured, Metrics
from wardline.kernel.serving.rates import Rate, Rates
from wardline.kernel.settings import Settings

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_ANY: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what is listened on, not something to listen on
_BURST_SECONDS: Final = 5  # how much of a rate may come at once


def guarded(
    app: Application, settings: Settings, metrics: Metrics, larger: Mapping[str, int] | None = None
) -> Application:
    """Return the application behind its guards; `larger` maps beginnings of paths to bytes of a body (see `Limits`)."""
    guarded_app: Application = Limits(app, larger=larger)
    if settings.requests_per_second:
        per_second = float(settings.requests_per_second)
        rate = Rate(per_second, per_second * _BURST_SECONDS)
        guarded_app = Rates(guarded_app, source=rate, credential=Rate(per_second / 2, rate.burst / 2))
    guarded_app = Hosts(guarded_app, hosts(settings))
    guarded_app = SecurityHeaders(guarded_app, https=settings.base_url.startswith("https:"))
    return Access(Measured(guarded_app, metrics))


def hosts(settings: Settings) -> frozenset[str]:
    """Return the names that requests may be for: of the public address, of what is listened on, and of loopback."""
    public = urlsplit(settings.base_url).hostname or ""
    return frozenset({public, settings.host, *_LOOPBACK, *settings.allowed_hosts}) - _ANY
