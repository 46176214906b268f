"""Duties: what the platform owes regularly, when each last ran, and letting one run now."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import StringConstraints
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed_whole
from wardline.api.routing import route, router
from wardline.api.words import Shown

ROUTER = router("duties")
DutyName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[a-z0-9:_-]+$")]


class DutyShown(Shown):
    """How a duty stands."""

    name: str
    title: str
    every_seconds: float
    next_due: datetime
    last_started: datetime | None
    last_finished: datetime | None
    last_said: str
    failures: int
    failing_since: datetime | None
    last_failure: str
    holder: str | None
    runs: int


@route(ROUTER, "GET", "", needs="duty:read", shows=Rows[DutyShown], lists=True)
async def list_duties(call: Called, asked: Annotated[Paging, Query()]) -> Response:
    """List how every duty stands."""
    return await listed_whole(call, asked, call.services.duties.list)


@route(ROUTER, "POST", "/{duty}/run", needs="duty:run", status=204)
async def run_duty(call: Called, duty: DutyName) -> Response:
    """Let a duty have a turn at once, on whichever node comes first."""
    return await call.answer(call.services.duties.run_now, duty)
