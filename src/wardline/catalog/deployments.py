"""Environments, and what runs in them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from wardline.catalog import deployment_store, store
from wardline.catalog.model import Deployment, Environment
from wardline.catalog.room import checked_slug
from wardline.catalog.services import PRODUCTION, Services
from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, NotFoundError
from wardline.kernel.identity.model import Principal, allowed, require
from wardline.kernel.paging import Listing, Page, cursor

_LONGEST: Final = 300
_AHEAD: Final = timedelta(minutes=5)  # how far clocks of others may be ahead of ours


class Deployments(Services):
    """The use cases of environments and deployments."""

    def environments(self, who: Principal) -> Sequence[Environment]:
        """Return every environment, production first."""
        require(who, "catalog:read")
        with self._database.reading() as tx:
            return deployment_store.environments(tx)

    def put_environment(
        self, who: Principal, slug: str, *, name: str | None = None, production: bool | None = None
    ) -> Environment:
        """Make an environment, or change it (what is None stays as it is)."""
        require(who, "catalog:write")
        with self._database.transaction() as tx:
            before = deployment_store.environment(tx, slug)
            if before is None:
                return self._new_environment(tx, who, slug, name=name, production=production)
            after = before._replace(
                name=before.name if name is None else name,
                production=before.production if production is None else production,
            )
            if after != before:
                deployment_store.change_environment(tx, before.id, name=after.name, production=after.production)
                self._record(tx, who, "environment:changed", before.id, name=after.name, production=after.production)
            return after

    def record_deployment(  # noqa: PLR0913, PLR0917 - what, where and since when is one fact
        self,
        who: Principal,
        service: str,
        environment: str,
        digest: str,
        commit: str | None = None,
        started_at: datetime | None = None,
    ) -> Deployment:
        """Note that an artifact runs; what ran in that environment before has ended. The same again changes nothing.

        Raises: `NotFoundError` for a service that `who` may not know of; `DeniedError`; `AskedWronglyError`.
        """
        now = self._clock()
        at = started_at or now
        if not 0 < len(digest) <= _LONGEST or len(commit or "") > _LONGEST or at > now + _AHEAD:
            raise AskedWronglyError("a deployment has a digest of up to 300 characters, and has begun")
        with self._database.transaction() as tx:
            row = store.service_row(tx, service, lock=True)
            if row is None or (who.services and row.id not in who.services):
                raise NotFoundError(f"there is no service {service!r:.60}")
            if not allowed(who, "catalog:write", service=row.id):
                require(who, "report:write", team=row.team, service=row.id)
            place = deployment_store.environment(tx, environment) or self._new_environment(tx, who, environment)
            for before in deployment_store.running(tx, row.id, place.id):
                if (before.digest, before.commit) == (digest, commit):
                    return before
                deployment_store.end_deployment(tx, before.id, max(at, before.started_at))
            made = Deployment(ids.new("dep", now), row.id, place.id, digest, commit, at, None, place.name, row.name)
            deployment_store.put_deployment(tx, made)
            self._record(
                tx, who, "deployment:recorded", made.id, row.id, row.team,
                environment=place.slug, digest=digest, commit=commit,
            )  # fmt: skip
            self._settled(tx, row.id)
            return made

    def end_deployment(self, who: Principal, service: str, environment: str) -> None:
        """Note that nothing of a service runs in an environment any more."""
        with self._database.transaction() as tx:
            row = store.service_row(tx, service, lock=True)
            place = deployment_store.environment(tx, environment)
            if row is None or place is None or (who.services and row.id not in who.services):
                raise NotFoundError(f"nothing of {service!r:.60} runs in {environment!r:.60}")
            if not allowed(who, "catalog:write", service=row.id):
                require(who, "report:write", team=row.team, service=row.id)
            for one in deployment_store.running(tx, row.id, place.id):
                deployment_store.end_deployment(tx, one.id, max(self._clock(), one.started_at))
                self._record(tx, who, "deployment:ended", one.id, row.id, row.team, environment=place.slug)
            self._settled(tx, row.id)

    def running(self, who: Principal, service: str) -> Sequence[Deployment]:
        """Return what runs of a service, in every environment."""
        found = self.service(who, service)
        with self._database.reading() as tx:
            return deployment_store.running(tx, found.id)

    def deployments(self, who: Principal, service: str, page: Page = Page()) -> Listing[Deployment]:  # noqa: B008 - a value
        """Return what runs and ran of a service, newest first, a piece at a time."""
        found = self.service(who, service)
        after = page.after(str)
        with self._database.reading() as tx:
            rows = deployment_store.deployments(tx, found.id, after[0] if after else None, page.limit + 1)
        more = len(rows) > page.limit
        return Listing(rows[: page.limit], cursor(rows[page.limit - 1].id) if more else None)

    def running_in(self, tx: Connection, service_id: str) -> Sequence[Deployment]:
        """Return what runs of a service, in the caller's transaction."""
        return deployment_store.running(tx, service_id)

    def _new_environment(
        self, tx: Connection, who: Principal, slug: str, *, name: str | None = None, production: bool | None = None
    ) -> Environment:
        made = Environment(
            ids.new("env", self._clock()),
            checked_slug(slug),
            slug if name is None else name,
            slug in PRODUCTION if production is None else production,
        )
        deployment_store.put_environment(tx, made)
        self._record(tx, who, "environment:created", made.id, slug=slug, production=made.production)
        return made
