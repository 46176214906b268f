"""Whoever asks: who that is to us, and what this token may."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.routing import route, router
from wardline.api.words import Shown, Sorted
from wardline.kernel.identity.model import Permission, PrincipalKind

ROUTER = router("me")


class PrincipalShown(Shown):
    """Who asks. `permissions` is what this token may do: never more than the roles of its account grant now."""

    kind: PrincipalKind
    id: str
    name: str
    permissions: Annotated[list[Permission], BeforeValidator(sorted)]
    teams: Sorted
    leads: Sorted
    services: Sorted = Field(description="what the token is narrowed to; empty: not narrowed")
    via: str
    expires: datetime | None


@route(ROUTER, "GET", "", needs="a token", shows=PrincipalShown)
async def get_me(call: Called) -> Response:
    """Say who asks, and what this token may."""
    return await call.answer(lambda who: who)
