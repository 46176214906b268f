"""API v1 as one application, put at `/api/v1`: every resource, its problems, and its description in OpenAPI."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from wardline.api import problems
from wardline.api.caller import Platform
from wardline.api.hop import Hop
from wardline.api.problems import Problem
from wardline.api.reported import ReportDocument
from wardline.api.routes import (
    accounts,
    duties,
    finding_things,
    findings,
    ledger,
    me,
    measures,
    notices,
    policy,
    reports,
    sessions,
    teams,
    tokens,
    vault,
    vault_agents,
    vault_custodians,
    waivers,
)
from wardline.api.routes import (
    services as service_routes,
)
from wardline.api.routing import routes_of
from wardline.api.spool import Spool
from wardline.kernel.idempotency.service import Idempotency
from wardline.kernel.version import VERSION
from wardline.services import Services

PREFIX: Final = "/api/v1"
_READERS: Final = 2
_REPORTS_WAITING: Final = 16
ROUTERS: Final = (
    accounts.ROUTER,
    duties.ROUTER,
    finding_things.IDS,
    finding_things.SEARCH,
    findings.ROUTER,
    ledger.ROUTER,
    me.ROUTER,
    measures.ROUTER,
    notices.ROUTER,
    policy.ROUTER,
    reports.ROUTER,
    service_routes.ENVIRONMENTS,
    service_routes.ROUTER,
    sessions.ROUTER,
    teams.ROUTER,
    tokens.BINDINGS,
    tokens.ROUTER,
    vault.ROUTER,
    vault_agents.ROUTER,
    vault_custodians.ROUTER,
    waivers.ROUTER,
)
_ABOUT: Final = """\
Everything that the pages do. Send `Authorization: Bearer TOKEN`; tokens are made on the settings page or with
`wardline token create`. A list comes a piece at a time: follow `Link`, or ask for `?format=csv`. Errors are problems
(RFC 9457) with a way out in `hint`. Name each write with an `Idempotency-Key`, and it may safely be sent again."""
_BEARER: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "an API token (`wl_…`), or the OIDC token of a CI"}
}


def application(services: Services) -> FastAPI:
    """Return the API over these services. It keeps nothing of its own between requests.

    Raises: `TypeError` where a route does not declare what it needs.
    """
    app = FastAPI(
        title="Wardline",
        version=VERSION,
        description=_ABOUT,
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.platform = Platform(
        services=services,
        hop=Hop(),
        intake=Hop(_READERS, _REPORTS_WAITING),
        idempotency=Idempotency(services.database, services.clock),
        spool=Spool(services.settings.state),
    )
    problems.install(app)
    for one in ROUTERS:
        app.include_router(one)
    routes_of(app)
    app.openapi = _described(app)  # type: ignore[method-assign] # FastAPI's own way to say more
    return app


def _described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    return described


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description, with what FastAPI does not know: problems and bearer tokens."""
    found = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, servers=app.servers
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name, model in (("Problem", Problem), ("Report", ReportDocument)):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[name] = schema
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = _BEARER
    return found
