"""Goes through a ledger again from its first event, and says what is not as it was signed. Pure.

Whoever has the events and the heads feeds them in order: `event` for each number, `head` once its events were fed.
Only the first head that does not follow from the events is named: after it none can.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from wardline.kernel import merkle
from wardline.kernel.ledger import keys
from wardline.kernel.ledger.model import Head, Problem, ProblemKind, Verification
from wardline.kernel.ledger.trust import Trust

MAX_PROBLEMS: Final = 100


class Replay:
    """One pass over a ledger. `kept` are heads that somebody kept elsewhere, with the origin they named."""

    def __init__(self, trust: Trust, kept: Sequence[tuple[str, Head]] = ()) -> None:
        self.tree: Final = merkle.Tree()
        self.problems: Final[list[Problem]] = []
        self._trust: Final = trust
        self._kept: Final[dict[int, list[Head]]] = {}
        self._more = False
        self._heads = 0
        self._last_head = 0
        self._broken = False
        for origin, head in kept:
            self._keep(origin, head)
        for key in trust.keys:
            if not key.vouched:
                self.problem("key", key.since, f"key {key.key_id} signs from here on, and nobody vouched for it")

    def problem(self, kind: ProblemKind, number: int | None, text: str) -> None:
        """Note a problem; beyond 100 it is only noted that there are more."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(kind, number, text))
        else:
            self._more = True

    def event(self, leaf: bytes, nodes: Mapping[tuple[int, int], bytes] | None = None) -> None:
        """Append an event's hash; `nodes` are the stored hashes that must come out of it, where any are stored."""

        def completed(level: int, position: int, digest: bytes) -> None:
            if nodes and not self._broken and nodes.get((level, position), digest) != digest:
                self.problem(
                    "tree", position << level, f"a stored hash at level {level} does not follow from the events"
                )

        self.tree.append(leaf, completed if nodes else None)
        for head in self._kept.pop(self.tree.size, ()):
            if head.root != self.tree.root():
                self.problem("fork", head.size, f"a head over {head.size} events that was kept is of another history")

    def missing(self) -> None:
        """Go on after an event whose hash is not known: what follows cannot be compared with heads."""
        self._broken = True
        self.event(bytes(merkle.HASH_BYTES))

    def head(self, head: Head) -> None:
        """Look at a head; its events were fed, and no more."""
        self._heads += 1
        if not isinstance(head.root, bytes) or not isinstance(head.signature, bytes):
            self.problem("head", head.size, f"the head over {head.size} events cannot be read")
            return
        key = self._trust.signs(head.size)
        text = keys.signed_text(self._trust.origin, head.size, head.root, head.at)
        if key is None or key.key_id != head.key_id or not keys.verified(key.public, head.signature, text):
            self.problem("signature", head.size, f"the head over {head.size} events is not signed by the ledger's key")
        if not self._broken and (head.size != self.tree.size or head.root != self.tree.root()):
            self._broken = True
            self.problem(
                "head",
                head.size,
                f"the head over {head.size} events does not follow from them: what stands between the numbers "
                f"{self._last_head} and {head.size - 1} is not what was signed, or the head itself is not",
            )
        if not self._broken:
            self._last_head = head.size

    def finished(self) -> Verification:
        """Return what was found."""
        for size in sorted(self._kept):
            self.problem("truncated", size, f"a head over {size} events was kept, and the ledger has {self.tree.size}")
        return Verification(self.tree.size, self.tree.root(), self._heads, tuple(self.problems), self._more)

    def _keep(self, origin: str, head: Head) -> None:
        if origin != self._trust.origin:
            self.problem("fork", head.size, f"a head over {head.size} events was kept of another ledger, {origin}")
            return
        text = keys.signed_text(origin, head.size, head.root, head.at)
        if any(keys.verified(key.public, head.signature, text) for key in self._trust.keys):
            self._kept.setdefault(head.size, []).append(head)
        else:
            self.problem("fork", head.size, f"a kept head over {head.size} events is signed by no key of this ledger")
