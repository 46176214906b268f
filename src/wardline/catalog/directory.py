"""The organisation's directory as it sends itself by SCIM: users are accounts, groups are teams.

Storage for `scim2_server`, which speaks the protocol; here stands what each step means for accounts and teams. A
directory says who there is, who has left, and who is in which group. It gives no role and makes nobody a lead.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final, cast

from scim2_models import (
    Group,
    InvalidFilterException,
    InvalidValueException,
    Meta,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
    UniquenessException,
    User,
)
from scim2_models.path import CompareOperator, Comparison
from scim2_server.storage import ScimStorage, SearchPage
from sqlalchemy import Connection

from wardline.catalog import store
from wardline.catalog.enterprise import EnterpriseUser
from wardline.catalog.model import Team
from wardline.catalog.room import slug_of
from wardline.catalog.service import Catalog
from wardline.catalog.teams import FALLBACK
from wardline.kernel import ids
from wardline.kernel.database.engine import Database
from wardline.kernel.identity import people
from wardline.kernel.identity.accounts import is_address
from wardline.kernel.identity.model import Account, Principal
from wardline.kernel.identity.service import Identity

Person = User[EnterpriseUser]
# Attributes that have columns (so that looking for one value is one question to the database).
_COLUMNS: Final[dict[str, dict[str, str]]] = {
    "User": {"id": "id", "username": "user_name", "externalid": "external_id", "emails.value": "email"},
    "Group": {"id": "id", "displayname": "name", "externalid": "external_id"},
}
_MOST_SCANNED: Final = 20_000
_PIECE: Final = 500
_LONGEST_NAME: Final = 200
_KEPT_ELSEWHERE: Final = frozenset({"active", "externalId", "groups", "id", "meta", "password", "userName"})


class Directory(ScimStorage):
    """What one caller (`who`) reads and writes by SCIM. Every step is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime], identity: Identity, catalog: Catalog) -> None:
        self._database: Final = database
        self._clock: Final = clock
        self._identity: Final = identity
        self._catalog: Final = catalog
        self.who = Principal("platform", "platform", "the directory")

    def operation(self) -> AbstractContextManager[None]:
        """Enclose one request: what it reads is what it writes over."""
        return cast("AbstractContextManager[None]", self._database.joined())

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """Return a user or a group."""
        del response_parameters
        with self._database.joined() as tx:
            return self._one(tx, resource_type, resource_id)

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """Return one page of users or groups, oldest first, and how many there are.

        Looking for one value of what has a column is one question; other filters look at everything, up to a bound.
        """
        del position
        start = search_request.start_index_0 or 0
        count = search_request.count if search_request.count is not None else _PIECE
        with self._database.joined() as tx:
            if len(resource_types) == 1:
                equal = _equal(search_request, str(resource_types[0].name))
                if equal is not None:
                    total, found = self._piece(tx, resource_types[0], start, count, **equal)
                    return SearchPage(total, found)
            everything = [one for kind in resource_types for one in self._all(tx, kind)]
        wanted = search_request.filter
        fitting = [one for one in everything if wanted is None or wanted.match(one)]
        return SearchPage(len(fitting), fitting[start : start + count])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Make an account or a team."""
        with self._database.joined() as tx:
            if isinstance(resource, Group):
                return self._shown(tx, resource_type, self._new_team(tx, resource))
            person = cast("Any", resource)
            self._free(tx, person.user_name, None)
            made = self._identity.create_in(
                tx,
                self.who,
                _name(person),
                email=_email(person),
                user_name=person.user_name,
                external_id=person.external_id,
            )
            self._identity.change_in(tx, self.who, made.id, details=_details(person), active=person.active is not False)
            return self._one(tx, resource_type, made.id)

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """Change an account (an inactive one is shut out in this transaction) or a team and who is in it."""
        with self._database.joined() as tx:
            current = self._expected(tx, resource_type, resource.id or "", expected_version)
            if isinstance(resource, Group):
                self._change_team(tx, current.id or "", resource)
            else:
                person = cast("Any", resource)
                self._free(tx, person.user_name, current.id)
                self._identity.change_in(
                    tx,
                    self.who,
                    current.id or "",
                    name=_name(person),
                    email=_email(person),
                    user_name=person.user_name,
                    external_id=person.external_id,
                    active=person.active is not False,
                    details=_details(person),
                )
            return self._one(tx, resource_type, current.id or "")

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        """Shut an account out for good, or delete a team (what it looked after is shown as nobody's)."""
        with self._database.joined() as tx:
            self._expected(tx, resource_type, resource_id, expected_version)
            if resource_type.name == "Group":
                team = store.team(tx, resource_id)
                if team is not None:
                    self._catalog.drop_team_in(tx, self.who, team)
            else:
                self._identity.remove_in(tx, self.who, resource_id)

    # Reading

    def _one(self, tx: Connection, kind: ResourceType, identifier: str) -> Resource[Any]:
        _, found = self._piece(tx, kind, 0, 1, id=identifier)
        if not found:
            raise NotFoundException(detail=f"{kind.name} {identifier!r:.60} not found")
        return found[0]

    def _expected(self, tx: Connection, kind: ResourceType, identifier: str, version: str | None) -> Resource[Any]:
        found = self._one(tx, kind, identifier)
        if version is not None and found.meta is not None and found.meta.version != version:
            raise PreconditionFailedException
        return found

    def _piece(
        self, tx: Connection, kind: ResourceType, start: int, count: int, **equal: str
    ) -> tuple[int, list[Resource[Any]]]:
        if kind.name == "Group":
            total, teams = store.directory(tx, start, count, **equal)
            return total, [self._shown(tx, kind, team) for team in teams]
        total, accounts = people.directory(tx, start, count, **equal)
        names = store.team_names(tx, {team for account, _ in accounts for team in account.teams})
        return total, [_person(account, details, names) for account, details in accounts]

    def _all(self, tx: Connection, kind: ResourceType) -> Iterator[Resource[Any]]:
        start = 0
        while True:
            total, piece = self._piece(tx, kind, start, _PIECE)
            if total > _MOST_SCANNED:
                raise InvalidFilterException(
                    detail="of so many only userName, externalId, emails.value and id are asked"
                )
            yield from piece
            start += _PIECE
            if start >= total:
                return

    @staticmethod
    def _shown(tx: Connection, kind: ResourceType, team: Team) -> Group:
        members = [
            Group.Members(value=account.id, display=account.name, type="User", ref=f"Users/{account.id}")  # type: ignore[call-arg]
            for account, _ in people.members(tx, team.id)
            if account.removed_at is None
        ]
        return Group(
            id=team.id,
            display_name=team.name,
            external_id=team.external_id,
            members=cast("Any", members or None),
            meta=_meta(str(kind.name), team),
        )

    # Writing

    @staticmethod
    def _free(tx: Connection, user_name: str | None, own: str | None) -> None:
        if not user_name or not user_name.strip():
            raise InvalidValueException(detail="userName is missing")
        taken = people.find(tx, user_name=user_name)
        if taken is not None and taken.id != own:
            raise UniquenessException(detail="userName is taken")

    def _new_team(self, tx: Connection, group: Group) -> Team:
        """Make a team, or take over one of the same name that files of a repository have named before."""
        now = self._clock()
        name = _group_name(group)
        slug = slug_of(name) or f"group-{ids.new('tea', now)[-8:]}"
        known = store.team(tx, slug)
        if slug == FALLBACK or (known is not None and known.directory):
            slug, known = f"{slug[:80]}-{ids.new('tea', now)[-8:]}", None
        if known is None:
            known = Team(ids.new("tea", now), slug, name, external_id=group.external_id, directory=True)
            store.put_team(tx, known, now)
            self._catalog.record_in(tx, self.who, "team:created", known.id, slug=slug, name=name)
        self._change_team(tx, known.id, group)
        found = store.team(tx, known.id)
        return found or known

    def _change_team(self, tx: Connection, identifier: str, group: Group) -> None:
        now = self._clock()
        name = _group_name(group)
        wanted = {member.value for member in group.members or () if member.value}
        present = {account.id for account, _ in people.members(tx, identifier)}
        for account in sorted(wanted - present):
            person = people.person(tx, account)
            if person is None or person.removed_at is not None:
                raise InvalidValueException(detail=f"there is no user {account!r:.60}")
            people.join(tx, account, identifier, lead=False, at=now)
            self._catalog.record_in(tx, self.who, "team:joined", identifier, account, name=person.name, lead=False)
        for account in sorted(present - wanted):
            people.leave(tx, account, identifier)
            self._catalog.record_in(tx, self.who, "team:left", identifier, account)
        store.change_team(tx, identifier, now, name=name, external_id=group.external_id, directory=True)


def _equal(request: SearchRequest[Any], kind: str) -> dict[str, str] | None:
    """Return the one column and value that are asked for, {} for no filter, None for every other filter."""
    if request.filter is None:
        return {}
    node = request.filter.ast
    if not isinstance(node, Comparison) or node.op != CompareOperator.eq or not isinstance(node.value, str):
        return None
    column = _COLUMNS.get(kind, {}).get(str(node.attr_path).casefold().rpartition(":")[2])
    return {column: node.value} if column else None


def _person(account: Account, details: dict[str, Any], teams: dict[str, str]) -> Resource[Any]:
    shown = {key: value for key, value in details.items() if key not in _KEPT_ELSEWHERE}
    if not shown:  # made here, and never sent by a directory
        shown = {"schemas": [str(User.__schema__)], "displayName": account.name}
        shown |= {"emails": [{"value": account.email, "primary": True}]} if account.email else {}
    person = cast("Any", Person.model_validate(shown))
    person.id = account.id
    person.user_name = account.user_name or account.email or account.id
    person.external_id = account.external_id
    person.active = account.active
    person.groups = [
        User.Groups(value=team, display=teams.get(team), ref=f"Groups/{team}")  # type: ignore[call-arg]
        for team in sorted(account.teams)
    ] or None
    person.meta = _meta("User", account)
    return cast("Resource[Any]", person)


def _meta(kind: str, of: Account | Team) -> Meta:
    return Meta(resource_type=kind, created=of.created_at, last_modified=of.changed_at, version=f'W/"{of.version}"')


def _details(person: Any) -> dict[str, Any]:
    """Return what the directory sent and the platform has no column for. A password is never kept."""
    return {key: value for key, value in person.model_dump().items() if key not in _KEPT_ELSEWHERE}


def _name(person: Any) -> str:
    parts = person.name
    given = f"{parts.given_name or ''} {parts.family_name or ''}".strip() if parts is not None else ""
    formatted = parts.formatted if parts is not None else None
    for name in (person.display_name, formatted, given, person.user_name):
        if name and name.strip():
            return str(name)[:_LONGEST_NAME]
    raise InvalidValueException(detail="a user has a name")


def _email(person: Any) -> str | None:
    listed = [one for one in person.emails or () if one.value]
    chosen = next((one for one in listed if one.primary), listed[0] if listed else None)
    value = str(chosen.value).strip() if chosen is not None else (person.user_name or "")
    return value if is_address(value) else None


def _group_name(group: Group) -> str:
    name = " ".join((group.display_name or "").split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise InvalidValueException(detail="a group has a displayName of up to 200 characters")
    return name
