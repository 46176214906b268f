"""Where the packages of a lockfile stand in it and what brings them: worked out when something is found, and guarded.

A format's `lines` and `graph` are plug-in code on a stranger's file. Where one fails or takes too long, the findings
stay, without a line or without paths, and the gap says so.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from wardline.check.dependencies.listing import SECONDS_PER_LOCKFILE, Read
from wardline.check.dependencies.model import Graph, LockfileError, Package, paths_to, reverse, shortest_paths
from wardline.findings.report import Gap
from wardline.kernel.sandbox import OvertimeError, deadline
from wardline.kernel.text import printable

_MAX_LABEL: Final = 200
_T = TypeVar("_T")


def label(package: Package) -> str:
    """Return `name@version`, printable."""
    return printable(f"{package.name}@{package.version}", max_chars=_MAX_LABEL)


class Places:
    """The lines and paths of one lockfile's packages; `gaps` says what of it could not be worked out."""

    def __init__(self, read: Read) -> None:
        self.gaps: list[Gap] = []
        self._read = read
        self._packages: Sequence[Package] = read.lockfile.packages
        lines = self._guarded(read.lockfile.lines, "the lines of its packages")
        fits = lines is not None and len(lines) == len(self._packages)
        self._lines: Sequence[int] | None = lines if fits else None
        graph = self._guarded(read.lockfile.graph, "what brings its packages")
        self._graph: Graph | None = graph if graph is not None and len(graph.edges) == len(self._packages) else None
        self._needed_by: Sequence[Sequence[int]] | None = None
        self._chains: dict[int, list[list[str]]] = {}

    def line(self, number: int) -> int | None:
        """Return the 1-based line of a package."""
        return self._lines[number] if self._lines is not None else None

    def paths(self, number: int) -> list[list[str]]:
        """Return the chains of `name@version` that bring a package, one for each direct dependency, short first."""
        if self._graph is None:
            return []
        if number not in self._chains:
            if self._needed_by is None:
                self._needed_by = reverse(self._graph.edges)
            chains = paths_to(self._graph, number, needed_by=self._needed_by)
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
