"""Sending what was posted: a duty under a lease, at least once, quietly.

Each step is one transaction: claim what is due for one address; send it with no transaction open; write down what
became of it. A node that dies in between leaves a claim that ends by itself, and the same message goes out again with
the same key (a mail's Message-ID), so that the receiver can tell. What a channel will never take is parked and shown;
what it cannot take now is tried for three days.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from wardline.kernel import ids
from wardline.kernel.duties.model import Turn
from wardline.kernel.notices import store
from wardline.kernel.notices.model import (
    Channel,
    ChannelName,
    Later,
    Message,
    Off,
    Outcome,
    Refused,
    Section,
    Sent,
    pause_seconds,
)
from wardline.kernel.notices.store import Batch

_CLAIM_SECONDS: Final = 120.0
_MESSAGES_A_RUN: Final = 200
_TRIED_FOR: Final = timedelta(days=3)
_KEPT_FOR: Final = timedelta(days=180)


class Courier:
    """Carries notices from the outbox to the channels. `base_url` begins their links."""

    def __init__(self, channels: Mapping[ChannelName, Channel], base_url: str) -> None:
        self._channels: Final = channels
        self._base_url: Final = base_url

    def run(self, turn: Turn) -> str:
        """Send what is due; return how many messages were sent, put off and parked ("" for none)."""
        counted = {"sent": 0, "put off": 0, "parked": 0, "not sent": 0}
        quiet: set[ChannelName] = (
            set()
        )  # channels that asked for a pause, or do not answer: not tried again in this run
        for _ in range(_MESSAGES_A_RUN):
            if turn.stopping:
                break
            batch = self._claim(turn, quiet)
            if batch is None:
                break
            channel = self._channels[batch.channel]
            outcome = Off(off) if (off := channel.off()) else channel.send(self._message(batch, turn.now))
            if isinstance(outcome, Later):
                quiet.add(channel.name)
            counted[_settle(turn, batch, outcome)] += 1
        with turn.transaction() as tx:
            store.prune(tx, turn.now - _KEPT_FOR)
        return ", ".join(f"{number} {what}" for what, number in counted.items() if number)

    def _claim(self, turn: Turn, quiet: set[ChannelName]) -> Batch | None:
        most = {name: channel.max_sections for name, channel in self._channels.items() if name not in quiet}
        with turn.transaction() as tx:
            key = ids.new("ntc", turn.now)
            return store.claim(tx, turn.now, seconds=_CLAIM_SECONDS, key=key, most=most)

    def _message(self, batch: Batch, now: datetime) -> Message:
        sections = [
            Section(one.subject, one.text, f"{self._base_url}{one.link}" if one.link else "", store.rows(one.rows),
                    one.more)
            for one in batch.notices
        ]  # fmt: skip
        return Message(batch.key, batch.address, batch.name, now, tuple(sections))


def _settle(turn: Turn, batch: Batch, outcome: Outcome) -> str:
    """Write down what became of a message, and return it in words."""
    now = turn.now
    attempts = max(claim.row["attempts"] for claim in batch.claims) + 1
    oldest = min(notice.posted_at for notice in batch.notices)
    alone = len(batch.claims) == 1
    values: dict[str, Any] = {"attempts": attempts, "said": outcome.said[:500], "due_at": None}
    match outcome:
        case Sent():
            word = "sent"
            values |= {"state": "sent", "sent_at": now}
        case Off():
            word = "not sent"
            values |= {"state": "not sent"}
        case Refused() if not alone:  # one of them is the one that is refused: each goes on alone
            word = "put off"
            values |= {"due_at": now}
        case Refused():
            word = "parked"
            values |= {"state": "parked"}
        case Later() if now - oldest >= _TRIED_FOR:
            word = "parked"
            values |= {"state": "parked"}
        case Later():
            word = "put off"
            seconds = outcome.after_seconds if outcome.after_seconds is not None else pause_seconds(attempts)
            values |= {"due_at": now + timedelta(seconds=seconds)}
    with turn.transaction() as tx:
        for claim in batch.claims:
            apart = {"batch": ids.new("ntc", now)} if isinstance(outcome, Refused) and not alone else {}
            store.settle(tx, claim, **values, **apart)
    return word
