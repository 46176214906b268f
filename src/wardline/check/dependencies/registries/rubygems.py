"""Ruby gems, from any server with the RubyGems API.

`api/v1/versions/NAME.json` has every version that was not yanked, with its `created_at`
(https://guides.rubygems.org/rubygems-org-api/#gem-version-methods). Where the servers are: `gem sources`.
"""

import re
from typing import Final

from wardline.check.dependencies.freshness.asking import (
    MAX_LOCATIONS,
    Registry,
    RegistryError,
    document,
    plain_name,
    registry,
    told,
)
from wardline.check.dependencies.freshness.model import Known, Release
from wardline.check.dependencies.freshness.trust import seconds
from wardline.check.dependencies.reading import mapping, sequence, text
from wardline.kernel import http

ECOSYSTEM: Final = "RubyGems"
TITLE: Final = "Ruby gems (RubyGems API)"
SINCE: Final = "2003-11-01"  # RubyGems was first shown at RubyConf in November 2003
DATES_APART: Final = False


def locate() -> Registry:
    """Return the servers that `gem install` would ask. Raises: `RegistryError` where gem names none."""
    places = re.findall(r"^(https?://\S+)$", told("gem", "sources", "--list").out, re.MULTILINE)[:MAX_LOCATIONS]
    if not places:
        raise RegistryError("gem does not say which server it uses")
    return registry(places[0], also=tuple(map(registry, places[1:])))


async def releases(client: http.Client, at: Registry, name: str) -> Known:
    """Return what the server knows of a gem; one version for several platforms is one release, dated by the first.

    Raises: `RegistryError`, `HttpError`.
    """
    answer = await document(client, at, f"api/v1/versions/{plain_name(name)}.json")
    if not isinstance(answer, list):
        raise RegistryError(f"{http.shown(at.url)}: its answer lists no versions")
    found: dict[str, Release] = {}
    for entry in map(mapping, sequence(answer)):
        version = text(entry.get("number"))
        at_time = seconds(entry.get("created_at"))
        there = found.get(version)
        times = [time for time in (at_time, *(there[1:3] if there else ())) if time is not None]
        if version:
            early = entry.get("prerelease") is True
            found[version] = Release(version, min(times, default=None), max(times, default=None), prerelease=early)
    return Known(list(found.values()))
