"""The pages: everything that people see in a browser, mounted at `/`.

    app = pages(services)

A page asks services and shows their answers; no rule and no SQL is here. Each route declares what it needs
(`routing.Look`, `routing.Move`), and what declares nothing does not exist.
"""

from typing import Final

from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from wardline.kernel.serving.headers import SecurityHeaders
from wardline.services import Services
from wardline.web import statics
from wardline.web.routes import (
    estate,
    finding,
    findings,
    ledger,
    now,
    people,
    policy,
    portfolio,
    search,
    settings,
    sign_in,
    vault,
    velocity,
    waivers,
)
from wardline.web.routing import Look, Move, missing, route

THREADS: Final = 16  # as many as the database has connections
ROUTES: Final[tuple[Look | Move, ...]] = (
    *now.ROUTES,
    *findings.ROUTES,
    *finding.ROUTES,
    *estate.ROUTES,
    *waivers.ROUTES,
    *portfolio.ROUTES,
    *velocity.ROUTES,
    *vault.ROUTES,
    *ledger.ROUTES,
    *settings.ROUTES,
    *people.ROUTES,
    *policy.ROUTES,
    *search.ROUTES,
    *sign_in.ROUTES,
)


def pages(services: Services) -> Starlette:
    """Return the pages as an ASGI application."""
    limiter = CapacityLimiter(THREADS)
    return Starlette(
        routes=[
            Route("/static/{name}", statics.serve, methods=["GET"]),
            *(route(services, limiter, one) for one in ROUTES),
        ],
        middleware=[Middleware(SecurityHeaders, https=False, kept=False)],
        exception_handlers={HTTPException: missing(services, limiter)},
    )
