"""Java packages, from a Maven repository in its default layout.

`maven-metadata.xml` has the versions (https://maven.apache.org/ref/current/maven-repository-metadata/).
No file has their dates, so a version is dated by the Last-Modified of its POM (RFC 9110 §8.8.2), where the repository
gives one that is not just the moment of the answer. Where the repository is: the mirrors in `settings.xml`, else the
one in Maven's own super POM, which lies in Maven's installation.
"""

import os
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from wardline.check.dependencies.freshness.asking import (
    Registry,
    RegistryError,
    UnknownPackageError,
    body,
    expanded,
    plain_name,
    registry,
    xml,
)
from wardline.check.dependencies.freshness.model import Known, Release
from wardline.check.dependencies.reading import Element
from wardline.kernel import http

ECOSYSTEM: Final = "Maven"
TITLE: Final = "Java packages (Maven repository)"
SINCE: Final = "2002-06-01"  # Maven's own first releases
DATES_APART: Final = True

_CENTRAL: Final = "central"
_MAX_SETTINGS_BYTES: Final = 4 * 1024 * 1024
_SUPER_POMS: Final = ("maven-model-builder-*.jar", "maven-impl-*.jar", "maven-api-impl-*.jar")
_MAX_RECENT_SECONDS: Final = 60
# Maven itself sorts what it does not know after the release (2.10.0.pr1 after 2.10.0); publishers mean before.
_EARLY: Final = re.compile(r"[.-](?:alpha|beta|milestone|m|rc|cr|pr|pre|preview|ea|eap|dev)[.-]?\d*$", re.IGNORECASE)


def locate() -> Registry:
    """Return the repository that Maven would ask instead of, or as, Central. Raises: `RegistryError`."""
    home = _home()
    places = [Path("~/.m2/settings.xml").expanduser(), *([home / "conf" / "settings.xml"] if home else [])]
    settings = [found for place in places if (found := _settings(place)) is not None]
    for root in settings:
        for mirror in _listed(root, "mirrors", "mirror"):
            if _mirrors_central(mirror.value("mirrorOf") or ""):
                return _with_key(expanded(mirror.value("url") or ""), mirror.value("id") or "", settings)
    if home is None:
        raise RegistryError("Maven is not installed here, and ~/.m2/settings.xml names no mirror")
    return _with_key(_central(home), _CENTRAL, settings)


def _home() -> Path | None:
    from shutil import which

    named = os.environ.get("MAVEN_HOME") or os.environ.get("M2_HOME")
    program = which("mvn")
    found = Path(named) if named else Path(program).resolve().parents[1] if program else None
    return found if found is not None and found.is_dir() else None


def _settings(path: Path) -> Element | None:
    try:
        with path.open("rb") as file:
            return xml(file.read(_MAX_SETTINGS_BYTES), str(path))
    except OSError:
        return None


def _listed(root: Element, group: str, name: str) -> Iterator[Element]:
    for part in root.children:
        if part.name == group:
            yield from (child for child in part.children if child.name == name)


def _mirrors_central(pattern: str) -> bool:
    """Return whether a `mirrorOf` takes Central's place.

    Source: https://maven.apache.org/guides/mini/guide-mirror-settings.html, "Advanced Mirror Specification".
    """
    parts = {part.strip() for part in pattern.split(",")}
    return f"!{_CENTRAL}" not in parts and bool(parts & {"*", "external:*", _CENTRAL})


def _with_key(url: str, name: str, settings: list[Element]) -> Registry:
    for root in settings:
        for server in _listed(root, "servers", "server"):
            user, password = (expanded(server.value(key) or "") for key in ("username", "password"))
            # `{…}` is encrypted with a key of Maven's own: it is not ours to open.
            if server.value("id") == name and user and not password.startswith("{"):
                return registry(url, authorization=http.basic(user, password))
    return registry(url)


def _central(home: Path) -> str:
    """Return the address of Central that stands in the super POM, which every POM inherits from."""
    for pattern in _SUPER_POMS:
        for path in sorted((home / "lib").glob(pattern)):
            try:
                with zipfile.ZipFile(path) as archive:
                    poms = [name for name in archive.namelist() if name.startswith("org/apache/maven/model/pom-4")]
                    roots = [xml(archive.read(name), name) for name in poms]
            except (OSError, zipfile.BadZipFile):
                continue
            for root in roots:
                for place in _listed(root, "repositories", "repository"):
                    if place.value("id") == _CENTRAL and place.value("url"):
                        return place.value("url") or ""
    raise RegistryError("Maven's installation does not say where Central is")


async def releases(client: http.Client, at: Registry, name: str) -> Known:
    """Return what the repository knows of `group:artifact`. Raises: `RegistryError`, `HttpError`."""
    path, _ = _place(name)
    answer = await body(client, at, f"{path}/maven-metadata.xml", accept="application/xml, text/xml")
    versioning = xml(answer.body, f"{http.shown(at.url)}{path}").child("versioning")
    listed = versioning.child("versions") if versioning is not None else None
    if listed is None:
        raise RegistryError(f"{http.shown(at.url)}: its answer lists no versions")
    named = ("".join(child.text).strip() for child in listed.children if child.name == "version")
    kept = [version for version in named if version and not version.endswith("-SNAPSHOT")]
    return Known([Release(version, prerelease=_EARLY.search(version) is not None) for version in kept])


async def published(client: http.Client, at: Registry, name: str, version: str) -> int | None:
    """Return when the repository got a version's POM, None where it does not say. Raises: `HttpError`."""
    path, artifact = _place(name)
    wanted = plain_name(version)
    try:
        answer = await client.request(
            "HEAD", f"{at.url}{path}/{wanted}/{artifact}-{wanted}.pom", authorization=at.authorization
        )
    except http.HttpError as error:
        if error.status in {404, 410}:
            return None
        raise
    modified, answered = (_http_date(answer.headers.get(name, "")) for name in ("last-modified", "date"))
    if modified is None or (answered is not None and abs(answered - modified) < _MAX_RECENT_SECONDS):
        return None
    return modified


def _http_date(text: str) -> int | None:
    try:
        parsed = parsedate_to_datetime(text)
        return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())
    except (TypeError, ValueError, OverflowError):
        return None


def _place(name: str) -> tuple[str, str]:
    group, colon, artifact = plain_name(name).partition(":")
    if not (group and colon and artifact) or ":" in artifact or "/" in name:
        raise UnknownPackageError("a Maven package's name is group:artifact")
    return f"{group.replace('.', '/')}/{artifact}", artifact
