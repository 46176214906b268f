"""Everything that answers on the node's port, put together: pages, API, SCIM, and how the node is."""

from secrets import compare_digest
from typing import Final

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from wardline.api.app import PREFIX
from wardline.api.app import application as api
from wardline.catalog import scim
from wardline.kernel.errors import WardlineError
from wardline.kernel.serving.asgi import Application
from wardline.kernel.serving.guarded import guarded
from wardline.kernel.serving.metrics import CONTENT_TYPE, Metrics
from wardline.main import migrating
from wardline.services import Services
from wardline.web.app import pages
from wardline.web.refusals import Refusals

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_FRESH: Final = {"cache-control": "no-store"}


def application(services: Services, metrics: Metrics) -> Application:
    """Return the node's ASGI application, behind its guards."""
    larger = {f"{PREFIX}/reports": services.settings.max_report_bytes}
    return Refusals(guarded(routes(services, metrics), services.settings, metrics, larger))


def routes(services: Services, metrics: Metrics) -> Starlette:
    """Return the application without what stands before it."""

    async def healthz(_request: Request) -> Response:
        """Say that the process answers. The database is `readyz`'s matter: restarting us would not bring it back."""
        return JSONResponse({"status": "ok"}, headers=_FRESH)

    async def readyz(_request: Request) -> Response:
        problem = await anyio.to_thread.run_sync(_unready, services)
        said = {"status": "ready"} if problem is None else {"status": "not ready", "problem": problem}
        return JSONResponse(said, 200 if problem is None else 503, headers=_FRESH)

    async def measures(request: Request) -> Response:
        if not await anyio.to_thread.run_sync(_may_measure, services, request):
            return JSONResponse({"status": "denied"}, 403, headers=_FRESH)
        return Response(await anyio.to_thread.run_sync(metrics.text), media_type=CONTENT_TYPE, headers=_FRESH)

    provider = scim.application(
        services.identity, services.catalog, services.database, services.clock, services.settings.base_url
    )
    return Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/readyz", readyz, methods=["GET"]),
            Route("/metrics", measures, methods=["GET"]),
            Mount(PREFIX, api(services)),
            Mount(scim.PREFIX, provider),
            Mount("/", pages(services)),
        ]
    )


def _unready(services: Services) -> str | None:
    try:
        migrating.require_migrated(services.database)
    except WardlineError as error:
        return error.detail
    return None


def _may_measure(services: Services, request: Request) -> bool:
    """Return whether this request may read the metrics: from this machine, or with the token of the settings' file."""
    path = services.settings.metrics_token_file
    if path is None:
        return request.client is not None and request.client.host in _LOOPBACK
    try:
        wanted = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return False
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bool(wanted) and compare_digest(given.encode(), wanted.encode())
