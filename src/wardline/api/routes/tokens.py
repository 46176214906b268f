"""API tokens: scoped, expiring, shown once; and which workloads of a CI need none."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, Field, StringConstraints
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed_whole
from wardline.api.routing import route, router
from wardline.api.words import Asked, BindingId, Line, ServiceId, Shown, TokenId
from wardline.kernel.identity.model import Permission, Principal

ROUTER = router("tokens")
BINDINGS = router("bindings")


class TokenRow(Shown):
    """A token, without its text."""

    id: str
    account: str
    account_name: str
    name: str
    permissions: list[Permission]
    services: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenMade(TokenRow):
    """A new token, with its text."""

    token: str | None = Field(description="shown once: null where the request is answered again")


class TokensAsked(Paging):
    """Whose tokens."""

    everybody: bool = Field(default=False, description="not only one's own; needs `token:revoke`")


class NewToken(Asked):
    """What a token is for, what it may do, and until when."""

    name: Annotated[Line, StringConstraints(max_length=100)]
    permissions: set[Permission] = Field(min_length=1, max_length=40)
    services: set[ServiceId] = Field(set(), max_length=100, description="ids it is narrowed to")
    expires_at: AwareDatetime | None = Field(None, description="within a year; default: in 90 days")


Claim = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]


class BindingShown(Shown):
    """Which workloads of a CI may send reports of a service."""

    id: str
    issuer: str
    service: str
    claims: dict[str, list[str]]
    created_at: datetime
    created_by: str


class BindingsAsked(Paging):
    """Which bindings."""

    service: ServiceId | None = None


class NewBinding(Asked):
    """An issuer, and the claims that its tokens must have; one of them names the repository exactly."""

    issuer: Annotated[str, StringConstraints(min_length=8, max_length=300, pattern=r"^https?://[!-~]+$")]
    service: ServiceId
    claims: dict[Claim, Annotated[list[Claim], Field(min_length=1, max_length=32)]] = Field(
        min_length=1, max_length=16, json_schema_extra={"additionalProperties": False}
    )


@route(ROUTER, "GET", "", needs="a session or token:revoke", shows=Rows[TokenRow], lists=True)
async def list_tokens(call: Called, asked: Annotated[TokensAsked, Query()]) -> Response:
    """List one's own tokens, or everybody's, newest first; revoked and expired ones too."""
    return await listed_whole(call, asked, partial(call.services.identity.tokens, everybody=asked.everybody))


@route(ROUTER, "POST", "", needs="token:create", shows=TokenMade, status=201)
async def create_token(call: Called, new: NewToken) -> Response:
    """Make a token, which has no more permissions than whoever makes it. It is shown this once."""

    def create(who: Principal) -> dict[str, object]:
        create_token = call.services.identity.create_token
        token, text = create_token(who, new.name, new.permissions, new.services, new.expires_at)
        return {**token._asdict(), "token": text}

    return await call.answer(create, at=lambda made: f"/tokens/{made['id']}", once="token")


@route(ROUTER, "DELETE", "/{token}", needs="a session or token:revoke", status=204)
async def revoke_token(call: Called, token: TokenId) -> Response:
    """Revoke a token: one's own, or anybody's with `token:revoke`. Its next request fails."""
    return await call.answer(call.services.identity.revoke_token, token)


@route(BINDINGS, "GET", "", needs="catalog:read", shows=Rows[BindingShown], lists=True)
async def list_bindings(call: Called, asked: Annotated[BindingsAsked, Query()]) -> Response:
    """List which workloads of a CI may send reports of which service."""
    return await listed_whole(call, asked, partial(call.services.identity.bindings, service=asked.service))


@route(BINDINGS, "POST", "", needs="catalog:write", shows=BindingShown, status=201)
async def create_binding(call: Called, new: NewBinding) -> Response:
    """Let the workloads whose tokens have these claims send reports of a service."""
    return await call.answer(call.services.identity.bind, new.issuer, new.service, new.claims)


@route(BINDINGS, "DELETE", "/{binding}", needs="catalog:write", status=204)
async def delete_binding(call: Called, binding: BindingId) -> Response:
    """Delete a binding: what it let in is refused from now on."""
    return await call.answer(call.services.identity.unbind, binding)
