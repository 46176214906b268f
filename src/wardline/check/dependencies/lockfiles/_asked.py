"""What the project itself asks for, joined with the graph of a lockfile that does not say it: direct, and groups."""

from collections.abc import Callable, Iterable, Sequence

from wardline.check.dependencies.gathering import spread
from wardline.check.dependencies.model import Graph, Package


def unneeded(edges: Sequence[Sequence[int]]) -> list[int]:
    """Return the packages that no other package needs: in a whole lockfile, the project asks for each of them."""
    needed = {node for needs in edges for node in needs}
    return [node for node in range(len(edges)) if node not in needed]


def mark(
    packages: list[Package],
    edges: Sequence[Sequence[int]],
    asking: Callable[[Package], Iterable[str]] | None,
    *,
    grouped: bool = True,
) -> Graph:
    """Mark in `packages` what is direct, and with `grouped` also the groups; return the graph from there.

    `asking` gives the groups (production is "") in which the project asks for a package by its name. Where it is None,
    nobody knows: then only the packages that no other needs are known to be direct, and no groups are known. A package
    that nothing asked for reaches keeps its groups.
    """
    roots: dict[int, tuple[str, ...]] = {}
    if asking is None:
        roots = dict.fromkeys(unneeded(edges), ("",))
    else:
        roots = {number: asked for number, package in enumerate(packages) if (asked := tuple(asking(package)))}
    known = spread(edges, roots) if grouped and asking is not None else [None] * len(packages)
    for number, groups in enumerate(known):
        package = packages[number]
        direct = True if number in roots else None if asking is None else False
        packages[number] = package._replace(direct=direct, groups=package.groups if groups is None else groups)
    return Graph(list(roots), edges)
