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

# Go itself is published as a module, one version per platform (https://go.dev/ref/mod#go-mod-file-toolchain).
_PARTS_OF_GO: Final = frozenset({"stdlib", "toolchain"})
_TOOLCHAIN: Final = "golang.org/toolchain"
_PLATFORM: Final = "linux-amd64"
_GO: Final = re.compile(r"v0\.0\.1-go(\d+\.\d+)(\.\d+)?\." + _PLATFORM)
_GO_VERSION: Final = re.compile(r"(?:v|go)?(\d+)\.(\d+)(\.\d+)?")
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
    path = escaped(_TOOLCHAIN if name in _PARTS_OF_GO else name)
    listed = (await body(client, at, f"{path}/@v/list")).body.decode("utf-8", "replace").split()
    if name in _PARTS_OF_GO:
        return Known([Release(f"{go[1]}{go[2] or '.0'}") for version in listed if (go := _GO.fullmatch(version))])
    tagged = [version for version in listed if _VERSION.fullmatch(version) and not _PSEUDO.fullmatch(version)]
    if tagged:
        return Known([Release(version) for version in tagged])
    try:
        newest = mapping(await document(client, at, f"{path}/@latest"))
    except UnknownPackageError:
        return Known([])
    version = text(newest.get("Version"))
    when = seconds(newest.get("Time"))
    return Known([Release(version, when, when)] if _VERSION.fullmatch(version) else [])


async def published(client: http.Client, at: Registry, name: str, version: str) -> int | None:
    """Return the time of one version, None where the proxy does not have it. Raises: `RegistryError`, `HttpError`."""
    named = _PSEUDO.fullmatch(version)
    if named:
        stamp = named[1]
        return seconds(f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:]}Z")
    wanted = _toolchain(version) if name in _PARTS_OF_GO else "v" + version.removeprefix("v")
    name = _TOOLCHAIN if name in _PARTS_OF_GO else name
    if not _VERSION.fullmatch(wanted):
        return None
    try:
        found = mapping(await document(client, at, f"{escaped(name)}/@v/{escaped(wanted)}.info"))
    except UnknownPackageError:
        return None
    return seconds(found.get("Time"))


def _toolchain(version: str) -> str:
    """Return the module version that holds a version of Go; before 1.21 the first of a line was without a zero."""
    found = _GO_VERSION.fullmatch(version)
    if found is None:
        return ""
    patch = "" if int(found[2]) < 21 and found[3] == ".0" else found[3] or ""
    return f"v0.0.1-go{found[1]}.{found[2]}{patch}.{_PLATFORM}"


def escaped(name: str) -> str:
    """Return a module path or version as a proxy's address has it: capitals as "!" and the small letter."""
    return re.sub(r"[A-Z]", lambda letter: "!" + letter[0].lower(), plain_name(name))
