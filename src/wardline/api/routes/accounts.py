"""Accounts: people whom the platform knows, and what roles they have. Never deleted; deactivated at once."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Query
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed, listed_whole
from wardline.api.routes.sessions import SessionRow
from wardline.api.routing import route, router
from wardline.api.words import AccountId, Asked, Email, Line, Shown, Sorted
from wardline.kernel.identity.model import Principal, Role
from wardline.kernel.paging import Listing, Page

ROUTER = router("accounts")


class AccountShown(Shown):
    """A person."""

    id: str
    name: str
    email: str | None
    user_name: str | None
    roles: Annotated[list[Role], BeforeValidator(sorted)]
    active: bool
    teams: Sorted
    leads: Sorted
    created_at: datetime
    seen_at: datetime | None
    deactivated_at: datetime | None


class AccountsAsked(Paging):
    """Which accounts."""

    text: Line | None = Field(None, description="in name, address and user name")


class NewAccount(Asked):
    """A person who will sign in later."""

    name: Line
    email: Email | None = None
    roles: set[Role] = Field({"developer"}, min_length=1, max_length=7)


class NewRoles(Asked):
    """All roles of an account; what is not named is taken away."""

    roles: set[Role] = Field(max_length=7)


class Invitation(Shown):
    """A link that signs a person in, once, within 15 minutes."""

    link: str | None = Field(description="shown once: null where the request is answered again")


@route(ROUTER, "GET", "", needs="account:read", shows=Rows[AccountShown], lists=True)
async def list_accounts(call: Called, asked: Annotated[AccountsAsked, Query()]) -> Response:
    """List accounts by name."""

    def accounts(who: Principal, page: Page) -> Listing[Any]:
        return call.services.identity.accounts(who, page, asked.text or "")

    return await listed(call, asked, accounts)


@route(ROUTER, "POST", "", needs="account:write", shows=AccountShown, status=201)
async def create_account(call: Called, new: NewAccount) -> Response:
    """Make an account for a person who will sign in later."""
    create = partial(call.services.identity.create_account, email=new.email, roles=new.roles)
    return await call.answer(create, new.name, at=lambda made: f"/accounts/{made.id}")


@route(ROUTER, "GET", "/{account}", needs="a session or account:read", shows=AccountShown, tagged=True)
async def get_account(call: Called, account: AccountId) -> Response:
    """Show one account; everybody may see their own."""
    return await call.answer(call.services.identity.account, account)


@route(ROUTER, "PUT", "/{account}/roles", needs="account:write", shows=AccountShown, tagged=True)
async def set_roles(call: Called, account: AccountId, new: NewRoles) -> Response:
    """Give an account exactly these roles. The `ETag` is the account's."""
    identity = call.services.identity
    return await call.edit(partial(identity.account, call.who, account), identity.set_roles, account, new.roles)


@route(ROUTER, "POST", "/{account}/deactivate", needs="account:write", shows=AccountShown)
async def deactivate_account(call: Called, account: AccountId) -> Response:
    """Shut an account out: its sessions and tokens end with it."""
    return await call.answer(call.services.identity.deactivate, account)


@route(ROUTER, "POST", "/{account}/reactivate", needs="account:write", shows=AccountShown)
async def reactivate_account(call: Called, account: AccountId) -> Response:
    """Let an account in again. Old sessions and tokens stay ended."""
    return await call.answer(call.services.identity.reactivate, account)


@route(ROUTER, "POST", "/{account}/invite", needs="account:write", shows=Invitation, status=201)
async def invite_account(call: Called, account: AccountId) -> Response:
    """Make a link that signs this person in once; only where there is no identity provider."""

    def invite(who: Principal) -> dict[str, str]:
        return {"link": call.services.settings.base_url + call.services.identity.invite(who, account)}

    return await call.answer(invite, once="link")


@route(ROUTER, "GET", "/{account}/sessions", needs="a session or session:revoke", shows=Rows[SessionRow], lists=True)
async def list_sessions(call: Called, account: AccountId, asked: Annotated[Paging, Query()]) -> Response:
    """List the sessions of an account that can still be used: one's own, or anybody's with `session:revoke`."""
    return await listed_whole(call, asked, call.services.identity.sessions, account)
