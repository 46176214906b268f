"""One bug under several ids is one group; two bugs are never welded together. Pure.

OSV's `aliases` say "the same vulnerability", symmetric and transitive. Taken at their word they weld distinct bugs:
in the databases of mid-2026, 67 connected components hold two to eight CVE ids, all of them because one record (an
update, a Rust or Go report of several bugs) lists several. A CVE id is issued for one bug, so the rule here is: **no
group holds two CVE ids.** In full:

1. A record that names two or more CVE ids as its own, or none itself but aliases that stand for two or more, *lumps*
   bugs together. It is a group of its own; what it lists is what it covers, not what it is. No edge to it is drawn.
2. Every other record is welded to its one CVE id first, so that it speaks for that CVE.
3. Then it is welded to its other aliases in the order of record ids, except where that would put two CVE ids into one
   group. Such an edge is left out: one of the two records is wrong, and two findings are better than a hidden one.

The result depends on the set of records only, not on their order. `related` never welds.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from wardline.findings.identity import preference


class Claim(NamedTuple):
    """A record's id, and the ids that it claims to be the same bug."""

    id: str
    same: tuple[str, ...]


class Groups(NamedTuple):
    """`of` gives the group of a record: its ids, the canonical one first. `lumping` are records that cover several."""

    of: Callable[[str], tuple[str, ...]]
    lumping: frozenset[str]


def group(claims: Iterable[Claim]) -> Groups:
    """Return the groups of all records of a database (each id once, withdrawn ones left out)."""
    ordered = sorted(claim for claim in claims if claim.same)
    forest = _Forest()
    lumping = {claim.id for claim in ordered if len(_cves((claim.id, *claim.same))) > 1}
    for claim in ordered:
        cves = _cves((claim.id, *claim.same))
        if claim.id not in lumping and cves:
            forest.weld(claim.id, cves.pop())
    lumping |= {
        claim.id
        for claim in ordered
        if not _cves((claim.id, *claim.same)) and len({forest.cve(other) for other in claim.same} - {None}) > 1
    }
    for claim in ordered:
        if claim.id not in lumping:
            for other in claim.same:
                if other not in lumping:
                    forest.weld(claim.id, other)
    return Groups(forest.members(), frozenset(lumping))


def _cves(ids: Iterable[str]) -> set[str]:
    return {one for one in ids if one.startswith("CVE-")}


class _Forest:
    """Disjoint sets of ids, each with the one CVE id in it (union by walking to the root, with path halving)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._cve: dict[str, str] = {}

    def weld(self, one: str, other: str) -> None:
        """Join two sets, unless each holds a CVE id of its own."""
        one, other = self._root(one), self._root(other)
        cves = {self._cve[root] for root in (one, other) if root in self._cve}
        if one == other or len(cves) > 1:
            return
        self._parent[other] = one
        if cves:
            self._cve[one] = cves.pop()

    def cve(self, identifier: str) -> str | None:
        """Return the CVE id that stands in the same set."""
        return self._cve.get(self._root(identifier)) if identifier in self._parent else None

    def members(self) -> Callable[[str], tuple[str, ...]]:
        """Return a function from an id to all ids of its set, the canonical one first."""
        sets: dict[str, list[str]] = {}
        for one in self._parent:
            sets.setdefault(self._root(one), []).append(one)
        sorted_sets = {root: tuple(sorted(ids, key=preference)) for root, ids in sets.items()}
        return lambda one: sorted_sets[self._root(one)] if one in self._parent else (one,)

    def _root(self, identifier: str) -> str:
        parent = self._parent
        if identifier not in parent:
            parent[identifier] = identifier
            if identifier.startswith("CVE-"):
                self._cve[identifier] = identifier
            return identifier
        while parent[identifier] != identifier:
            parent[identifier] = parent[parent[identifier]]
            identifier = parent[identifier]
        return identifier
