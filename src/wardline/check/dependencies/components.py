"""The inventory of a tree: every package that its lockfiles name, its line, and the shortest path that brings it."""

from itertools import accumulate

from wardline.check.dependencies.listing import Listing
from wardline.check.dependencies.places import Places
from wardline.findings.inventory import Component, Inventory
from wardline.findings.purl import purl
from wardline.findings.report import Gap
from wardline.kernel.text import printable


def inventory(listed: Listing) -> Inventory:
    """Return the components in the order of the lockfiles; the same package in two lockfiles is two components."""
    components: list[Component] = []
    needs: dict[int, list[int]] = {}
    gaps: list[Gap] = list(listed.gaps)
    starts = accumulate((len(read.lockfile.packages) for read in listed.read), initial=0)
    for read, start in zip(listed.read, starts, strict=False):
        places = Places(read)
        gaps += places.gaps
        file = printable(read.path)
        for number, (package, paths) in enumerate(zip(read.lockfile.packages, places.shortest(), strict=True)):
            components.append(
                Component(
                    ecosystem=package.ecosystem,
                    name=printable(package.name),
                    version=printable(package.version),
                    purl=purl(package.ecosystem, package.name, package.version),
                    file=file,
                    line=places.line(number),
                    groups=package.groups,
                    direct=package.direct,
                    paths=paths,
                    date=package.date,
                )
            )
        for number, needed in enumerate(places.needs()):
            needs[start + number] = [start + other for other in needed]
    return Inventory(components=components, needs=needs, gaps=tuple(gaps))
