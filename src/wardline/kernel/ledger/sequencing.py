"""The sequencer's one step: events that wait get numbers, the tree grows, and a head is signed over all of it.

All of that is one transaction, so a number without a head never stands; whoever is cut off leaves everything as it was.
Before it adds, it looks at what it adds to: the stored tree must have the root of the newest head, that head must be
signed by the ledger's key, and the last head that this node has signed must be in it. Otherwise nothing is signed over
a changed past.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from wardline.kernel import ids, merkle
from wardline.kernel.errors import CannotSayError
from wardline.kernel.identity.model import PLATFORM, Principal
from wardline.kernel.ledger import encoding, keys, store
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.model import Entry, Head
from wardline.kernel.ledger.tree import LedgerDamagedError, StoredTree
from wardline.kernel.ledger.trust import BEGUN, CHANGED, KEY_ACTIONS, SUBJECT, Trust, begun, trust

MAX_EVENTS: Final = 4_000  # of one head: bounds the transaction, and the memory of one step
_ALL: Final = 2**31


class WrongKeyError(CannotSayError):
    """The node holds another key than the ledger's."""

    code = "wrong-ledger-key"


class Step(NamedTuple):
    """What one step did: how many events have a number now that had none, and the newest head."""

    events: int
    origin: str
    head: Head | None


def row(at: datetime, who: Principal, entry: Entry) -> dict[str, Any]:
    """Return the columns of a new event."""
    return {
        "id": ids.new("evt", at),
        "at": at,
        "actor": encoding.plain(who.id),
        "actor_name": encoding.plain(who.name),
        "via": encoding.plain(who.via),
        "action": encoding.plain(entry.action),
        "subject": encoding.plain(entry.subject),
        "about": encoding.about_text(entry.about),
        "details": encoding.canonical(entry.details),
    }


def known(tx: Connection) -> Trust:
    """Return the ledger's origin and keys."""
    return trust(store.key_events(tx, KEY_ACTIONS))


def step(tx: Connection, now: datetime, signer: Signer, *, handover: Mapping[str, Any] | None = None) -> Step:
    """Return what was done: what waits is numbered, and a head signed over it, in this transaction.

    The caller has the new head remembered after the commit.

    `handover` are the details of the event that makes this signer's key the ledger's.

    Raises: `LedgerDamagedError` where what is stored is not what was signed; `WrongKeyError`.
    """
    store.lock(tx)
    if handover is None and not store.anything_pending(tx):
        return Step(0, "", None)
    last, trusted = store.head(tx), known(tx)
    if last is None:
        if store.size(tx):
            raise LedgerDamagedError("events have numbers, and no head is there")
        tree, origin = merkle.Tree(), f"wardline/{ids.new('evt', now).partition('-')[2]}"
        first = _own(tx, now, Entry(BEGUN, SUBJECT, (), begun(origin, signer)))
        waiting = [first, *(event for event in store.pending(tx, MAX_EVENTS) if event["id"] != first["id"])]
    else:
        tree, origin = _grown(tx, last, trusted, signer), trusted.origin
        if handover is None:
            _require_key(trusted, last.size + 1, signer)
        else:
            _own(tx, now, Entry(CHANGED, SUBJECT, (), handover))
        waiting = list(store.pending(tx, MAX_EVENTS if handover is None else _ALL))
    leaves: list[tuple[int, int, bytes]] = []
    nodes: list[tuple[int, int, bytes]] = []

    def completed(level: int, position: int, digest: bytes) -> None:
        if level and level % store.LEVELS == 0:
            nodes.append((level, position, digest))

    for event in waiting:
        digest = merkle.leaf_hash(encoding.entry(event))
        leaves.append((tree.size, event["entry"], digest))
        tree.append(digest, completed)
    store.number(tx, leaves, nodes)
    root = tree.root()
    signature = signer.sign(keys.signed_text(origin, tree.size, root, now))
    head = Head(tree.size, root, now, signer.key_id, signature)
    store.add_head(tx, head)
    return Step(len(leaves), origin, head)


def _own(tx: Connection, now: datetime, entry: Entry) -> Mapping[str, Any]:
    """Record an event of the ledger's own, and return it as it stands."""
    made = row(now, PLATFORM, entry)
    store.add(tx, [made], [(made["id"], entry.subject)])
    found = store.one(tx, identifier=made["id"])
    if found is None:
        raise LedgerDamagedError("an event is gone that was recorded just now")
    return found


def _grown(tx: Connection, last: Head, trusted: Trust, signer: Signer) -> merkle.Tree:
    """Return the tree under the newest head, to be appended to."""
    if store.size(tx) != last.size:
        raise LedgerDamagedError(f"the newest head is over {last.size} events, and {store.size(tx)} have numbers")
    read = StoredTree(tx)
    tree = merkle.Tree(last.size, merkle.peaks(last.size, read))
    if tree.root() != last.root:
        raise LedgerDamagedError(f"the stored tree of {last.size} events is not the one that was signed")
    key = trusted.signs(last.size)
    text = keys.signed_text(trusted.origin, last.size, last.root, last.at)
    if key is None or not keys.verified(key.public, last.signature, text):
        raise LedgerDamagedError(f"the head over {last.size} events is not signed by the ledger's key")
    remembered = signer.remembered(trusted.origin)
    if remembered is not None and (
        remembered.size > last.size or merkle.root_at(remembered.size, read) != remembered.root
    ):
        raise LedgerDamagedError(
            f"this node has signed a head over {remembered.size} events, and the ledger of {last.size} leads elsewhere"
        )
    return tree


def _require_key(trusted: Trust, size: int, signer: Signer) -> None:
    key = trusted.signs(size)
    if key is None or key.key_id != signer.key_id:
        raise WrongKeyError(
            f"this node's ledger key is {signer.key_id}, and the ledger's is {key.key_id if key else 'unknown'}",
            hint="give every node the same key file: docs/operations.md says how, and what to do when it is lost",
        )
