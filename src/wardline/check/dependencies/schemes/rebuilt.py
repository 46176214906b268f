"""Rebuilt npm packages: a semantic version, and how often its vendor has patched it.

Source: osv.dev's ordering for Root (`1.0.0.root.io.5`, `1.0.0+root.io.5`, `1.0.0-r20071`) and Echo (`1.0.0+echo.2`):
the upstream version first, then the number of the patch; no patch is patch zero.
"""

import re
from typing import Final

from wardline.check.dependencies.schemes import _semver
from wardline.check.dependencies.schemes._parts import Key

ID: Final = "rebuilt"
TITLE: Final = "Rebuilt npm packages"
ECOSYSTEMS: Final = ("Root", "Echo")

_PATCH: Final = re.compile(r"(?:[.+]root\.io\.|\+echo\.|-r)([0-9]+)$")


def _upstream(version: str) -> tuple[str, int]:
    found = _PATCH.search(version)
    return (version[: found.start()], int(found[1])) if found else (version, 0)


def key(version: str) -> Key:
    """Return the upstream version's precedence, then the number of the patch."""
    upstream, patch = _upstream(version)
    return (*_semver.key(upstream), patch)


def prerelease(version: str) -> bool:
    """Return whether the upstream version is a pre-release."""
    return _semver.prerelease(_upstream(version)[0])


def major(version: str) -> str:
    """Return the upstream version's numbers within which nothing breaks."""
    return _semver.major(_upstream(version)[0])
