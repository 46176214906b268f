"""Notices for faces: what was posted and what became of it, trying a channel, sending parked ones again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from wardline.kernel import ids
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Duty
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError, NotFoundError, UnavailableError
from wardline.kernel.identity.model import Principal, allowed, require
from wardline.kernel.notices import outbox, store
from wardline.kernel.notices.delivery import Courier
from wardline.kernel.notices.email import Email
from wardline.kernel.notices.model import (
    CHANNELS,
    DELIVERY_STATES,
    Channel,
    ChannelName,
    Later,
    Message,
    Notice,
    Recipient,
    Row,
    Section,
    Sent,
    When,
)
from wardline.kernel.notices.slack import Slack
from wardline.kernel.paging import Listing, Page
from wardline.kernel.settings import Settings


class Notices:
    """The outbox and its channels. `unsafe_loopback` lets channels reach this machine without TLS: for tests only."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        settings: Settings,
        *,
        unsafe_loopback: bool = False,
    ) -> None:
        self._database: Final = database
        self._clock: Final = clock
        self._settings: Final = settings
        channels: tuple[Channel, ...] = (
            Email(settings, unsafe_loopback=unsafe_loopback),
            Slack(settings, unsafe_loopback=unsafe_loopback),
        )
        self._channels: Final[Mapping[ChannelName, Channel]] = {channel.name: channel for channel in channels}

    def post(  # noqa: PLR0913 - what a notice consists of, all by name
        self,
        tx: Connection,
        *,
        kind: str,
        to: Recipient,
        subject: str,
        text: str,
        link: str,
        dedupe: str,
        when: When = "now",
        rows: Sequence[Row] = (),
    ) -> str | None:
        """Post a notice in the caller's transaction; see `outbox.post`."""
        return outbox.post(
            tx, at=self._clock(), kind=kind, to=to, subject=subject, text=text, link=link, dedupe=dedupe,
            when=when, rows=rows,
        )  # fmt: skip

    def duties(self) -> tuple[Duty, ...]:
        """Return what the platform owes here: sending what was posted."""
        courier = Courier(self._channels, self._settings.base_url)
        return (Duty("notices:deliver", "Send notices", every_seconds=15, run=courier.run),)

    def list(self, who: Principal, page: Page, *, state: str | None = None) -> Listing[Notice]:
        """Return notices, newest first: everybody's for who runs the platform, else one's own.

        `state` narrows to those with a delivery in it ("parked"). Raises: `AskedWronglyError` for no such state.
        """
        if state is not None and state not in DELIVERY_STATES:
            raise AskedWronglyError(f"{state!r:.40} is no state", hint=f"there are: {', '.join(DELIVERY_STATES)}")
        everybody = allowed(who, "notice:write") or allowed(who, "duty:read")
        with self._database.reading() as tx:
            return store.listed(tx, page, recipient=None if everybody else who.id, state=state)

    def channels(self, who: Principal) -> Mapping[ChannelName, str]:
        """Return each channel and why it is off; "" where it is set up. Raises: `DeniedError`."""
        _require_reading(who)
        return {name: channel.off() for name, channel in self._channels.items()}

    def test(self, who: Principal, channel: str, address: str = "") -> str:
        """Send a message by one channel at once, and return what the channel said.

        Without an `address`, Slack's default channel. Raises: `DeniedError`; `AskedWronglyError` for no such channel or
        one that is off; `UnavailableError` where it did not take the message, with its reason.
        """
        require(who, "notice:write")
        found = next((made for name, made in self._channels.items() if name == channel), None)
        if found is None:
            raise AskedWronglyError(f"{channel!r:.40} is no channel", hint=f"there are: {', '.join(CHANNELS)}")
        off = found.off()
        if off:
            raise AskedWronglyError(f"{found.name} is off: {off}", hint="docs/operations.md names the settings")
        now = self._clock()
        section = Section(
            "Wardline reaches you here",
            f"{who.name} asked for this message, to see that notices arrive. Nothing burns, and it is nobody's move.",
            f"{self._settings.base_url}/settings",
        )
        outcome = found.send(Message(ids.new("ntc", now), address, who.name, now, (section,)))
        if not isinstance(outcome, Sent):
            hint = "try again later" if isinstance(outcome, Later) else "correct the setting, and try again"
            raise UnavailableError(f"{found.name} did not take it: {outcome.said}", hint=hint)
        return outcome.said

    def retry(self, who: Principal, notice: str) -> None:
        """Send a parked notice again, soon. Raises: `DeniedError`, `NotFoundError`, `ConflictError` (not parked)."""
        require(who, "notice:write")
        with self._database.transaction() as tx:
            if ids.kind(notice) != "ntc" or not store.known(tx, notice):
                raise NotFoundError("there is no such notice")
            if not store.again(tx, notice, self._clock()):
                raise ConflictError("this notice is not parked", hint="the list says how it stands")


def _require_reading(who: Principal) -> None:
    if not (allowed(who, "notice:write") or allowed(who, "duty:read")):
        raise DeniedError(f"{who.name} may not see the channels", hint="whoever runs Wardline may")
