"""Services: what they are, who looks after them, and how important they are."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from wardline.catalog import deployment_store, store
from wardline.catalog.model import DATA_CLASSES, TIERS, Brief, DataClass, Service, ServiceQuery, Team, Tier
from wardline.catalog.room import checked_slug
from wardline.catalog.teams import FALLBACK, Teams
from wardline.catalog.tiers import Claim, Facts, effective, inferred
from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, DeniedError, NotFoundError
from wardline.kernel.identity.model import Principal, require
from wardline.kernel.paging import Listing, Page, cursor

_LONGEST: Final = 2000
_LONGEST_NAME: Final = 200
_MAX_DEPENDENCIES: Final = 500
PRODUCTION: Final = frozenset({"live", "prod", "production"})


class Services(Teams):
    """The use cases of services. A team's lead may change its services; who has `catalog:write` may change all."""

    def services(
        self,
        who: Principal,
        query: ServiceQuery | str | None = None,
        page: Page = Page(),  # noqa: B008 - a value
    ) -> Listing[Service]:
        """Return services by name, a piece at a time; text alone is looked for in name, slug and repository."""
        require(who, "catalog:read")
        wanted = ServiceQuery(text=query) if isinstance(query, str) else query or ServiceQuery()
        limit = page.limit
        with self._database.reading() as tx:
            rows = store.services(tx, wanted, who.services, page.after(str, str), limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        return Listing(rows[:limit], cursor(store.sorted_by(last.name), last.id) if last else None)

    def briefs(self, who: Principal) -> Sequence[Brief]:
        """Return every service that is not retired, by name, in a few words: for whoever names them all at once."""
        require(who, "catalog:read")
        with self._database.reading() as tx:
            return store.briefs(tx, who.services or None, retired=False)

    def service(self, who: Principal, id_or_slug: str) -> Service:
        """Return one service.

        Raises: `NotFoundError` where there is none, or none that `who` may know of.
        """
        require(who, "catalog:read")
        with self._database.reading() as tx:
            found = store.service(tx, id_or_slug)
        if found is None or (who.services and found.id not in who.services):
            raise _no_service(id_or_slug)
        return found

    def put_service(  # noqa: PLR0913 - one parameter for each thing that may be said of a service
        self,
        who: Principal,
        slug: str,
        *,
        name: str | None = None,
        team: str | None = None,
        exposed: bool | None = None,
        data: Collection[DataClass] | None = None,
        repository: str | None = None,
        description: str | None = None,
        environments: Collection[str] | None = None,
        depends_on: Collection[str] | None = None,
    ) -> Service:
        """Make a service, or change it: what is None stays as it is. `team` (id or slug) named here outweighs files.

        Raises: `AskedWronglyError`, `NotFoundError` for the team, `DeniedError`.
        """
        said = {"name": name, "exposed": exposed, "repository": repository, "description": description}
        values: dict[str, Any] = {key: value for key, value in said.items() if value is not None}
        if data is not None:
            values["data"] = checked_data(data)
        if environments is not None:
            values["environments"] = sorted({checked_slug(one) for one in environments})
        with self._database.transaction() as tx:
            row = store.service_row(tx, slug, lock=True)
            self._may_change(who, row)
            if team is not None:
                values["team"] = self._team_named(tx, team).id
                values["team_source"] = "api"
            identifier = row.id if row is not None else self._made(tx, who, slug)
            self._changed(tx, who, identifier, values, depends_on)
            return self._settled(tx, identifier)

    def argue_tier(self, who: Principal, id_or_slug: str, tier: Tier | None, argument: str) -> Service:
        """Claim a tier with an argument, or (None) leave it to the facts. Both stand side by side, and in the ledger.

        That a service is *less* important than its facts say counts only from who has `catalog:write`: a lead can argue
        it, and it is shown as disputed until somebody does.

        Raises: `AskedWronglyError` for a claim without an argument.
        """
        if tier is not None and (tier not in TIERS or not argument.strip() or len(argument) > _LONGEST):
            raise AskedWronglyError("a tier is 1 to 4, with an argument of up to 2000 characters")
        with self._database.transaction() as tx:
            row = store.service_row(tx, id_or_slug, lock=True)
            if row is None:
                raise _no_service(id_or_slug)
            self._may_change(who, row)
            agreed = tier is not None and "catalog:write" in who.permissions
            store.change_service(
                tx,
                row.id,
                tier_claimed=tier,
                tier_argument=argument.strip() if tier is not None else None,
                tier_argued_by=who.name if tier is not None else None,
                tier_agreed=agreed,
            )
            after = self._settled(tx, row.id)
            self._record(
                tx, who, "service:tier-argued", row.id, row.team,
                claimed=tier, argument=argument.strip(), inferred=after.tier_inferred, tier=after.tier,
            )  # fmt: skip
            return after

    def retire(self, who: Principal, id_or_slug: str) -> Service:
        """Note that a service is no more. It keeps its history and can be asked for by id."""
        with self._database.transaction() as tx:
            row = store.service_row(tx, id_or_slug, lock=True)
            if row is None:
                raise _no_service(id_or_slug)
            self._may_change(who, row)
            if row.retired_at is None:
                store.change_service(tx, row.id, retired_at=self._clock())
                self._record(tx, who, "service:retired", row.id, row.team)
                self._recount(tx, store.put_dependencies(tx, row.id, ()))
            return self._settled(tx, row.id)

    # For other rooms, inside transactions of theirs.

    def find(self, tx: Connection, id_or_slug: str) -> Service | None:
        """Return a service, or None where there is none. Who may know of it is the caller's to decide."""
        return store.service(tx, id_or_slug)

    def services_named(self, tx: Connection, identifiers: Collection[str]) -> Mapping[str, Service]:
        """Return services by id."""
        return store.services_named(tx, identifiers)

    def briefs_named(self, tx: Connection, identifiers: Collection[str]) -> Mapping[str, Brief]:
        """Return services in a few words, by id, retired ones too."""
        return {one.id: one for one in store.briefs(tx, set(identifiers), retired=True)} if identifiers else {}

    def _made(self, tx: Connection, who: Principal, slug: str) -> str:
        """Make a service of which nothing is known yet; the fallback team answers for it until a team is named."""
        now = self._clock()
        fallback = self._fallback(tx)
        identifier = ids.new("svc", now)
        plain = {"name": slug, "team": fallback.id, "team_source": "fallback", "description": "", "created_at": now}
        tier, facts = inferred(Facts())
        store.put_service(
            tx,
            {"id": identifier, "slug": checked_slug(slug), "tier": tier, "tier_inferred": tier, "tier_agreed": False}
            | {"tier_facts": list(facts), "contacts": {}, "environments": [], "notes": [], "data": None}
            | plain,
        )
        self._record(tx, who, "service:created", identifier, fallback.id, slug=slug)
        return identifier

    def _changed(
        self,
        tx: Connection,
        who: Principal,
        identifier: str,
        values: Mapping[str, Any],
        depends_on: Collection[str] | None,
    ) -> None:
        """Write what is new about a service, with an event that names it."""
        row = store.service_row(tx, identifier, lock=True)
        assert row is not None  # noqa: S101 - made or locked by the caller in this transaction
        changes = {key: value for key, value in values.items() if getattr(row, key) != value}
        for key, longest in (("name", _LONGEST_NAME), ("repository", _LONGEST), ("description", _LONGEST)):
            if len(changes.get(key) or "") > longest:
                raise AskedWronglyError(f"{key} has up to {longest} characters")
        if depends_on is not None:
            slugs = {checked_slug(one) for one in depends_on} - {row.slug}
            if len(slugs) > _MAX_DEPENDENCIES:
                raise AskedWronglyError(f"a service depends on up to {_MAX_DEPENDENCIES} others")
            touched = store.put_dependencies(tx, identifier, slugs)
            self._recount(tx, touched)
            if touched:
                changes["depends_on"] = sorted(slugs)
        if not changes:
            return
        shown = {key: value for key, value in changes.items() if key != "notes"}
        store.change_service(tx, identifier, **{k: v for k, v in changes.items() if k != "depends_on"})
        if shown:
            team = changes.get("team")
            self._record(tx, who, "service:changed", identifier, row.team, team, changed=shown)

    def _settled(self, tx: Connection, identifier: str) -> Service:
        """Infer the tier anew from what is known now, and return the service."""
        row = store.service_row(tx, identifier)
        assert row is not None  # noqa: S101 - made or locked by the caller in this transaction
        facts = Facts(
            exposed=row.exposed,
            data=row.data,
            production=self._production(tx, identifier, row.environments),
            dependents=store.dependents(tx, [row.slug]).get(row.slug, 0),
            lifecycle=row.lifecycle,
        )
        inference, words = inferred(facts)
        claim = Claim(row.tier_claimed, row.tier_argument, row.tier_agreed) if row.tier_claimed else None
        tier, _ = effective(inference, claim)
        if (tier, inference, list(words)) != (row.tier, row.tier_inferred, row.tier_facts):
            store.change_service(tx, identifier, tier=tier, tier_inferred=inference, tier_facts=list(words))
        found = store.service(tx, identifier)
        assert found is not None  # noqa: S101 - as above
        return found

    def _recount(self, tx: Connection, slugs: Sequence[str]) -> None:
        """Infer the tiers anew of services whose number of dependents has changed."""
        for slug in slugs:
            row = store.service_row(tx, slug, lock=True)
            if row is not None:
                self._settled(tx, row.id)

    @staticmethod
    def _production(tx: Connection, identifier: str, said: Collection[str]) -> bool | None:
        """Return whether the service runs in production: as seen, else as said; None where neither is known."""
        seen = {one.environment for one in deployment_store.running(tx, identifier)}
        known = {one.slug: one for one in deployment_store.environments(tx)}
        if any(one.id in seen and one.production for one in known.values()):
            return True
        if said:
            return any(known[one].production if one in known else one in PRODUCTION for one in said)
        return False if seen else None

    def _team_named(self, tx: Connection, team: str) -> Team:
        found = self._fallback(tx) if team == FALLBACK else store.team(tx, team)
        if found is None:
            raise NotFoundError(f"there is no team {team!r:.60}", hint="make it first")
        return found

    @staticmethod
    def _may_change(who: Principal, row: Any) -> None:
        narrowed = bool(who.services) and (row is None or row.id not in who.services)
        leads = row is not None and row.team in who.leads
        if narrowed or not ("catalog:write" in who.permissions or leads):
            raise DeniedError(f"{who.name} may not: catalog:write is not granted here", hint="the team's lead may, too")


def checked_data(data: Collection[str]) -> list[str]:
    """Return the classes of data, sorted.

    Raises: `AskedWronglyError` for one that there is not.
    """
    unknown = sorted(set(data) - set(DATA_CLASSES))
    if unknown:
        raise AskedWronglyError(
            f"there is no class of data {unknown[0]!r:.40}", hint=f"there are: {', '.join(DATA_CLASSES)}"
        )
    return sorted(set(data))


def _no_service(id_or_slug: str) -> NotFoundError:
    return NotFoundError(f"there is no service {id_or_slug!r:.60}")
