"""What somebody who trusts nothing needs to see that an event stands in the ledger: in one look."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from wardline.kernel import merkle
from wardline.kernel.ledger import encoding, keys, sequencing, store
from wardline.kernel.ledger.tree import StoredTree


class Shown(NamedTuple):
    """The newest head as a signed note, an event's entry and number, and the proofs (RFC 9162 §2.1.3, §2.1.4).

    `inclusion` is of the entry under the head; `consistency` has one proof for each smaller size that was asked about.
    """

    note: str
    size: int
    entry: bytes
    number: int
    inclusion: tuple[bytes, ...]
    consistency: tuple[tuple[bytes, ...], ...]


def shown(tx: Connection, event: str, sizes: Sequence[int]) -> Shown | None:
    """Return what shows that an event stands in the ledger; None where it has no number under a head yet.

    A size that the ledger does not have gets an empty proof, which shows nothing.
    """
    head, row = store.head(tx), store.one(tx, identifier=event)
    if head is None or row is None or row["number"] is None or row["number"] >= head.size:
        return None
    trusted = sequencing.known(tx)
    key = trusted.signs(head.size)
    if key is None:
        return None
    read = StoredTree(tx)
    return Shown(
        note=keys.note(trusted.origin, head, key.public),
        size=head.size,
        entry=encoding.entry(row),
        number=row["number"],
        inclusion=tuple(merkle.inclusion(row["number"], head.size, read)),
        consistency=tuple(
            tuple(merkle.consistency(size, head.size, read)) if 0 < size < head.size else () for size in sizes
        ),
    )


def head(tx: Connection, seen: int) -> tuple[str, tuple[bytes, ...]]:
    """Return the newest head as a signed note, and the proof that it goes on from an earlier size; "" without one."""
    newest = store.head(tx)
    trusted = sequencing.known(tx)
    key = trusted.signs(newest.size) if newest else None
    if newest is None or key is None:
        return "", ()
    proof = merkle.consistency(seen, newest.size, StoredTree(tx)) if 0 < seen < newest.size else ()
    return keys.note(trusted.origin, newest, key.public), tuple(proof)


def seen(tx: Connection) -> tuple[int, bytes]:
    """Return the size and the root of the newest head; (0, the root of nothing) where there is none."""
    head = store.head(tx)
    return (head.size, head.root) if head else (0, merkle.root(()))


def subjects_since(tx: Connection, number: int, actions: Collection[str], limit: int) -> tuple[int, list[str]]:
    """Return the ledger's size, and what events of these actions numbered from `number` on happened to, in order."""
    return store.size(tx), store.subjects_since(tx, number, actions, limit)
