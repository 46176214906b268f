"""Everything that answers on the node's port, put together: pages, API, SCIM, and how the node is."""

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from wardline.api.app import PREFIX
from wardline.api.app import application as api
from wardline.kernel.errors import WardlineError
from wardline.main import migrating
from wardline.services import Services
from wardline.web.app import pages


def application(services: Services) -> Starlette:
    """Return the node's ASGI application."""

    async def healthz(_request: Request) -> Response:
        """Say that the process answers. The database is `readyz`'s matter: restarting us would not bring it back."""
        return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})

    async def readyz(_request: Request) -> Response:
        problem = await anyio.to_thread.run_sync(_unready, services)
        said = {"status": "ready"} if problem is None else {"status": "not ready", "problem": problem}
        return JSONResponse(said, 200 if problem is None else 503, headers={"cache-control": "no-store"})

    return Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/readyz", readyz, methods=["GET"]),
            Mount(PREFIX, api(services)),
            Mount("/", pages(services)),
        ]
    )


def _unready(services: Services) -> str | None:
    try:
        migrating.require_migrated(services.database)
    except WardlineError as error:
        return error.detail
    return None
