"""Prometheus metrics of requests, by route template: how many, how long, how many at once.

Labels never hold anything that somebody outside chose: a path is named by the template of the route that answered it
(`/findings/{id}`), an unknown one by `(none)`, an unknown method by `OTHER`; so there are as many series as routes.

Source: Prometheus, "Metric and label naming", and its text format 0.0.4.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from wardline.kernel.serving.asgi import Application, Message, Receive, Scope, Send

_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_MOST_ROUTES: Final = 500
CONTENT_TYPE: Final[str] = CONTENT_TYPE_LATEST


class Metrics:
    """The registry of one node; others put their own metrics into `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        labels = ("method", "route", "status")
        self.requests = Counter("wardline_http_requests_total", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "wardline_http_request_seconds",
            "From the first byte asked to the last byte answered",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.running = Gauge("wardline_http_requests_running", "Requests being answered", registry=self.registry)
        self._routes: set[str] = set()

    def text(self) -> bytes:
        """Return every metric as Prometheus reads it (`CONTENT_TYPE`)."""
        return generate_latest(self.registry)

    def route(self, template: str | None) -> str:
        """Return the label of a route: its template, `(none)` where none answered, `(more)` beyond a bound."""
        if template is None:
            return "(none)"
        if template not in self._routes and len(self._routes) >= _MOST_ROUTES:
            return "(more)"
        self._routes.add(template)
        return template


class Measured:
    """Counts and times each request of the application behind it."""

    def __init__(self, app: Application, metrics: Metrics, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = self._clock()
        status = 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.running.inc()
        try:
            await self._app(scope, receive, sent)
        finally:
            self._metrics.running.dec()
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            route = self._metrics.route(template(scope))
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(method, route).observe(self._clock() - started)


def template(scope: Scope) -> str | None:
    """Return the template of the route that answered, as Starlette's and FastAPI's routers leave it, or None.

    An application of our own says it in `scope["state"]["route"]`.
    """
    said: Any = scope.get("state", {}).get("route")
    if isinstance(said, str):
        return said
    found = getattr(scope.get("route"), "path", None)
    return f"{scope.get('root_path', '')}{found}" if isinstance(found, str) else None
