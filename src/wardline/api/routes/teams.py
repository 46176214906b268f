"""Teams: who is asked first, and who is in them."""

from functools import partial
from typing import Annotated

from fastapi import Query
from pydantic import StringConstraints
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed, listed_whole
from wardline.api.routing import route, router
from wardline.api.words import AccountId, Asked, IdOrSlug, Line, Shown, Slug
from wardline.kernel.identity.model import Principal

ROUTER = router("teams")
Address = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\x00-\x20\x7f]*$")]


class TeamShown(Shown):
    """A team."""

    id: str
    slug: str
    name: str
    email: str | None
    slack: str | None
    external_id: str | None
    members: int


class MemberShown(Shown):
    """A person in a team."""

    account: str
    name: str
    email: str | None
    lead: bool


class TeamPut(Asked):
    """What a team is. What is not named stays as it is; "" empties an address."""

    name: Line | None = None
    email: Address | None = None
    slack: Address | None = None


class MemberPut(Asked):
    """As what the person is in the team."""

    lead: bool = False


@route(ROUTER, "GET", "", needs="catalog:read", shows=Rows[TeamShown], lists=True)
async def list_teams(call: Called, asked: Annotated[Paging, Query()]) -> Response:
    """List teams by name."""
    return await listed(call, asked, call.services.catalog.teams)


@route(ROUTER, "GET", "/{team}", needs="catalog:read", shows=TeamShown, tagged=True)
async def get_team(call: Called, team: IdOrSlug) -> Response:
    """Show one team, by id or slug."""
    return await call.answer(call.services.catalog.team, team)


@route(ROUTER, "PUT", "/{team}", needs="a session or catalog:write", shows=TeamShown, tagged=True)
async def put_team(call: Called, team: Slug, asked: TeamPut) -> Response:
    """Make a team, or change it: for `catalog:write`; its lead may change it."""
    catalog = call.services.catalog
    put = partial(catalog.put_team, name=asked.name, email=asked.email, slack=asked.slack)
    return await call.edit(partial(catalog.team, call.who, team), put, team)


@route(ROUTER, "DELETE", "/{team}", needs="catalog:write", status=204)
async def delete_team(call: Called, team: IdOrSlug) -> Response:
    """Delete a team; what it looked after goes to the fallback team, where it is seen."""
    return await call.answer(call.services.catalog.drop_team, team)


@route(ROUTER, "GET", "/{team}/members", needs="catalog:read", shows=Rows[MemberShown], lists=True)
async def list_members(call: Called, team: IdOrSlug, asked: Annotated[Paging, Query()]) -> Response:
    """List the people of a team by name."""
    return await listed_whole(call, asked, call.services.catalog.members, team)


@route(ROUTER, "PUT", "/{team}/members/{account}", needs="a session or catalog:write", status=204)
async def put_member(call: Called, team: IdOrSlug, account: AccountId, asked: MemberPut) -> Response:
    """Make a person a member of a team, or its lead: for `catalog:write`, or the team's lead."""

    def put(who: Principal) -> None:
        call.services.catalog.put_member(who, team, account, lead=asked.lead)

    return await call.answer(put)


@route(ROUTER, "DELETE", "/{team}/members/{account}", needs="a session or catalog:write", status=204)
async def remove_member(call: Called, team: IdOrSlug, account: AccountId) -> Response:
    """End a membership. What the person could reach by it is out of reach from the next request on."""
    return await call.answer(call.services.catalog.remove_member, team, account)
