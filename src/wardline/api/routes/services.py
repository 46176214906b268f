"""Services: what is looked after, by whom, how much depends on it, and what of it runs where."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, Field, StringConstraints
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed, listed_whole
from wardline.api.routing import route, router
from wardline.api.words import Asked, Commit, Digest, IdOrSlug, Line, Prose, Shown, Slug
from wardline.catalog.model import DataClass, ServiceQuery, Source, Tier

ROUTER = router("services")
ENVIRONMENTS = router("environments")
Repository = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x20\x7f]*$")]


class ServiceShown(Shown):
    """A service. It always has a team."""

    id: str
    slug: str
    name: str
    team: str
    team_slug: str
    team_name: str
    team_source: Source
    tier: Tier
    tier_inferred: Tier
    tier_facts: list[str]
    tier_claimed: Tier | None
    tier_argument: str | None
    tier_argued_by: str | None
    tier_disputed: bool
    exposed: bool
    repository: str | None
    description: str
    data: list[DataClass]
    environments: list[str]
    depends_on: list[str]
    dependents: int
    notes: list[str]
    retired_at: datetime | None


class ServicesAsked(Paging):
    """Which services."""

    text: Line | None = Field(None, description="in name, slug and repository")
    team: set[IdOrSlug] = Field(set(), max_length=50)
    tier: set[Tier] = Field(set(), max_length=4)
    exposed: bool | None = None
    unowned: bool | None = None
    retired: bool | None = False

    def query(self) -> ServiceQuery:
        """Return the question for the service."""
        return ServiceQuery(
            text=self.text or "",
            teams=frozenset(self.team),
            tiers=frozenset(self.tier),
            exposed=self.exposed,
            unowned=self.unowned,
            retired=self.retired,
        )


class ServicePut(Asked):
    """What a service is. What is not named stays as it is."""

    name: Line | None = None
    team: IdOrSlug | None = None
    exposed: bool | None = None
    data: set[DataClass] | None = Field(None, max_length=6)
    repository: Repository | None = None
    description: Prose | None = Field(None, max_length=2000)
    environments: set[Slug] | None = Field(None, max_length=50)
    depends_on: set[Slug] | None = Field(None, max_length=200)


class TierArgued(Asked):
    """A tier and why; null leaves it to the facts."""

    tier: Tier | None
    argument: Prose = Field("", max_length=2000)


class DeploymentShown(Shown):
    """An artifact that runs, or ran, somewhere."""

    id: str
    service: str
    service_name: str
    environment: str
    environment_name: str
    digest: str
    commit: str | None
    started_at: datetime
    ended_at: datetime | None


class DeploymentMade(Asked):
    """What runs where from now on, or since when."""

    environment: Slug
    digest: Digest
    commit: Commit | None = None
    started_at: AwareDatetime | None = None


class DeploymentsAsked(Paging):
    """Which deployments."""

    running: bool = Field(default=False, description="only what runs now")


class EnvironmentShown(Shown):
    """A place where services run."""

    id: str
    slug: str
    name: str
    production: bool


class EnvironmentPut(Asked):
    """What an environment is. What is not named stays as it is."""

    name: Line | None = None
    production: bool | None = None


@route(ROUTER, "GET", "", needs="catalog:read", shows=Rows[ServiceShown], lists=True)
async def list_services(call: Called, asked: Annotated[ServicesAsked, Query()]) -> Response:
    """List services by name."""
    return await listed(call, asked, call.services.catalog.services, asked.query())


@route(ROUTER, "GET", "/{service}", needs="catalog:read", shows=ServiceShown, tagged=True)
async def get_service(call: Called, service: IdOrSlug) -> Response:
    """Show one service, by id or slug."""
    return await call.answer(call.services.catalog.service, service)


@route(ROUTER, "PUT", "/{service}", needs="a session or catalog:write", shows=ServiceShown, tagged=True)
async def put_service(call: Called, service: Slug, asked: ServicePut) -> Response:
    """Make a service, or change it: for `catalog:write`, or the lead of its team."""
    catalog = call.services.catalog
    put = partial(catalog.put_service, **asked.model_dump(exclude_none=True))
    return await call.edit(partial(catalog.service, call.who, service), put, service)


@route(ROUTER, "PUT", "/{service}/tier", needs="a session or catalog:write", shows=ServiceShown, tagged=True)
async def argue_tier(call: Called, service: IdOrSlug, asked: TierArgued) -> Response:
    """Claim a tier with an argument, or leave it to the facts. Both stand side by side. The `ETag` is the service's."""
    catalog = call.services.catalog
    read = partial(catalog.service, call.who, service)
    return await call.edit(read, catalog.argue_tier, service, asked.tier, asked.argument)


@route(ROUTER, "POST", "/{service}/retire", needs="a session or catalog:write", shows=ServiceShown)
async def retire_service(call: Called, service: IdOrSlug) -> Response:
    """Note that a service is no more. It keeps its history."""
    return await call.answer(call.services.catalog.retire, service)


@route(ROUTER, "GET", "/{service}/deployments", needs="catalog:read", shows=Rows[DeploymentShown], lists=True)
async def list_deployments(call: Called, service: IdOrSlug, asked: Annotated[DeploymentsAsked, Query()]) -> Response:
    """List what runs and ran of a service, newest first."""
    catalog = call.services.catalog
    if asked.running:
        return await listed_whole(call, asked, catalog.running, service)
    return await listed(call, asked, catalog.deployments, service)


@route(ROUTER, "POST", "/{service}/deployments", needs="report:write", shows=DeploymentShown, status=201)
async def record_deployment(call: Called, service: IdOrSlug, made: DeploymentMade) -> Response:
    """Note that an artifact runs; what ran in that environment before has ended. The same again changes nothing."""
    record = call.services.catalog.record_deployment
    return await call.answer(record, service, made.environment, made.digest, made.commit, made.started_at)


@route(ROUTER, "DELETE", "/{service}/deployments/{environment}", needs="report:write", status=204)
async def end_deployment(call: Called, service: IdOrSlug, environment: Slug) -> Response:
    """Note that nothing of a service runs in an environment any more."""
    return await call.answer(call.services.catalog.end_deployment, service, environment)


@route(ENVIRONMENTS, "GET", "", needs="catalog:read", shows=Rows[EnvironmentShown], lists=True)
async def list_environments(call: Called, asked: Annotated[Paging, Query()]) -> Response:
    """List environments, production first."""
    return await listed_whole(call, asked, call.services.catalog.environments)


@route(ENVIRONMENTS, "PUT", "/{environment}", needs="catalog:write", shows=EnvironmentShown)
async def put_environment(call: Called, environment: Slug, asked: EnvironmentPut) -> Response:
    """Make an environment, or change it."""
    put = partial(call.services.catalog.put_environment, name=asked.name, production=asked.production)
    return await call.answer(put, environment)
