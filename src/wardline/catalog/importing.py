"""What a repository says of itself, taken into the catalog: as facts, beside what people decided here."""

from typing import Any, Final

from sqlalchemy import Connection

from wardline.catalog import store
from wardline.catalog.model import Service, Source, Team
from wardline.catalog.owners import Owners
from wardline.catalog.room import slug_of
from wardline.catalog.sources import service_file
from wardline.catalog.sources.backstage import Component
from wardline.catalog.sources.tree import TreeFacts
from wardline.catalog.teams import FALLBACK
from wardline.kernel import ids
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity import people
from wardline.kernel.identity.model import Principal, allowed, require

_UNOWNED: Final = "nobody is named as its owner: security's own team answers until security/service.yaml names a team"
_EMPTY: Final = "nobody is in the team that answers for it yet"
_NEW: Final = "its files name the team {slug!r}, which was made by that: see that the right people are in it"


class Importing(Owners):
    """The use case of reading a repository's files."""

    def import_tree(self, who: Principal, slug: str, facts: TreeFacts) -> Service:
        """Take what a repository says of the service `slug`, and return the service. The same again changes nothing.

        A team that somebody named here outweighs the files; a claim that the service is *less* important than the facts
        say is shown and does not count until somebody who may agrees. A service that is not known yet is made only for
        who has `catalog:write`; a workload of the service may bring its files up to date.

        Raises: `DeniedError`, `NotFoundError`.
        """
        component = _component(facts, slug)
        with self._database.transaction() as tx:
            row = store.service_row(tx, slug, lock=True)
            if row is not None and not allowed(who, "catalog:write", service=row.id):
                if who.services and row.id not in who.services:
                    raise NotFoundError(f"there is no service {slug!r:.60}")
                require(who, "report:write", team=row.team, service=row.id)
            elif row is None:
                require(who, "catalog:write")
            identifier = row.id if row is not None else self._made(tx, who, slug)
            current = store.service_row(tx, identifier, lock=True)
            values = _said(facts, component, slug)
            notes = list(facts.problems)
            if current is not None and current.team_source != "api":
                team, source = self._team_of(tx, who, facts, component, notes)
                if source != "fallback" or not facts.problems:  # a slip of the pen takes nobody's service away
                    values |= {"team": team.id, "team_source": source}
            values["notes"] = self._notes(tx, values.get("team") or (current.team if current else ""), notes)
            if current is not None:
                values |= _claim(current, facts)
            self._changed(tx, who, identifier, values, _depends_on(facts, component))
            if facts.code_owners is not None:
                rules = [list(rule) for rule in facts.code_owners.rules]
                store.put_code_owners(tx, identifier, facts.code_owners.dialect, rules)
            else:
                store.put_code_owners(tx, identifier, "github", ())
            return self._settled(tx, identifier)

    def _team_of(
        self, tx: Connection, who: Principal, facts: TreeFacts, component: Component | None, notes: list[str]
    ) -> tuple[Team, Source]:
        """Return the team that the files name: service.yaml, then Backstage, then CODEOWNERS for everything."""
        named: list[tuple[str, Source]] = []
        if facts.service is not None and facts.service.team:
            named.append((facts.service.team, "service.yaml"))
        if component is not None and component.owner is not None:
            if component.owner.kind != "user":
                named.append((component.owner.name, "backstage"))
            else:
                person = people.find(tx, user_name=component.owner.name)
                teams = sorted(person.teams) if person is not None else []
                named.extend((one, "backstage") for one in teams[:1])
        for name, source in (one for one in named if slug_of(one[0]) != FALLBACK):
            found = store.team(tx, name) or store.team(tx, slug_of(name))
            if found is not None:
                return found, source
            slug = slug_of(name)
            if slug:
                made = Team(ids.new("tea", self._clock()), slug, name)
                store.put_team(tx, made, self._clock())
                self._record(tx, who, "team:created", made.id, slug=slug, name=name, named_by=source)
                notes.append(_NEW.format(slug=slug))
                return made, source
        for rule in reversed(facts.code_owners.rules if facts.code_owners is not None else ()):
            if rule.pattern in {"*", "/", "/**", "**"}:
                teams_named = [store.team(tx, one.rpartition("/")[2].casefold()) for one in rule.owners if "/" in one]
                known = [one for one in teams_named if one is not None]
                if known:
                    return known[0], "codeowners"
        return self._fallback(tx), "fallback"

    def _notes(self, tx: Connection, team: str, notes: list[str]) -> list[str]:
        found = store.team(tx, team)
        if found is not None and found.id == self._fallback(tx).id:
            notes.append(_UNOWNED)
        elif found is not None and not found.members:
            notes.append(_EMPTY)
        return notes


def _component(facts: TreeFacts, slug: str) -> Component | None:
    """Return the component that this service is: the one of its name, else the only one."""
    named = [one for one in facts.components if slug_of(one.name) == slug]
    if named:
        return named[0]
    return facts.components[0] if len(facts.components) == 1 else None


def _said(facts: TreeFacts, component: Component | None, slug: str) -> dict[str, Any]:
    """Return the columns that the files speak of. What they leave out stays as somebody said it before."""
    own = facts.service or service_file.ServiceFile()
    other = component or Component(slug)
    said = {
        "name": own.name or other.title or (other.name if component is not None else None),
        "exposed": own.exposed,
        "data": sorted(own.data) if own.data is not None else None,
        "repository": own.repository or other.repository,
        "description": own.description or other.description,
        "lifecycle": other.lifecycle,
        "system": other.system,
        "contacts": dict(own.contacts) or None,
        "environments": sorted({one for name in own.environments or () if (one := slug_of(name))}) or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _depends_on(facts: TreeFacts, component: Component | None) -> set[str]:
    own = facts.service.depends_on if facts.service is not None else None
    others = [one.name for one in component.depends_on if one.kind == "component"] if component is not None else []
    return {slug for name in (*(own or ()), *others) if (slug := slug_of(name))}


def _claim(current: Any, facts: TreeFacts) -> dict[str, Any]:
    """Return the columns of the tier that the file claims; an argument that a person made here stays."""
    if current.tier_argued_by not in {None, service_file.PLACE}:
        return {}
    own = facts.service
    if own is None:  # gone, or not readable: neither takes a claim back
        return {}
    said = {"tier_claimed": own.tier, "tier_argument": own.tier_argument}
    author = service_file.PLACE if own.tier is not None else None
    return {**said, "tier_argued_by": author, "tier_agreed": False}
