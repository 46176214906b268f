"""Where the packages of a lockfile stand in it and what brings them: worked out when something is found, and guarded.

A format's `lines` and `graph` are plug-in code on a stranger's file. Where one fails or takes too long, the findings
stay, without a line or without paths, and the gap says so.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Final, TypeVar

from wardline.check.dependencies.listing import SECONDS_PER_LOCKFILE, Read
from wardline.check.dependencies.model import (
    Graph,
    LockfileError,
    Package,
    Upward,
    paths_to,
    shortest_paths,
    upward,
)
from wardline.findings.report import Gap
from wardline.kernel.sandbox import OvertimeError, deadline
from wardline.kernel.text import printable

_MAX_LABEL: Final = 200
_T = TypeVar("_T")


def label(package: Package) -> str:
    """Return `name@version`, printable."""
    return printable(f"{package.name}@{package.version}", max_chars=_MAX_LABEL)


class Places:
    """The lines and paths of packages of one lockfile; `gaps` says what of it could not be worked out.

    `numbers` are the packages that are asked about, None for all of them.
    """

    def __init__(self, read: Read, numbers: Collection[int] | None = None) -> None:
        self.gaps: list[Gap] = []
        self._read = read
        self._packages: Sequence[Package] = read.lockfile.packages
        self._lines = self._located(numbers)
        self._upward: Upward | None = None
        self._graph: Graph | None = None
        if numbers is not None:
            self._upward = self._guarded(read.lockfile.upward, "what brings its packages")
        if self._upward is None:
            graph = self._guarded(read.lockfile.graph, "what brings its packages")
            self._graph = graph if graph is not None and len(graph.edges) == len(self._packages) else None
        self._chains: dict[int, list[list[str]]] = {}

    def _located(self, numbers: Collection[int] | None) -> dict[int, int]:
        lockfile = self._read.lockfile
        some = lockfile.lines_of if numbers is not None else None
        wanted = sorted(numbers) if some is not None and numbers is not None else list(range(len(self._packages)))
        lines = self._guarded((lambda: some(wanted)) if some else lockfile.lines, "the lines of its packages")
        return dict(zip(wanted, lines, strict=True)) if lines is not None and len(lines) == len(wanted) else {}

    def line(self, number: int) -> int | None:
        """Return the 1-based line of a package."""
        return self._lines.get(number)

    def paths(self, number: int) -> list[list[str]]:
        """Return the chains of `name@version` that bring a package, one for each direct dependency, short first."""
        if self._upward is None:
            if self._graph is None:
                return []
            self._upward = upward(self._graph)
        if number not in self._chains:
            seen_from_below = self._upward
            chains = self._guarded(lambda: paths_to(seen_from_below, number), "what brings a package") or []
            self._chains[number] = [[label(self._packages[node]) for node in chain] for chain in chains]
        return self._chains[number]

    def shortest(self) -> list[tuple[tuple[str, ...], ...]]:
        """Return for every package its one shortest chain, or nothing: all of them in one walk of the graph."""
        if self._graph is None:
            return [()] * len(self._packages)
        labels = [label(package) for package in self._packages]
        return [(tuple(labels[node] for node in chain),) if chain else () for chain in shortest_paths(self._graph)]

    def needs(self) -> Sequence[Sequence[int]]:
        """Return the packages that each package needs, by number; nothing where the format does not say."""
        return self._graph.edges if self._graph is not None else ()

    def _guarded(self, work: Callable[[], _T], what: str) -> _T | None:
        try:
            with deadline(SECONDS_PER_LOCKFILE):
                return work()
        except OvertimeError:
            reason = f"{what} took longer than {SECONDS_PER_LOCKFILE:.0f} s to work out"
        except LockfileError as error:
            reason = f"{what} cannot be told: {printable(error.detail)}"
        except Exception as error:  # noqa: BLE001 - a plug-in's crash is a gap that names it
            reason = f"{what}: the reader for {self._read.format.title} failed: {type(error).__name__}"
        remedy = "make it anew with its own tool; if that does not help, report this as a defect of Wardline"
        self.gaps.append(
            Gap(practice="dependencies", scope=printable(self._read.path), reason=reason, remedy=remedy, units=0)
        )
        return None
