"""Rust crates, from a sparse index.

One line of JSON per version: `vers`, `yanked`, and since 2025 `pubtime`
(https://doc.rust-lang.org/cargo/reference/registry-index.html). Where the index is, cargo says only when it cannot
reach it, so it is asked with a proxy that nobody serves; source replacement is honoured that way too.
"""

import os
import re
from pathlib import Path
from typing import Final

from wardline.check.dependencies.freshness.asking import Registry, RegistryError, body, plain_name, registry, told
from wardline.check.dependencies.freshness.model import MAX_RELEASES, Known, Release
from wardline.check.dependencies.freshness.trust import seconds
from wardline.check.dependencies.reading import mapping, text
from wardline.kernel import http, toml

ECOSYSTEM: Final = "crates.io"
TITLE: Final = "Rust crates (sparse index)"
SINCE: Final = "2014-06-01"  # the index's first commits
DATES_APART: Final = False

_PLACE: Final = re.compile(r"`(https?://[^`\s]+?)config\.json`")
# Port 9 is "discard": connecting to it on this machine fails at once, and nothing leaves the machine.
_NOBODY: Final = "http://127.0.0.1:9"
_MAX_SETTINGS_BYTES: Final = 1024 * 1024


def locate() -> Registry:
    """Return the sparse index that cargo would ask. Raises: `RegistryError` where cargo does not say."""
    nowhere = {
        "CARGO_HTTP_PROXY": _NOBODY,
        "CARGO_NET_RETRY": "0",
        "CARGO_NET_OFFLINE": "false",
        "NO_PROXY": "",
        "no_proxy": "",
        "CARGO_TERM_COLOR": "never",
    }
    found = _PLACE.search(told("cargo", "info", "wardline-asks-where-the-index-is", environment=nowhere).err)
    if found is None:
        raise RegistryError("cargo does not say which index it uses (cargo 1.82 or newer, with a sparse index, does)")
    return registry(found[1], authorization=_token(found[1]))


def _token(url: str) -> str:
    """Return the token that cargo has for the registry with this index, "" for none."""
    home = Path(os.environ.get("CARGO_HOME") or "~/.cargo").expanduser()
    settings, secrets = (_settings(home / name) for name in ("config.toml", "credentials.toml"))
    for name, facts in mapping(settings.get("registries")).items():
        if text(mapping(facts).get("index")).removeprefix("sparse+").rstrip("/") == url.rstrip("/"):
            variable = f"CARGO_REGISTRIES_{name.upper().replace('-', '_')}_TOKEN"
            kept = text(mapping(mapping(secrets.get("registries")).get(name)).get("token"))
            return os.environ.get(variable) or kept
    return ""


def _settings(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            return toml.load(file.read(_MAX_SETTINGS_BYTES))
    except (OSError, toml.TomlError):
        return {}


async def releases(client: http.Client, at: Registry, name: str) -> Known:
    """Return what the index knows of a crate. Raises: `RegistryError`, `HttpError`."""
    import orjson

    answer = await body(client, at, _path(plain_name(name).lower()))
    rows = []
    try:
        for line in answer.body.splitlines()[:MAX_RELEASES]:
            entry = mapping(orjson.loads(line)) if line else {}
            if text(entry.get("vers")):
                at_time = seconds(entry.get("pubtime"))
                rows.append(Release(entry["vers"], at_time, at_time, entry.get("yanked") is True))
    except orjson.JSONDecodeError as error:
        raise RegistryError(f"{http.shown(at.url)}: no answer of a sparse index") from error
    return Known(rows)


def _path(name: str) -> str:
    if len(name) <= 2:
        return f"{len(name)}/{name}"
    return f"3/{name[0]}/{name}" if len(name) == 3 else f"{name[:2]}/{name[2:4]}/{name}"
