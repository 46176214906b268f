"""The Merkle tree of RFC 9162 §2.1 over SHA-256: hashes, roots, proofs and their verification. Pure.

    tree = Tree()                                 # grows; keeps one hash per complete subtree on its right edge
    for entry in entries:
        tree.append(leaf_hash(entry), completed)  # what became a complete subtree may be stored
    proof = inclusion(number, size, read)         # `read(level, position)` gives stored hashes back
    assert verify_inclusion(leaf_hash(entry), number, size, proof, root)

A *complete subtree* of level L and position P covers the entries P * 2^L up to (P + 1) * 2^L; its hash never changes
once those entries are there, so it may be stored for ever. A proof in a tree of n entries reads fewer than
2 * log2(n) + 2 of them. The tree says that entries stand in an order; what an entry's bytes mean is its owner's affair.

Source: RFC 9162 §2.1 (hashes 2.1.1, verifying roots 2.1.2, inclusion 2.1.3, consistency 2.1.4).
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()

Reader = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree of a level (0: leaves) and a position."""

_LONGEST_PROOF: Final = 65  # of a tree of 2^64 entries: consistency has at most one hash more than there are levels


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that entries are appended to, in memory that grows with the logarithm of its size.

    `peaks` are the hashes of its complete subtrees from left to right, the largest first: one for each bit that is set
    in `size`.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Begin empty, or go on from a tree of `size` entries with these `peaks`.

        Raises: `ValueError` where there are not as many peaks as a tree of that size has.
        """
        if size < 0 or len(peaks) != size.bit_count():
            raise ValueError("a tree has as many peaks as its size has bits that are set")
        self.size = size
        self._peaks = list(peaks)

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Return the hashes of the complete subtrees, the largest first."""
        return tuple(self._peaks)

    def append(self, leaf: bytes, completed: Callable[[int, int, bytes], object] | None = None) -> None:
        """Append one entry's hash; `completed(level, position, hash)` is told of each subtree that it completes."""
        number, level, peaks = self.size, 0, self._peaks
        peaks.append(leaf)
        if completed is not None:
            completed(0, number, leaf)
        while number & 1:
            right = peaks.pop()
            peaks[-1] = node_hash(peaks[-1], right)
            number >>= 1
            level += 1
            if completed is not None:
                completed(level, number, peaks[-1])
        self.size += 1

    def root(self) -> bytes:
        """Return the hash of the whole tree."""
        if not self._peaks:
            return EMPTY_ROOT
        *rest, root = self._peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over these leaf hashes; of none, SHA-256 of nothing."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def peaks(size: int, read: Reader) -> tuple[bytes, ...]:
    """Return the peaks of the tree of the first `size` entries, from stored hashes."""
    return tuple(read(level, position) for level, position in _peaks_of(0, size))


def root_at(size: int, read: Reader) -> bytes:
    """Return the root over the first `size` entries, from stored hashes."""
    return Tree(size, peaks(size, read)).root()


def inclusion(number: int, size: int, read: Reader) -> tuple[bytes, ...]:
    """Return the proof that entry `number` (from 0) is in the tree of the first `size` entries (§2.1.3.1, PATH).

    Raises: `ValueError` where the tree has no such entry.
    """
    if not 0 <= number < size:
        raise ValueError("no such entry in this tree")
    proof: list[bytes] = []
    first, last = 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if number < middle:
            proof.append(_range_hash(middle, last, read))
            last = middle
        else:
            proof.append(_range_hash(first, middle, read))
            first = middle
    return tuple(reversed(proof))


def consistency(first: int, second: int, read: Reader) -> tuple[bytes, ...]:
    """Return the proof that the tree of `second` entries begins with the tree of `first` (§2.1.4.1, SUBPROOF).

    It is empty where both are the same. Raises: `ValueError` unless 0 < first <= second.
    """
    if not 0 < first <= second:
        raise ValueError("a proof of consistency leads from a tree with entries to one at least as large")
    proof: list[bytes] = []
    start, end = 0, second
    known = True  # whether the verifier knows the hash of the first tree's part of this range already
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            proof.append(_range_hash(middle, end, read))
            end = middle
        else:
            proof.append(_range_hash(start, middle, read))
            start = middle
            known = False
    if not known:
        proof.append(_range_hash(start, end, read))
    return tuple(reversed(proof))


def verify_inclusion(leaf: bytes, number: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether `proof` shows that the entry with this hash is number `number` under `root` (§2.1.3.2).

    Anything a stranger sends is answered: False where it is no proof.
    """
    if not 0 <= number < size or not _hashes(leaf, root, *proof):
        return False
    at, last, found = number, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        at >>= 1
        last >>= 1
    return last == 0 and found == root


def verify_consistency(first: int, second: int, proof: Sequence[bytes], first_root: bytes, root: bytes) -> bool:
    """Return whether `proof` shows that the tree under `root` begins with the tree under `first_root` (§2.1.4.2).

    Every tree begins with the empty one, whose root is `EMPTY_ROOT` and whose proof is empty. Anything a stranger sends
    is answered: False where it is no proof.
    """
    if not 0 <= first <= second or not _hashes(first_root, root, *proof):
        return False
    if first == 0:
        return not proof and first_root == EMPTY_ROOT and (second > 0 or root == EMPTY_ROOT)
    if first == second:
        return not proof and first_root == root
    path = list(proof)
    if first & (first - 1) == 0:  # a power of two: its root is a subtree's, and the verifier has it
        path.insert(0, first_root)
    return bool(path) and _leads(first, second, path, (first_root, root))


def _leads(first: int, second: int, path: Sequence[bytes], roots: tuple[bytes, bytes]) -> bool:
    """Return whether a path, from the last subtree that both trees have, leads to both roots (§2.1.4.2, 5 to 7)."""
    at, last = first - 1, second - 1
    while at & 1:
        at >>= 1
        last >>= 1
    found_first = found = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            found_first = node_hash(sibling, found_first)
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        at >>= 1
        last >>= 1
    return last == 0 and (found_first, found) == roots


def _hashes(*values: bytes) -> bool:
    """Return whether these are hashes, and no more than a proof of any tree has beside its leaf and root."""
    return len(values) <= _LONGEST_PROOF + 2 and all(len(value) == HASH_BYTES for value in values)


def _split(count: int) -> int:
    """Return the largest power of two below `count` (§2.1.1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _peaks_of(first: int, last: int) -> list[tuple[int, int]]:
    """Return the complete subtrees (level, position) over the entries from `first`, which is aligned, to `last`."""
    found = []
    while first < last:
        level = (last - first).bit_length() - 1
        found.append((level, first >> level))
        first += 1 << level
    return found


def _range_hash(first: int, last: int, read: Reader) -> bytes:
    """Return the hash over the entries from `first` to `last`, as one side of a split has them: aligned at `first`."""
    *rest, found = (read(level, position) for level, position in _peaks_of(first, last))
    for peak in reversed(rest):
        found = node_hash(peak, found)
    return found
