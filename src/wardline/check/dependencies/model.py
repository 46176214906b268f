"""The values of the dependencies practice: a package in a lockfile, the graph that brings it, and what was not read.

A lockfile of 10,000 packages is read in a few tens of milliseconds, so the rows are tuples, and what only a finding
needs (its line, the paths that bring it) is worked out when it is asked for.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, NamedTuple

from wardline.kernel.errors import WardlineError

MAX_LOCKFILE_BYTES: Final = 128 * 1024 * 1024


class LockfileError(WardlineError):
    """A lockfile, or a part of it, that could not be read: becomes a gap that names the place."""

    code = "lockfile-unreadable"

    def __init__(self, detail: str, *, line: int | None = None, hint: str = "") -> None:
        super().__init__(detail, hint=hint)
        self.line = line


class Package(NamedTuple):
    """One third-party package at one exact version.

    `ecosystem` is OSV's name for it ("PyPI", "npm", "crates.io", ...). `name` is written as the lockfile writes it.
    `groups` is empty where production needs the package, else the groups that do ("dev", "optional", "test", an
    extra's name), sorted. `direct` says whether the project itself asks for it, None where the file cannot tell.
    `date` is when this version was published, ISO 8601, where the lockfile says so.
    """

    ecosystem: str
    name: str
    version: str
    groups: tuple[str, ...] = ()
    direct: bool | None = None
    date: str | None = None


class Unread(NamedTuple):
    """A part of a lockfile that could not be examined: `units` packages at `line`, and what to do about it."""

    reason: str
    line: int | None = None
    remedy: str = ""
    units: int = 1


class Graph(NamedTuple):
    """Who brings whom, by index into a lockfile's packages: `roots` are direct, `edges[i]` are what package i needs."""

    roots: Sequence[int]
    edges: Sequence[Sequence[int]]


class Upward(NamedTuple):
    """The graph seen from below: `roots` are direct, `needed_by(i)` are the packages that need package i."""

    roots: Collection[int]
    needed_by: Callable[[int], Sequence[int]]


class Lockfile(NamedTuple):
    """What one lockfile says. One entry of `packages` per (ecosystem, name, version); local packages are left out.

    `lines()` gives the 1-based line of every package, in the order of `packages`; `graph()` is None where the format
    does not say who brings whom. Both are called at most once each, and only if somebody asks. A finding asks about a
    few packages only: `lines_of(numbers)`, ascending, and `upward()` answer the same for these, where a format can do
    it in less time than for all.
    """

    packages: list[Package]
    lines: Callable[[], Sequence[int]]
    graph: Callable[[], Graph | None] = lambda: None
    unread: Sequence[Unread] = ()
    lines_of: Callable[[Sequence[int]], Sequence[int]] | None = None
    upward: Callable[[], Upward | None] = lambda: None


class Source(NamedTuple):
    """A file to read: its path in the tree, its bytes, and a way to read its neighbours.

    `near(relative_path)` returns the bytes of a file beside this one ("package.json", "../pom.xml"), or None where
    there is none. It never leaves the tree, and raises `LockfileError` for a neighbour that cannot be read.
    """

    path: str
    data: bytes
    near: Callable[[str], bytes | None]


MAX_PATHS: Final = 5
MAX_PATH_LENGTH: Final = 100


def shortest_paths(graph: Graph) -> list[tuple[int, ...] | None]:
    """Return, for every package, one shortest chain from a direct dependency to it; None where nothing reaches it.

    Breadth first from all roots at once; cycles are walked once. O(packages + edges), plus the chains themselves: one
    longer than `MAX_PATH_LENGTH` (no honest one is) keeps its direct dependency and its end.
    """
    came_from: list[int | None] = [None] * len(graph.edges)
    seen = set(graph.roots)
    queue = list(dict.fromkeys(graph.roots))
    start = {root: root for root in queue}
    for node in queue:
        for needed in graph.edges[node]:
            if needed not in seen:
                seen.add(needed)
                came_from[needed] = node
                start[needed] = start[node]
                queue.append(needed)
    return [_from_root(came_from, node, start[node]) if node in seen else None for node in range(len(graph.edges))]


def _from_root(came_from: Sequence[int | None], node: int, root: int) -> tuple[int, ...]:
    chain = _chain(came_from, node)
    if chain[-1] != root:  # cut short
        chain[-1] = root
    return tuple(reversed(chain))


def paths_to(upward: Upward, package: int) -> list[tuple[int, ...]]:
    """Return a shortest chain to `package` from each direct dependency that brings it, the shortest first.

    At most `MAX_PATHS` chains; one longer than `MAX_PATH_LENGTH` keeps its beginning and `package`.
    """
    roots, needed_by = upward
    came_from: dict[int, int | None] = {package: None}
    reached = [package] if package in roots else []  # in the order of their distance: no need to go to them
    queue = [package]
    for node in queue:
        if len(reached) >= MAX_PATHS:
            break
        for parent in needed_by(node):
            if parent not in came_from:
                came_from[parent] = node
                queue.append(parent)
                if parent in roots:
                    reached.append(parent)
    return [(*_chain(came_from, root)[:-1], package) for root in reached[:MAX_PATHS]]


def upward(graph: Graph) -> Upward:
    """Return a graph as it is seen from below."""
    return Upward(frozenset(graph.roots), reverse(graph.edges).__getitem__)


def reverse(edges: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return, for every package, who needs it."""
    needed_by: list[list[int]] = [[] for _ in edges]
    for node, needs in enumerate(edges):
        for needed in needs:
            needed_by[needed].append(node)
    return needed_by


def _chain(came_from: Sequence[int | None] | Mapping[int, int | None], node: int) -> list[int]:
    chain = [node]
    at: int | None = came_from[node]
    while at is not None and len(chain) < MAX_PATH_LENGTH:
        chain.append(at)
        at = came_from[at]
    return chain
