"""PHP packages, from any Composer repository of the second generation.

The repository's `packages.json` names the `metadata-url` of a package; the answer is minified: an entry has only what
differs from the one before it (https://getcomposer.org/doc/05-repositories.md, composer/metadata-minifier). `time` is
the tagged commit's. Where the repositories are: `composer config --global --list`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urljoin

from wardline.check.dependencies.freshness.asking import (
    MAX_LOCATIONS,
    Registry,
    RegistryError,
    document,
    plain_name,
    registry,
    told,
)
from wardline.check.dependencies.freshness.model import MAX_RELEASES, Known, Release
from wardline.check.dependencies.freshness.trust import seconds
from wardline.check.dependencies.reading import mapping, sequence, text
from wardline.kernel import http

ECOSYSTEM: Final = "Packagist"
TITLE: Final = "PHP packages (Composer repository)"
SINCE: Final = "1995-06-08"  # PHP itself: a package's time is its commit's, and some came from older systems
DATES_APART: Final = False

_PLACE: Final = re.compile(r"^\[repositories\.[^\]]*\.url\] (https?://\S+)", re.MULTILINE)
_METADATA: Final = "p2/%package%.json"
_UNSET: Final = "__unset"


def locate() -> Registry:
    """Return the repositories that composer would ask. Raises: `RegistryError` where composer names none."""
    said = told("composer", "config", "--global", "--list", "--no-ansi", environment={"COMPOSER_ALLOW_SUPERUSER": "1"})
    places = _PLACE.findall(said.out)[:MAX_LOCATIONS]
    if not places:
        raise RegistryError("composer does not say which repository it uses")
    return registry(places[0], also=tuple(map(registry, places[1:])))


async def releases(client: http.Client, at: Registry, name: str) -> Known:
    """Return what the repository knows of a package. Raises: `RegistryError`, `HttpError`."""
    wanted = plain_name(name).lower()
    root = mapping(await document(client, at, "packages.json", shared=True))
    template = text(root.get("metadata-url")) or _METADATA
    url = urljoin(at.url, template.replace("%package%", wanted))
    if not url.startswith(at.url):  # credentials and trust are the repository's own
        url = at.url + _METADATA.replace("%package%", wanted)
    answer = mapping(await document(client, at, url.removeprefix(at.url)))
    entries = [mapping(entry) for entry in sequence(mapping(answer.get("packages")).get(wanted))][:MAX_RELEASES]
    rows = []
    for entry in _whole(entries) if answer.get("minified") else iter(entries):
        version = text(entry.get("version"))
        if version and not version.startswith("dev-"):
            at_time = seconds(entry.get("time"))
            rows.append(Release(version, at_time, at_time))
    return Known(rows)


def _whole(entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Return minified entries with what they share with the entry before them; only what is read here is kept."""
    shared: dict[str, Any] = {}
    for entry in entries:
        for key in ("version", "time"):
            if entry.get(key) == _UNSET:
                shared.pop(key, None)
            elif key in entry:
                shared[key] = entry[key]
        yield dict(shared)
