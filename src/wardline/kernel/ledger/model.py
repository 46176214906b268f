"""What the ledger keeps: events, and heads that are signed over all of them. Pure values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple


class Event(NamedTuple):
    """One decision or change, in words that stay true: who did what to what, when.

    `action` is `resource:verb` in the past tense (`waiver:approved`, `finding:opened`). `subject` is the identifier of
    what it happened to; `about` are identifiers it also concerns (the service, the finding), so that each of their
    pages shows it. `details` holds JSON values and never a secret. `number` is its place in the ledger (from 0), None
    until the sequencer has given it one.
    """

    id: str
    at: datetime
    actor: str  # the principal's id
    actor_name: str
    via: str
    action: str
    subject: str
    about: tuple[str, ...]
    details: Mapping[str, Any]
    number: int | None = None


class Head(NamedTuple):
    """A promise over the first `size` events: their Merkle root (RFC 9162 §2.1), signed with the key `key_id`."""

    size: int
    root: bytes
    at: datetime
    key_id: str
    signature: bytes
