"""Other tools' SBOMs as lists of packages: what CycloneDX and SPDX have in common.

A part of an SBOM is examined where its purl names a package of an ecosystem that OSV knows, at one version. Everything
else that may be third-party code is counted as not examined, with the reason.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Graph, Lockfile, Package
from wardline.findings.purl import parsed, uncovered

_RANGE: Final = re.compile(r"[\^~<>=*(\[|]|.*(?:\|\||\s|\.\*|\*$|,)")
_NO_PURL: Final = "let the tool that wrote the SBOM give every component a purl"
_NO_VERSION: Final = "make the SBOM from a lockfile or an installed tree, where versions are exact"
_OTHER_TYPE: Final = "examine it with a scanner of its own kind, or exclude the SBOM in .wardline/policy.toml"


class Part(NamedTuple):
    """One component or package of an SBOM. `ref` is how the SBOM refers to it; `line` is 0 where it is found later."""

    ref: str
    purl: str
    name: str
    version: str
    groups: tuple[str, ...] = ()
    line: int = 0


class Relations(NamedTuple):
    """What the SBOM says of who needs whom, by `ref`; `roots` are the subjects that the SBOM is about."""

    roots: Sequence[str]
    needs: Mapping[str, Sequence[str]]


def assembled(
    parts: Iterable[Part], relations: Relations, lines: Callable[[], Mapping[str, int]], gathering: Gathering
) -> Lockfile:
    """Return the packages among `parts` as a lockfile; `lines()` gives the line of each purl that has none of its own.

    A package is direct where a root needs it; where no root needs anything, the SBOM does not say.
    """
    index: dict[str, int] = {}
    purls: list[str] = []
    for part in parts:
        package = _package(part, gathering)
        if package is None:
            continue
        number = gathering.add(package, part.line)
        if part.ref:
            index.setdefault(part.ref, number)
        if number == len(purls):
            purls.append(part.purl)
    direct = _direct(relations, index)
    if direct:
        rows = enumerate(gathering.packages)
        gathering.packages = [package._replace(direct=number in direct) for number, package in rows]

    def placed() -> Sequence[int]:
        known = lines() if 0 in gathering.lines else {}
        pairs = zip(gathering.lines, purls, strict=True)
        return [line or known.get(purl, 1) for line, purl in pairs]

    def graph() -> Graph | None:
        edges: list[list[int]] = [[] for _ in purls]
        for ref, needs in relations.needs.items():
            if ref in index:
                edges[index[ref]] += [index[needed] for needed in needs if needed in index]
        return Graph(list(direct), edges) if direct else None

    return gathering.lockfile(placed, graph)


def say_missing(known: AbstractSet[str], named: Iterable[str], gathering: Gathering, remedy: str) -> None:
    """Count what the document relates to others and does not hold: it is cut short, or made of parts.

    A reference into another document (SPDX's `DocumentRef-`, CycloneDX's `urn:cdx:`) need not be here.
    """
    for ref in sorted(set(named) - known):
        if ref and not ref.startswith(("DocumentRef-", "urn:cdx:")):
            gathering.skip(ref, "is related to others and not in the document", remedy)


def _package(part: Part, gathering: Gathering) -> Package | None:
    line = part.line or None
    name = part.name or part.purl or part.ref
    if not part.purl:
        gathering.skip(name, "has no purl, so no advisory can be looked up", _NO_PURL, line)
        return None
    found = parsed(part.purl)
    if found is None:
        kind = uncovered(part.purl)
        why = (
            f"is of the kind {kind!r:.60}, which advisories do not cover"
            if kind
            else "has a purl that names no package"
        )
        gathering.skip(name, why, _OTHER_TYPE if kind else _NO_PURL, line)
        return None
    ecosystem, known, version = found
    if ecosystem == "npm" and known != part.name and known.lower() == part.name.lower():
        known = part.name  # the purl's type asks for lower case, and old packages have capitals
    version = version or part.version
    if not version or _RANGE.match(version):
        why = f"has {version!r:.60}, which is not one version" if version else "has no version"
        gathering.skip(name, why, _NO_VERSION, line)
        return None
    return Package(ecosystem, known, version, part.groups)


def _direct(relations: Relations, index: Mapping[str, int]) -> dict[int, None]:
    """Return what the roots need; a part that is no package stands for what it needs in turn."""
    found: dict[int, None] = {}
    queue = [needed for root in relations.roots for needed in relations.needs.get(root, ())]
    seen = set(relations.roots)
    for ref in queue:
        if ref in index:
            found[index[ref]] = None
        elif ref not in seen:
            seen.add(ref)
            queue += relations.needs.get(ref, ())
    return found
