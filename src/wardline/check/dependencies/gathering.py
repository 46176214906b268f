"""Packages gathered one by one into a lockfile: duplicates merged, groups spread along the graph, gaps counted.

What the readers of formats without an index of their own share. A package that stands twice (two platforms, two target
frameworks) becomes one; the stronger statement wins: production over any group, direct over transitive over unknown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from wardline.check.dependencies.model import Graph, Lockfile, Package, Unread, Upward
from wardline.kernel.text import printable

_MAX_GROUPS: Final = 64  # more are not told apart: their packages count as needed by production
_SHOWN: Final = 3


class Gathering:
    """A lockfile in the making."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.packages: list[Package] = []
        self.lines: list[int] = []
        self.unread: list[Unread] = []
        self._index: dict[tuple[str, str, str], int] = {}
        self._unusable: dict[tuple[str, str], list[tuple[str, int | None]]] = {}

    def add(self, package: Package, line: int = 1) -> int:
        """Add a package, or merge it into the one of the same name and version; return its index."""
        key = package[:3]
        index = self._index.setdefault(key, len(self.packages))
        if index == len(self.packages):
            self.packages.append(package)
            self.lines.append(line)
        else:
            self.packages[index] = _merged(self.packages[index], package)
        return index

    def skip(self, name: str, reason: str, remedy: str, line: int | None = None) -> None:
        """Count a package that could not be examined. Those with the same reason and remedy become one `Unread`.

        `reason` reads on after the names: "has no version".
        """
        self._unusable.setdefault((reason, remedy), []).append((name, line))

    def lockfile(
        self,
        lines: Callable[[], Sequence[int]] | None = None,
        graph: Callable[[], Graph | None] = lambda: None,
        *,
        lines_of: Callable[[Sequence[int]], Sequence[int]] | None = None,
        upward: Callable[[], Upward | None] = lambda: None,
    ) -> Lockfile:
        """Return what was gathered."""
        unread = [_together(reason, remedy, those) for (reason, remedy), those in self._unusable.items()]
        return Lockfile(self.packages, lines or (lambda: self.lines), graph, [*self.unread, *unread], lines_of, upward)


def _together(reason: str, remedy: str, those: Sequence[tuple[str, int | None]]) -> Unread:
    names = [printable(name, max_chars=100) or "(no name)" for name, _ in those[:_SHOWN]]
    shown = ", ".join(names)
    if len(those) > _SHOWN:
        shown += f" and {len(those) - _SHOWN} more"
    line = next((line for _, line in those if line is not None), None)
    return Unread(f"{shown}: {reason}", line, remedy, len(those))


def _merged(one: Package, other: Package) -> Package:
    groups = tuple(sorted({*one.groups, *other.groups})) if one.groups and other.groups else ()
    direct = True if one.direct or other.direct else one.direct if other.direct is None else other.direct
    return one._replace(groups=groups, direct=direct, date=one.date or other.date)


def spread(edges: Sequence[Sequence[int]], roots: Mapping[int, Iterable[str]]) -> list[tuple[str, ...] | None]:
    """Return each node's groups, given those of the roots: what a root needs is needed by the root's groups.

    A root without groups, or with the group "", is production's, and so is all that it reaches. None where no root
    reaches the node. Needs O((nodes + edges) x groups) at worst, and there are at most 64 groups.
    """
    names = sorted({group for groups in roots.values() for group in groups} - {""})
    if len(names) > _MAX_GROUPS:
        names = []
    bits = {name: 2 << number for number, name in enumerate(names)}
    reached = [0] * len(edges)
    for root, groups in roots.items():
        reached[root] |= sum(bits.get(group, 1) for group in set(groups)) or 1
    queue = list(roots)
    while queue:
        node = queue.pop()
        for needed in edges[node]:
            if reached[node] & ~reached[needed]:
                reached[needed] |= reached[node]
                queue.append(needed)
    known: dict[int, tuple[str, ...] | None] = {0: None}
    for mask in set(reached) - {0}:
        known[mask] = () if mask & 1 else tuple(name for name in names if mask & bits[name])
    return [known[mask] for mask in reached]
