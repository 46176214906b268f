"""Teams and who is in them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from wardline.catalog import store
from wardline.catalog.model import Member, Team
from wardline.catalog.room import Room, checked_slug
from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError, NotFoundError
from wardline.kernel.identity import people
from wardline.kernel.identity.model import PLATFORM, Principal, require
from wardline.kernel.paging import Listing, Page, cursor

FALLBACK: Final = "unowned"
_FALLBACK_NAME: Final = "Unowned (security answers)"
_LONGEST: Final = 200


class Teams(Room):
    """The use cases of teams. A team's lead may say who is in it; who has `catalog:write` may for every team."""

    def teams(self, who: Principal, page: Page = Page()) -> Listing[Team]:  # noqa: B008 - a value
        """Return teams by name, a piece at a time."""
        require(who, "catalog:read")
        limit = page.limit
        with self._database.reading() as tx:
            rows = store.teams(tx, page.after(str, str), limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        return Listing(rows[:limit], cursor(store.sorted_by(last.name), last.id) if last else None)

    def team(self, who: Principal, id_or_slug: str) -> Team:
        """Return one team.

        Raises: `NotFoundError`.
        """
        require(who, "catalog:read")
        with self._database.reading() as tx:
            return _found(tx, id_or_slug)

    def put_team(
        self, who: Principal, slug: str, *, name: str | None = None, email: str | None = None, slack: str | None = None
    ) -> Team:
        """Make a team, or change it (what is None stays as it is; "" empties an address)."""
        values = {key: value.strip() for key, value in (("name", name), ("email", email), ("slack", slack)) if value}
        if any(len(value) > _LONGEST for value in values.values()):
            raise AskedWronglyError(f"a team's name and addresses have up to {_LONGEST} characters")
        emptied = {key: None for key, value in (("email", email), ("slack", slack)) if value == ""}
        with self._database.transaction() as tx:
            before = store.team(tx, slug, lock=True)
            self._may_lead(who, before.id if before else None)
            if before is None:
                made = Team(
                    ids.new("tea", self._clock()),
                    checked_slug(slug),
                    values.get("name", slug),
                    values.get("email"),
                    values.get("slack"),
                )
                store.put_team(tx, made, self._clock())
                self._record(tx, who, "team:created", made.id, slug=slug, name=made.name)
                return made
            changes = {k: v for k, v in {**values, **emptied}.items() if v != getattr(before, k)}
            if changes:
                store.change_team(tx, before.id, self._clock(), **changes)
                self._record(tx, who, "team:changed", before.id, changed=sorted(changes))
            return _found(tx, before.id)

    def members(self, who: Principal, team: str) -> Sequence[Member]:
        """Return the people of a team whose accounts are active, by name."""
        require(who, "catalog:read")
        with self._database.reading() as tx:
            found = _found(tx, team)
            listed = people.members(tx, found.id)
        return [Member(one.id, one.name, one.email, lead) for one, lead in listed if one.active]

    def put_member(self, who: Principal, team: str, account: str, *, lead: bool = False) -> None:
        """Make a person a member of a team, or its lead."""
        with self._database.transaction() as tx:
            found = _found(tx, team)
            self._may_lead(who, found.id)
            person = people.person(tx, account)
            if person is None:
                raise NotFoundError(f"there is no account {account!r:.60}")
            if people.join(tx, account, found.id, lead=lead, at=self._clock()):
                store.change_team(tx, found.id, self._clock())
                self._record(tx, who, "team:joined", found.id, account, name=person.name, lead=lead)

    def remove_member(self, who: Principal, team: str, account: str) -> None:
        """End a membership. What the person could reach by it is out of reach from the next request on."""
        with self._database.transaction() as tx:
            found = _found(tx, team)
            self._may_lead(who, found.id)
            if people.leave(tx, account, found.id):
                store.change_team(tx, found.id, self._clock())
                self._record(tx, who, "team:left", found.id, account)

    def drop_team(self, who: Principal, team: str) -> None:
        """Delete a team; what it looked after goes to the fallback team, where it is seen.

        Raises: `ConflictError` for the fallback team itself.
        """
        require(who, "catalog:write")
        with self._database.transaction() as tx:
            self.drop_team_in(tx, who, _found(tx, team))

    def drop_team_in(self, tx: Connection, who: Principal, team: Team) -> None:
        """Delete a team in the caller's transaction; see `drop_team`."""
        if team.slug == FALLBACK:
            raise ConflictError("the team that answers for what nobody owns stays")
        fallback = self._fallback(tx)
        for service in store.of_team(tx, team.id):
            store.change_service(tx, service, team=fallback.id, team_source="fallback")
            self._record(tx, who, "service:unowned", service, team.id, fallback.id, was=team.slug)
        people.disband(tx, team.id)
        store.drop_team(tx, team.id)
        self._record(tx, who, "team:deleted", team.id, slug=team.slug)

    def _fallback(self, tx: Connection) -> Team:
        """Return the team that answers for what nobody owns: security's own."""
        found = store.team(tx, FALLBACK)
        if found is None:
            found = Team(ids.new("tea", self._clock()), FALLBACK, _FALLBACK_NAME)
            store.put_team(tx, found, self._clock())
            self._record(tx, PLATFORM, "team:created", found.id, slug=FALLBACK, name=found.name)
        return found

    @staticmethod
    def _may_lead(who: Principal, team: str | None) -> None:
        if "catalog:write" in who.permissions or (team is not None and team in who.leads and not who.services):
            return
        raise DeniedError(f"{who.name} may not: catalog:write is not granted here", hint="the team's lead may, too")


def _found(tx: Connection, id_or_slug: str) -> Team:
    found = store.team(tx, id_or_slug)
    if found is None:
        raise NotFoundError(f"there is no team {id_or_slug!r:.60}")
    return found
