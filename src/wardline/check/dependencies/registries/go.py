"""Go modules, from a module proxy.

`@v/list` has a module's tagged versions, `@v/VERSION.info` the time of one (https://go.dev/ref/mod#goproxy-protocol).
That is the commit's time: Go knows no other. A pseudo-version carries it in its name. Where the proxies are: `go env
GOPROXY`; modules that match GONOPROXY are asked of nobody. A module's next major version is another module
(`…/v3`), and is not looked for.
"""

import re
from typing import Final

from wardline.check.dependencies.freshness.asking import (
    MAX_LOCATIONS,
    Registry,
    RegistryError,
    UnknownPackageError,
    body,
    document,
    plain_name,
    registry,
    told,
)
from wardline.check.dependencies.freshness.model import Known, Release
from wardline.check.dependencies.freshness.trust import seconds
from wardline.check.dependencies.reading import mapping, text
from wardline.kernel import http

ECOSYSTEM: Final = "Go"
TITLE: Final = "Go modules (module proxy)"
SINCE: Final = "2007-09-01"  # Go's own first commits; a module's time is its commit's
DATES_APART: Final = True

_VERSION: Final = re.compile(r"v\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?")
# https://go.dev/ref/mod#pseudo-versions: three forms, all of which end in time and revision
_PSEUDO: Final = re.compile(r"v?\d+\.\d+\.\d+-(?:[0-9A-Za-z.-]+\.)?(\d{14})-[0-9a-f]{12}(?:\+incompatible)?")


def locate() -> Registry:
    """Return the proxies that `go get` would ask. Raises: `RegistryError` where there are none."""
    import orjson

    said = told("go", "env", "-json", "GOPROXY", "GONOPROXY", environment={"GOTOOLCHAIN": "local"})
    try:
        settings = mapping(orjson.loads(said.out))
    except orjson.JSONDecodeError as error:
        raise RegistryError("go does not say which proxy it uses") from error
    # https://go.dev/ref/mod#environment-variables: "," goes on after "not found", "|" after any error
    named = [part.strip() for part in re.split(r"[,|]", text(settings.get("GOPROXY")))]
    proxies = [part for part in named if part not in {"", "direct", "off"}][:MAX_LOCATIONS]
    if not proxies:
        raise RegistryError("GOPROXY names no proxy", hint="name one: --registry Go=URL")
    private = tuple(part for part in text(settings.get("GONOPROXY")).split(",") if part)
    return registry(proxies[0], also=tuple(map(registry, proxies[1:])), private=private)


async def releases(client: http.Client, at: Registry, name: str) -> Known:
    """Return what the proxy knows of a module: its tagged versions, or the newest commit where none is tagged.

    Raises: `RegistryError`, `HttpError`.
    """
    path = escaped(name)
    answer = await body(client, at, f"{path}/@v/list")
    listed = answer.body.decode("utf-8", "replace").split()
    tagged = [version for version in listed if _VERSION.fullmatch(version) and not _PSEUDO.fullmatch(version)]
    if tagged:
        return Known([Release(version.removeprefix("v")) for version in tagged])
    try:
        newest = mapping(await document(client, at, f"{path}/@latest"))
    except UnknownPackageError:
        return Known([])
    version = text(newest.get("Version"))
    when = seconds(newest.get("Time"))
    return Known([Release(version.removeprefix("v"), when, when)] if _VERSION.fullmatch(version) else [])


async def published(client: http.Client, at: Registry, name: str, version: str) -> int | None:
    """Return the time of one version, None where the proxy does not have it. Raises: `RegistryError`, `HttpError`."""
    named = _PSEUDO.fullmatch(version)
    if named:
        stamp = named[1]
        return seconds(f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:]}Z")
    wanted = "v" + version.removeprefix("v")
    if not _VERSION.fullmatch(wanted):
        return None
    try:
        found = mapping(await document(client, at, f"{escaped(name)}/@v/{escaped(wanted)}.info"))
    except UnknownPackageError:
        return None
    return seconds(found.get("Time"))


def escaped(name: str) -> str:
    """Return a module path or version as a proxy's address has it: capitals as "!" and the small letter."""
    return re.sub(r"[A-Z]", lambda letter: "!" + letter[0].lower(), plain_name(name))
