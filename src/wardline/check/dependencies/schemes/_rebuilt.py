"""Versions of rebuilt packages: an upstream version, and how often its vendor has patched it.

Source: osv.dev's ordering for Root (`1.0.0.root.io.5`, `1.0.0+root.io.5`) and for Echo's npm packages (`1.0.0+echo.2`):
the upstream version first, in the order of its own ecosystem, then the number of the patch; no patch is patch zero.
"""

import re
from collections.abc import Callable
from typing import Any, Final

_PATCH: Final = re.compile(r"(?:[.+]root\.io\.|\+echo\.)([0-9]+)$")


def upstream(version: str) -> tuple[str, int]:
    """Return the version that was rebuilt, and the number of the patch."""
    found = _PATCH.search(version)
    return (version[: found.start()], int(found[1])) if found else (version, 0)


def key_with_patch(key: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a scheme's key function, made to put the number of the patch after the upstream version's key."""

    def patched(version: str) -> Any:
        text, patch = upstream(version)
        return (key(text), patch)

    return patched


def without_patch(tell: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a scheme's function that is asked about the upstream version only."""

    def told(version: str) -> Any:
        return tell(upstream(version)[0])

    return told
