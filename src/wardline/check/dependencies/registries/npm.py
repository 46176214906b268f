"""JavaScript packages, from any npm registry.

The whole packument is asked for, since its short form has no times (npm's docs/REGISTRY-API.md, "Package metadata").
Where the registry is, scopes included: `npm config list`; tokens come from the user's own npmrc. A version above the
`latest` tag is not what its publisher offers, and counts as a prerelease; a deprecated one as withdrawn. Times without
`created` and `modified`, or that contradict them, are not the publisher's and are not trusted.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from wardline.check.dependencies import versions
from wardline.check.dependencies.freshness.asking import (
    MAX_LOCATIONS,
    Registry,
    RegistryError,
    document,
    expanded,
    plain_name,
    registry,
    told,
)
from wardline.check.dependencies.freshness.model import Known, Release
from wardline.check.dependencies.freshness.trust import DAY, seconds
from wardline.check.dependencies.reading import mapping, text
from wardline.kernel import http

ECOSYSTEM: Final = "npm"
TITLE: Final = "JavaScript packages (npm registry)"
SINCE: Final = "2009-09-01"  # npm's first commit
DATES_APART: Final = False

_MAX_SETTINGS_BYTES: Final = 1024 * 1024
_CREDENTIAL: Final = re.compile(r"^\s*(//[^=\s]+?/?):(_authToken|_auth|username|_password)\s*=\s*(.*?)\s*$")


def locate() -> Registry:
    """Return the registry that npm would install from. Raises: `RegistryError` where npm does not say."""
    import orjson

    try:
        settings = mapping(orjson.loads(told("npm", "config", "list", "--location=user", "-l", "--json").out))
    except orjson.JSONDecodeError as error:
        raise RegistryError("npm does not say which registry it uses") from error
    keys = _credentials(settings)
    scopes = {
        name.removesuffix(":registry") + "/": _with_key(value, keys)
        for name, value in list(settings.items())
        if name.startswith("@") and name.endswith(":registry") and isinstance(value, str)
    }
    if not text(settings.get("registry")):
        raise RegistryError("npm does not say which registry it uses")
    at = _with_key(settings["registry"], keys)
    return registry(at.url, authorization=at.authorization, scopes=dict(list(scopes.items())[:MAX_LOCATIONS]))


def _with_key(url: str, keys: Mapping[str, Mapping[str, str]]) -> Registry:
    """Return a registry with the credentials of the longest address that it is under."""
    at = registry(url)
    place = at.url.partition(":")[2]
    for address in sorted(keys, key=len, reverse=True):
        if place.startswith(address):
            return registry(at.url, authorization=at.authorization or _authorization(keys[address]))
    return at


def _authorization(key: Mapping[str, str]) -> str:
    from base64 import b64decode

    if key.get("_authToken"):
        return f"Bearer {key['_authToken']}"
    if key.get("_auth"):
        return f"Basic {key['_auth']}"
    if key.get("username") and key.get("_password"):
        try:
            return http.basic(key["username"], b64decode(key["_password"], validate=True).decode())
        except ValueError:
            return ""
    return ""


def _credentials(settings: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the credentials in the user's and the machine's npmrc: npm itself does not tell them."""
    found: dict[str, dict[str, str]] = {}
    for name in ("globalconfig", "userconfig"):
        try:
            with Path(text(settings.get(name))).open("rb") as file:
                lines = file.read(_MAX_SETTINGS_BYTES).decode("utf-8", "replace").splitlines()
        except (OSError, ValueError):
            continue
        for line in lines:
            match = _CREDENTIAL.match(line)
            if match:
                address = match[1].rstrip("/") + "/"
                found.setdefault(address, {})[match[2]] = expanded(match[3].strip("\"'"))
    return found


async def releases(client: http.Client, at: Registry, name: str) -> Known:
    """Return what the registry knows of a package. Raises: `RegistryError`, `HttpError`."""
    found = mapping(await document(client, at, plain_name(name).replace("/", "%2f")))
    listed = found.get("versions")
    if not isinstance(listed, dict):
        raise RegistryError(f"{http.shown(at.url)}: its answer lists no versions")
    times = mapping(found.get("time"))
    latest = _key(text(mapping(found.get("dist-tags")).get("latest")))
    rows = []
    for version, facts in listed.items():
        at_time = seconds(times.get(version))
        key = _key(version)
        early = latest is not None and key is not None and key > latest
        withdrawn = bool(mapping(facts).get("deprecated"))
        rows.append(Release(version, at_time, at_time, withdrawn, early))
    return Known(rows, _doubt(times, rows))


def _key(version: str) -> Any:
    try:
        return versions.sort_key(ECOSYSTEM, version)
    except versions.VersionError:
        return None


def _doubt(times: Mapping[str, Any], rows: list[Release]) -> str:
    dates = [row.published for row in rows if row.published is not None]
    if not dates:
        return ""
    created, modified = seconds(times.get("created")), seconds(times.get("modified"))
    if created is None or modified is None:
        return "the registry's times have no `created` and `modified`: a cache's own, not the publisher's"
    if created > min(dates) + DAY or modified < max(dates) - DAY:
        return "the registry's times contradict its own `created` and `modified`"
    return ""
