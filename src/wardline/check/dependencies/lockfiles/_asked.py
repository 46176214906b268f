"""What the project itself asks for, joined with the graph of a lockfile that does not say it: direct, and groups."""

from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import Final

from wardline.check.dependencies.gathering import spread
from wardline.check.dependencies.model import Graph, LockfileError, Package

_MAX_VERSIONS: Final = 100


def by_python_name(packages: Iterable[Package]) -> dict[str, list[int]]:
    """Return the packages by their normalised names. Raises: `LockfileError`."""
    from wardline.check.dependencies.lockfiles._requirement import normalised

    found: dict[str, list[int]] = {}
    for number, package in enumerate(packages):
        found.setdefault(normalised(package.name), []).append(number)
    refuse_crowds(found)
    return found


def refuse_crowds(by_name: Mapping[str, Sized]) -> None:
    """Refuse more than 100 versions of one name: what needs the name would need them all, a square of edges.

    Raises: `LockfileError`.
    """
    for name, versions in by_name.items():
        if len(versions) > _MAX_VERSIONS:
            raise LockfileError(f"more than {_MAX_VERSIONS} versions of {name:.100}: no resolver makes such a lockfile")


def unneeded(edges: Sequence[Sequence[int]]) -> list[int]:
    """Return the packages that no other package needs: in a whole lockfile, the project asks for each of them."""
    needed = {need for node, needs in enumerate(edges) for need in needs if need != node}
    return [node for node in range(len(edges)) if node not in needed]


def mark(
    packages: list[Package],
    edges: Sequence[Sequence[int]],
    roots: Mapping[int, Iterable[str]],
    *,
    complete: bool,
    grouped: bool = True,
) -> Graph:
    """Mark in `packages` what is direct, and with `grouped` also the groups; return the graph from there.

    `roots` are the packages that the project is known to ask for, with the groups in which it does (production is "").
    Where they are not `complete`, packages that no other needs are direct as well, of the rest it is not known, and
    neither are groups. A package that no root reaches keeps its groups.
    """
    starts = dict.fromkeys(roots) if complete else dict.fromkeys([*roots, *unneeded(edges)])
    known = spread(edges, roots) if grouped and complete else [None] * len(packages)
    for number, groups in enumerate(known):
        package = packages[number]
        direct = True if number in starts else False if complete else None
        packages[number] = package._replace(direct=direct, groups=package.groups if groups is None else groups)
    return Graph(list(starts), edges)
