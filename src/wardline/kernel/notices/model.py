"""A notice as a value: who is told what, what becomes of it on each channel, and when quiet ones are sent. Pure.

A notice says what burns, whose move it is and how much time is left, and carries one link. It is posted in the
transaction of what it tells about, so it is there exactly when that is; a duty sends it afterwards, at least once.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple, Protocol, get_args

ChannelName = Literal["email", "slack"]
CHANNELS: Final[tuple[ChannelName, ...]] = get_args(ChannelName)
When = Literal["now", "morning"]
DeliveryState = Literal["waiting", "sent", "parked", "not sent"]
DELIVERY_STATES: Final[tuple[DeliveryState, ...]] = get_args(DeliveryState)

MORNING_HOUR: Final = 7  # UTC
MORNING_ENDS: Final = 10
MAX_SUBJECT_CHARS: Final = 200
MAX_TEXT_CHARS: Final = 20_000
MAX_ROWS: Final = 25  # in one notice; the rest is a number and stands behind the link
_FRIDAY: Final = 4


class Recipient(NamedTuple):
    """A person or a team to tell. `slack` None: not by Slack; "": in the default channel; else a channel's name."""

    id: str
    name: str
    email: str | None = None
    slack: str | None = None


class Row(NamedTuple):
    """One thing that burns, for a list in a notice: what, where, whose move, time left."""

    title: str
    place: str = ""
    move: str = ""
    left: str = ""
    severity: str = ""


class Section(NamedTuple):
    """One notice as part of a message: `link` is absolute, or "" for none."""

    subject: str
    text: str
    link: str
    rows: tuple[Row, ...] = ()
    more: int = 0  # rows beyond those shown


class Message(NamedTuple):
    """What one channel sends to one address at once: one section, or several that were due together."""

    key: str  # the same for each attempt: receivers may tell repetitions by it
    address: str
    name: str
    at: datetime
    sections: tuple[Section, ...]

    @property
    def subject(self) -> str:
        """Return the message's subject: the only section's, or the first's and how many more there are."""
        first = self.sections[0].subject
        more = len(self.sections) - 1
        return f"{first} (and {more} more)" if more else first


class Delivery(NamedTuple):
    """What became of a notice on one channel. `said`: what the channel answered last, without any credential."""

    channel: ChannelName
    state: DeliveryState
    attempts: int
    due_at: datetime  # when it is tried next; of one that is over, when it was sent, or posted
    sent_at: datetime | None
    said: str


class Notice(NamedTuple):
    """One notice to one recipient. No delivery at all: the recipient has no address; the notice stands here only."""

    id: str
    kind: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    link: str
    posted_at: datetime
    rows: tuple[Row, ...]
    more: int
    deliveries: tuple[Delivery, ...]


class Sent(NamedTuple):
    """The channel took the message."""

    said: str = ""


class Later(NamedTuple):
    """The channel cannot take it now: again after `after_seconds` (None: after the usual pause)."""

    said: str
    after_seconds: float | None = None


class Refused(NamedTuple):
    """The channel will never take this message: it is parked and shown."""

    said: str


class Off(NamedTuple):
    """The channel is not set up: the notice stands in the list and is not sent."""

    said: str


Outcome = Sent | Later | Refused | Off


class Channel(Protocol):
    """A way to reach people. One file each; it never raises for what the other side does."""

    name: ChannelName
    max_sections: int

    def off(self) -> str:
        """Return why the channel is not set up, in words for whoever runs the platform; "" where it is."""

    def send(self, message: Message) -> Outcome:
        """Send one message, within about 20 seconds."""


def next_morning(at: datetime) -> datetime:
    """Return `at` itself on a working morning (Monday to Friday, 07:00 to 10:00 UTC), else when the next one begins."""
    at = at.astimezone(UTC)
    if at.weekday() <= _FRIDAY and MORNING_HOUR <= at.hour < MORNING_ENDS:
        return at
    morning = at.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
    while morning < at or morning.weekday() > _FRIDAY:
        morning += timedelta(days=1)
    return morning


def pause_seconds(attempts: int) -> float:
    """Return how long to wait after the `attempts`-th failure: 30 s, doubled each time, at most four hours."""
    return min(30.0 * 2.0 ** min(attempts - 1, 16), 4 * 3600.0)
