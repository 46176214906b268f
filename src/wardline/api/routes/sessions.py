"""Sessions: made by a sign-in link for a command line, ended at once."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from starlette.responses import Response

from wardline.api.caller import SESSION_PREFIX, Called
from wardline.api.routing import route, router
from wardline.api.words import Asked, SessionId, Shown
from wardline.kernel.identity.model import Principal

ROUTER = router("sessions")
_AGENT = "wardline on a command line"


class SessionRow(Shown):
    """A session that can still be used."""

    id: str
    account: str
    account_name: str
    agent: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class NewSession(Asked):
    """What signs somebody in."""

    link: Annotated[str, StringConstraints(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")] = Field(
        description="the last part of a sign-in link; it works once"
    )


class SessionMade(SessionRow):
    """A new session, with what is sent as its bearer token."""

    token: str | None = Field(description="shown once")


@route(ROUTER, "POST", "", needs="nothing", shows=SessionMade, status=201, may=(401,))
async def create_session(call: Called, new: NewSession) -> Response:
    """Use a sign-in link up, for a session on a command line. This needs no token; the link is one."""

    def redeem(_nobody: Principal) -> dict[str, Any]:
        session = call.services.identity.redeem_link(new.link, agent=_AGENT)
        shown = {name: getattr(session, name) for name in SessionRow.model_fields}
        return {**shown, "token": SESSION_PREFIX + session.cookie}

    return await call.answer(redeem)


@route(ROUTER, "DELETE", "/{session}", needs="a session or session:revoke", status=204)
async def revoke_session(call: Called, session: SessionId) -> Response:
    """End a session: one's own, or anybody's with `session:revoke`."""
    return await call.answer(call.services.identity.revoke_session, session)
