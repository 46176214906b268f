"""Who looks after a file: the service's CODEOWNERS first, then its team; never nobody."""

from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection

from wardline.catalog import store
from wardline.catalog.deployments import Deployments
from wardline.catalog.sources import codeowners
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity import people


class Owner(NamedTuple):
    """The team that answers, and the person where one is named."""

    team: str
    account: str | None


_KEPT: Final = 4096  # answers a resolver remembers: reports name the same files again and again


class Owners(Deployments):
    """Ownership, for rooms that ask inside transactions of their own."""

    def owner_of(self, tx: Connection, service_id: str, path: str | None = None) -> tuple[str, str | None]:
        """Return (team, account or None) that looks after a path of a service; without a path, the service's team.

        A team or person whom CODEOWNERS names and nobody knows is passed over, as is a person who has left: then the
        next one named, then the service's team.

        Raises: `NotFoundError` for no service.
        """
        team, account = self.owners_in(tx, service_id)(path)
        return team, account

    def owners_in(self, tx: Connection, service_id: str) -> Callable[[str | None], Owner]:
        """Return what answers who looks after each of many paths of a service, with its rules read once."""
        row = store.service_row(tx, service_id)
        if row is None:
            raise NotFoundError(f"there is no service {service_id!r:.60}")
        plain = Owner(row.team, None)
        kept = store.code_owners(tx, row.id)
        if kept is None:
            return lambda _path: plain
        dialect, rules = kept
        ask = codeowners.asking(dialect, rules)
        known: dict[str, Owner | None] = {}
        answers: dict[str, Owner] = {}

        def resolved(handle: str) -> Owner | None:
            if handle not in known:
                known[handle] = self._named(tx, handle, row.team)
            return known[handle]

        def owner(path: str | None) -> Owner:
            if path is None:
                return plain
            if path not in answers:
                if len(answers) >= _KEPT:
                    answers.clear()
                found = [one for one in map(resolved, ask(path)) if one is not None]
                answers[path] = found[0] if found else plain
            return answers[path]

        return owner

    def names(self, tx: Connection, identifiers: Collection[str]) -> Mapping[str, str]:
        """Return the names of teams and accounts by id."""
        wanted = set(identifiers)
        teams = store.team_names(tx, {one for one in wanted if one.startswith("tea-")})
        return teams | people.names(tx, {one for one in wanted if not one.startswith("tea-")})

    @staticmethod
    def _named(tx: Connection, handle: str, team: str) -> Owner | None:
        """Return who `@org/team`, `@user` or `user@host` is, or None where nobody knows."""
        if handle.startswith("@"):
            name = handle[1:].casefold()
            found = store.team(tx, name.rpartition("/")[2])
            if found is not None:
                return Owner(found.id, None)
            person = people.find(tx, user_name=name) if "/" not in name else None
        else:
            person = people.find(tx, email=handle) or people.find(tx, user_name=handle)
        if person is None or not person.active:
            return None
        return Owner(team if team in person.teams or not person.teams else min(person.teams), person.id)
