"""Swift Package Manager: `Package.resolved`, versions 1 to 3, beside `Package.swift` or inside an Xcode project.

A package is named by its repository's address, as in OSV's `SwiftURL`. One that is pinned to a branch or a commit has
no version and is not examined, and neither is one from a registry; both are said so.

Source: SwiftPM's `ResolvedPackagesStore`.
"""

import re
from typing import Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import lines_of
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_json, mapping, text, unmarked

ID = "package-resolved"
TITLE = "Package.resolved (Swift)"
PATTERNS = ("Package.resolved",)
ECOSYSTEMS = ("SwiftURL",)

_REMEDY: Final = "run `swift package resolve`, and commit Package.resolved"
_RELEASED: Final = "depend on a released version: `.package(url: ..., from: ...)`"
_ADDRESS: Final = re.compile(r"(?:[a-z+]+://)?(?:[^@/]+@)?([^/:]+)[/:]+(.+?)(?:\.git)?/?", re.IGNORECASE)


def read(source: Source) -> Lockfile:
    """Return the packages of a `Package.resolved`. Raises: `LockfileError`."""
    document = mapping(load_json(source.data))
    version = document.get("version")
    first = version == 1
    pins = mapping(document.get("object")).get("pins") if first else document.get("pins")
    if version not in (1, 2, 3) or not isinstance(pins, list):
        raise LockfileError("not a Package.resolved of version 1 to 3", hint=_REMEDY)
    gathering = Gathering()
    key = "repositoryURL" if first else "location"
    addresses: list[str] = []
    for pin in map(mapping, pins):
        name = text(pin.get("package")) or text(pin.get("identity"))
        address = _ADDRESS.fullmatch(text(pin.get(key)))
        release = text(mapping(pin.get("state")).get("version"))
        if text(pin.get("kind")) == "localSourceControl":
            continue
        if not release:
            gathering.skip(name, "is pinned to a branch or a commit, without a version", _RELEASED)
        elif address is None:
            gathering.skip(name, "has no repository's address", _REMEDY)
        else:
            known = len(gathering.packages)
            if gathering.add(Package("SwiftURL", f"{address[1]}/{address[2]}", release)) == known:
                addresses.append(pin[key])
    return gathering.lockfile(lambda: lines_of(addresses, unmarked(source.data), key))
