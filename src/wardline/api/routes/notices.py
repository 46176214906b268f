"""Notices: what was posted to whom, what became of it, and trying a channel."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Query
from pydantic import Field, StringConstraints
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed
from wardline.api.routing import route, router
from wardline.api.words import Asked, NoticeId, Shown
from wardline.kernel.identity.model import Principal
from wardline.kernel.notices.model import ChannelName, DeliveryState

ROUTER = router("notices")


class DeliveryShown(Shown):
    """What became of a notice on one channel."""

    channel: ChannelName
    state: DeliveryState
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    said: str


class NoticeShown(Shown):
    """One notice to one recipient."""

    id: str
    kind: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    link: str
    posted_at: datetime
    deliveries: list[DeliveryShown]


class NoticesAsked(Paging):
    """Which notices."""

    state: DeliveryState | None = None


class Trial(Asked):
    """Where to send a message that says that notices arrive."""

    channel: ChannelName
    address: Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\x00-\x20\x7f]*$")] = Field(
        "", description="an e-mail address or a Slack channel; default: Slack's own"
    )


class TrialShown(Shown):
    """What the channel said."""

    said: str


@route(ROUTER, "GET", "", needs="a session or notice:write", shows=Rows[NoticeShown], lists=True)
async def list_notices(call: Called, asked: Annotated[NoticesAsked, Query()]) -> Response:
    """List notices, newest first: everybody's for who runs the platform, else one's own."""
    return await listed(call, asked, partial(call.services.notices.list, state=asked.state))


@route(ROUTER, "POST", "/test", needs="notice:write", shows=TrialShown)
async def try_channel(call: Called, trial: Trial) -> Response:
    """Send a message by one channel at once, and say what the channel answered."""

    def test(who: Principal) -> dict[str, str]:
        return {"said": call.services.notices.test(who, trial.channel, trial.address)}

    return await call.answer(test)


@route(ROUTER, "POST", "/{notice}/retry", needs="notice:write", status=204)
async def retry_notice(call: Called, notice: NoticeId) -> Response:
    """Send a parked notice again, soon."""
    return await call.answer(call.services.notices.retry, notice)
