"""Python packages, from any index that speaks the simple API.

Asked in JSON (PEP 691), with upload times (PEP 700) and yanked files (PEP 592); an index that only has pages (PEP 503)
gives versions without dates. Where the index is: `UV_DEFAULT_INDEX`, `UV_INDEX_URL`, else what pip is configured with,
else pip's own default, as pip's help shows it. A version is published when its first file was uploaded.
"""

import ast
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

from wardline.check.dependencies import versions
from wardline.check.dependencies.freshness.asking import (
    MAX_LOCATIONS,
    Registry,
    RegistryError,
    body,
    plain_name,
    registry,
    told,
)
from wardline.check.dependencies.freshness.model import Known, Release
from wardline.check.dependencies.freshness.trust import seconds
from wardline.check.dependencies.reading import mapping, sequence, text
from wardline.kernel import http

ECOSYSTEM: Final = "PyPI"
TITLE: Final = "Python packages (simple API)"
SINCE: Final = "2002-12-01"  # PEP 301, which proposed the index, is of October 2002
DATES_APART: Final = False

_ACCEPT: Final = "application/vnd.pypi.simple.v1+json, text/html;q=0.1"
_SETTING: Final = re.compile(r"^(\S+?)\.(index-url|extra-index-url)=(['\"].*['\"])$", re.MULTILINE)
_DEFAULT: Final = re.compile(r"--index-url <url>.*?\(default:?\s+(\S+?)\)", re.DOTALL)
_SUFFIX: Final = re.compile(r"\.(?:whl|tar\.gz|tar\.bz2|tar\.xz|tgz|tar\.Z|tar|zip|egg|exe|msi|rpm|deb|dmg)$")
_ANCHOR: Final = re.compile(r"<a\b([^>]{0,4000})>([^<]{1,400})</a", re.IGNORECASE)


def locate() -> Registry:
    """Return the index that uv or pip would install from. Raises: `RegistryError` where neither says."""
    named = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL")
    if named:
        return registry(named)
    pip = _pip()
    listed = told(*pip, "config", "list").out
    settings: dict[str, str] = {}
    for section, name, value in _SETTING.findall(listed):
        if section in {":env:", "install", "global"} and (name not in settings or section == ":env:"):
            settings[name] = str(ast.literal_eval(value))
    if "index-url" not in settings:
        found = _DEFAULT.search(told(*pip, "install", "--help", environment={"COLUMNS": "2000"}).out)
        if found is None:
            raise RegistryError("pip does not say which index it uses")
        settings["index-url"] = found[1]
    more = settings.get("extra-index-url", "").split()[:MAX_LOCATIONS]
    return registry(settings["index-url"], also=tuple(map(registry, more)))


def _pip() -> tuple[str, ...]:
    from shutil import which

    for name in ("pip", "pip3"):
        if which(name):
            return (name,)
    return (sys.executable, "-m", "pip")


async def releases(client: http.Client, at: Registry, name: str) -> Known:
    """Return what an index knows of a package. Raises: `RegistryError`, `HttpError`."""
    import orjson

    normal = re.sub(r"[-_.]+", "-", plain_name(name)).lower()  # PEP 503
    answer = await body(client, at, f"{normal}/", accept=_ACCEPT)
    if "html" in answer.headers.get("content-type", ""):
        return _from_page(normal, answer.body.decode("utf-8", "replace"))
    try:
        found = mapping(orjson.loads(answer.body))
    except orjson.JSONDecodeError as error:
        raise RegistryError(f"{http.shown(at.url)}: no answer of the simple API (PEP 691)") from error
    files = [mapping(file) for file in sequence(found.get("files"))]
    listed = [version for version in sequence(found.get("versions")) if isinstance(version, str)]
    return Known(_gathered(normal, listed, files))


def _gathered(name: str, listed: list[str], files: Iterable[Mapping[str, Any]]) -> list[Release]:
    """Return one release per version, from its files. A version is withdrawn where all of its files are yanked."""
    times: dict[str, list[int]] = {}
    left: dict[str, bool] = {}
    keys = {_key(version): version for version in listed}
    for file in files:
        version = _version_of(name, text(file.get("filename")), keys)
        if version is None:
            continue
        at = seconds(file.get("upload-time"))
        if at is not None:
            times.setdefault(version, []).append(at)
        left[version] = left.get(version, False) or file.get("yanked") in {False, None}
    rows = []
    for version in dict.fromkeys([*listed, *left]):
        dated = times.get(version, [])
        withdrawn = not left.get(version, True)
        rows.append(Release(version, min(dated, default=None), max(dated, default=None), withdrawn))
    return rows


def _version_of(name: str, filename: str, keys: Mapping[object, str]) -> str | None:
    """Return the version in a file's name: one of those listed where there is a list, else what stands there."""
    stem, removed = _SUFFIX.subn("", filename[:400])
    if not removed:
        return None
    parts = stem.split("-")
    if filename.endswith((".whl", ".egg")):
        candidates = parts[1:2]
    else:  # a source's name may have hyphens of its own: foo-bar-1.0
        rests = ["-".join(parts[at:]) for at in range(1, len(parts))]
        right = [rest for at, rest in enumerate(rests, 1) if _normal("-".join(parts[:at])) == name]
        candidates = [*right, *rests]
    for candidate in candidates:
        known = keys.get(_key(candidate))
        if known is not None:
            return known
    return candidates[0] if candidates and not keys else None


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _key(version: str) -> object:
    try:
        return versions.sort_key(ECOSYSTEM, version)
    except versions.VersionError:
        return version


def _from_page(name: str, page: str) -> Known:
    """Return the versions of a page of links (PEP 503): without dates, since such a page has none."""
    files = [
        {"filename": shown.strip(), "yanked": "data-yanked" in attributes}
        for attributes, shown in _ANCHOR.findall(page)
    ]
    rows = _gathered(name, [], files)
    if not rows:
        raise RegistryError("the index answered with a page that lists no files")
    return Known(rows)
