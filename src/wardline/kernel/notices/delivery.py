"""Sending what was posted: a duty under a lease, at least once, quietly.

Each step is one transaction: claim what is due for one address; send it with no transaction open; write down what
became of it. A node that dies in between leaves a claim that ends by itself, and the same message goes out again with
the same key (a mail's Message-ID), so that the receiver can tell. What a channel will never take is parked and shown;
what it cannot take now is tried for three days.
"""

from collections.abc import Mapping, Sequence
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
        quiet: set[str] = set()  # channels that asked for a pause, or do not answer: not tried again in this run
        for _ in range(_MESSAGES_A_RUN):
            if turn.stopping:
                break
            rows = self._claim(turn, sorted(quiet))
            if not rows:
                break
            channel = self._channels[rows[0].channel]
            outcome = Off(off) if (off := channel.off()) else channel.send(self._message(rows, turn.now))
            if isinstance(outcome, Later):
                quiet.add(channel.name)
            counted[self._settle(turn, rows, outcome)] += 1
        with turn.transaction() as tx:
            store.prune(tx, turn.now - _KEPT_FOR)
        return ", ".join(f"{number} {what}" for what, number in counted.items() if number)

    def _claim(self, turn: Turn, quiet: Sequence[str]) -> Sequence[Any]:
        most = min(channel.max_sections for channel in self._channels.values())
        with turn.transaction() as tx:
            return store.claim(
                tx, turn.now, fence=turn.fence, seconds=_CLAIM_SECONDS, batch=ids.new("ntc", turn.now), most=most,
                without=quiet,
            )  # fmt: skip

    def _message(self, rows: Sequence[Any], now: datetime) -> Message:
        sections = [
            Section(row.subject, row.text, f"{self._base_url}{row.link}" if row.link else "", store.rows(row.rows),
                    row.more)
            for row in rows
        ]  # fmt: skip
        return Message(rows[0].batch, rows[0].address, rows[0].name, now, tuple(sections))

    def _settle(self, turn: Turn, rows: Sequence[Any], outcome: Outcome) -> str:
        """Write down what became of a message, and return it in words."""
        now = turn.now
        attempts = max(row.attempts for row in rows) + 1
        oldest = min(row.posted_at for row in rows)
        alone = len(rows) == 1
        values: dict[str, Any] = {"attempts": attempts, "said": outcome.said[:500]}
        match outcome:
            case Sent():
                word = "sent"
                values |= {"state": "sent", "sent_at": now}
            case Off():
                word = "not sent"
                values |= {"state": "not sent"}
            case Refused() if not alone:  # one of them is the one that is refused: each goes on alone
                word = "put off"
                values |= {"due_at": now, "batch": None}
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
        channel = rows[0].channel
        with turn.transaction() as tx:
            if isinstance(outcome, Refused) and not alone:
                for row in rows:
                    own = {**values, "batch": ids.new("ntc", now)}
                    store.settle(tx, [row.notice], channel, fence=turn.fence, **own)
            else:
                store.settle(tx, [row.notice for row in rows], channel, fence=turn.fence, **values)
        return word
