"""Composer: `composer.lock`, with the `composer.json` beside it for what is direct.

`packages-dev` is the group "dev". The platform (`php`, `ext-*`, `lib-*`, Composer's own API) is no package. Packages
from a `path` repository are the project's own. A branch (`dev-main`, `1.x-dev`) has no version that advisories could
name: it is not examined, and is said so. Packages that come from Drupal's own repository are of the ecosystem
`Packagist:https://packages.drupal.org/8`, as in OSV's data. The date is the lockfile's own for the release.

Source: Composer's `Package/Locker.php` and its schema, "composer-lock-schema.json".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import lines_of
from wardline.check.dependencies.model import Graph, Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_json, mapping, text, unmarked

ID = "composer-lock"
TITLE = "composer.lock (Composer)"
PATTERNS = ("composer.lock",)
ECOSYSTEMS = ("Packagist",)
UPGRADE = "composer update {name}:{version} --with-all-dependencies"
UPGRADE_DIRECT = "composer require {name}:^{version} --with-all-dependencies"

_REMEDY: Final = "run `composer update --lock`, and commit composer.lock"
_RELEASED: Final = "require a released version, or examine the branch's own repository"
_DRUPAL: Final = "https://packages.drupal.org/"
_SECTIONS: Final = {"packages": (), "packages-dev": ("dev",)}
_PLATFORM: Final = re.compile(
    r"(?:php(?:-64bit|-ipv6|-zts|-debug)?|hhvm|composer(?:-(?:plugin|runtime)-api)?|(?:ext|lib)-.*)"
)
_BRANCH: Final = re.compile(r"dev-.*|.*-dev(?:#.*)?", re.IGNORECASE)


class Row(NamedTuple):
    """One entry of the lockfile; `own` where it comes from the project itself."""

    section: str
    entry: Mapping[str, Any]
    name: str
    own: bool


def read(source: Source) -> Lockfile:
    """Return the packages of a `composer.lock`. Raises: `LockfileError`."""
    document = mapping(load_json(source.data))
    if not isinstance(document.get("packages"), list):
        raise LockfileError("no list of packages: not a composer.lock", hint=_REMEDY)
    gathering = Gathering()
    rows = list(_rows(document, gathering))
    asked = _asked(source)
    by_own = {name for row in rows if row.own for name in _requirements(row.entry)}
    direct = asked | by_own if asked is not None else None
    _say_missing(gathering, rows, asked or set())
    index: dict[str, int] = {}
    for row in rows:
        if row.own:
            continue
        version = text(row.entry.get("version"))
        if not version:
            gathering.skip(row.name, "has no version that can be read", _REMEDY)
        elif _BRANCH.fullmatch(version):
            gathering.skip(row.name, f"is the branch {version!r:.60}, not a release", _RELEASED)
        else:
            index[row.name.lower()] = gathering.add(_package(row, version, direct))
    return gathering.lockfile(
        lambda: lines_of([package.name for package in gathering.packages], unmarked(source.data), "name"),
        lambda: _graph(gathering, rows, index) if direct is not None else None,
    )


def _rows(document: Mapping[str, Any], gathering: Gathering) -> Iterator[Row]:
    for section in document:
        if section not in _SECTIONS:
            continue
        entries = document[section]
        if not isinstance(entries, list):
            if entries is not None:
                gathering.skip(section, "is not a list of packages", _REMEDY)
            continue
        for place, entry in enumerate(map(mapping, entries)):
            name = text(entry.get("name"))
            if not name:
                gathering.skip(f"{section}[{place}]", "has no name", _REMEDY)
            else:
                yield Row(section, entry, name, text(mapping(entry.get("dist")).get("type")) == "path")


def _say_missing(gathering: Gathering, rows: list[Row], asked: set[str]) -> None:
    there = {row.name.lower() for row in rows}
    there |= {name.lower() for row in rows for key in ("provide", "replace") for name in mapping(row.entry.get(key))}
    for name in sorted(asked - there):
        gathering.skip(name, "is required by composer.json and not in the lockfile", _REMEDY)


def _package(row: Row, version: str, direct: set[str] | None) -> Package:
    drupal = text(row.entry.get("notification-url")).startswith(_DRUPAL)
    return Package(
        f"Packagist:{_DRUPAL}8" if drupal else "Packagist",
        row.name,
        version,
        _SECTIONS[row.section],
        None if direct is None else row.name.lower() in direct,
        text(row.entry.get("time")) or None,
    )


def _asked(source: Source) -> set[str] | None:
    """Return what `composer.json` requires, or None where it cannot be read."""
    own_name = source.path.rpartition("/")[2]
    try:
        data = source.near(own_name.removesuffix(".lock") + ".json")
        return set(_requirements(mapping(load_json(data)))) if data is not None else None
    except LockfileError:
        return None


def _requirements(entry: Mapping[str, Any]) -> list[str]:
    asked = (name.lower() for key in ("require", "require-dev") for name in mapping(entry.get(key)))
    return [name for name in asked if not _PLATFORM.fullmatch(name)]


def _graph(gathering: Gathering, rows: list[Row], index: Mapping[str, int]) -> Graph:
    """Return who requires whom; a package stands for what it provides or replaces as well."""
    found: dict[str, list[int]] = {name: [number] for name, number in index.items()}
    for row in rows:
        number = index.get(row.name.lower())
        if number is None:
            continue
        for key in ("provide", "replace"):
            for name in mapping(row.entry.get(key)):
                found.setdefault(name.lower(), [])
                if len(found[name.lower()]) < 10 and name.lower() not in index:
                    found[name.lower()].append(number)
    edges: list[list[int]] = [[] for _ in gathering.packages]
    for row in rows:
        number = index.get(row.name.lower())
        if number is not None:
            needs = (name.lower() for name in mapping(row.entry.get("require")))
            edges[number] = [needed for name in needs for needed in found.get(name, ())]
    return Graph([number for number, package in enumerate(gathering.packages) if package.direct], edges)
