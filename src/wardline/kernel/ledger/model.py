"""What the ledger keeps: events, and heads that are signed over all of them. Pure values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple


class Entry(NamedTuple):
    """What is to be recorded: `Event` says what each part means."""

    action: str
    subject: str
    about: tuple[str, ...] = ()
    details: Mapping[str, Any] = {}


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


class Measured(NamedTuple):
    """How the ledger stands, for `/metrics`: events with a number, events that wait for one, the newest head's time."""

    size: int
    pending: int
    head_at: datetime | None


class Key(NamedTuple):
    """A key that heads are signed with: `public` are the 32 bytes of an Ed25519 public key (RFC 8032 §5.1.5).

    It signs heads over more than `since` events. `vouched` says whether the key before it signed for it; the first one
    needs nobody.
    """

    key_id: str
    public: bytes
    since: int
    vouched: bool = True


class Proof(NamedTuple):
    """Hashes that lead to the signed `root` of the first `size` events.

    Of inclusion: `first` is the event's number and `first_hash` its leaf hash. Of consistency: `first` is the size of
    the earlier tree and `first_hash` its root. `kernel.merkle` verifies both.
    """

    kind: Literal["inclusion", "consistency"]
    first: int
    size: int
    first_hash: bytes
    root: bytes
    hashes: tuple[bytes, ...]


ProblemKind = Literal[
    "deleted",  # a number, an event or a stored hash is not there
    "edited",  # an event is not what was sequenced
    "reordered",  # an event has two numbers
    "tree",  # a stored hash does not follow from the events
    "head",  # a head does not follow from the events: they, or it, are not what was signed
    "signature",  # a head that the ledger's key did not sign
    "key",  # a key that nobody vouched for
    "truncated",  # the ledger ends before something that is known of it
    "fork",  # a head that was kept elsewhere contradicts this ledger
    "withheld",  # an event that neither has a number nor waits for one
    "index",  # a page would not show an event, or would show one that is not there
]


class Problem(NamedTuple):
    """Something that is not as it was recorded. `number` is the event's or the head's size, where there is one."""

    kind: ProblemKind
    number: int | None
    text: str


class Verification(NamedTuple):
    """What reading the whole ledger anew has shown: `size` events under `heads` heads, and what is wrong.

    `problems` is cut off at a bound; `more` says that it was.
    """

    size: int
    root: bytes
    heads: int
    problems: tuple[Problem, ...]
    more: bool = False

    @property
    def ok(self) -> bool:
        """Return whether everything is as it was recorded."""
        return not self.problems
