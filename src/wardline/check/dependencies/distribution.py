"""Which Linux distribution a root file system is, as OSV names it: from its `os-release`.

Source: os-release(5), and the OSV schema's table of ecosystems.
"""

import re
from typing import Final

from wardline.check.dependencies.model import LockfileError, Source
from wardline.check.dependencies.reading import decoded
from wardline.findings.purl import parsed

_LINE: Final = re.compile(r"""^(ID|VERSION_ID)=(["']?)([^"'\n]*)\2[ \t]*$""", re.MULTILINE)


def ecosystem(source: Source, kind: str, root: str) -> str:
    """Return OSV's ecosystem ("Debian:12") for packages of purl type `kind` below `root`, relative to the file.

    Raises: `LockfileError` where the distribution is not known, or is one that advisories do not cover.
    """
    data = _first(source, f"{root}/etc/os-release", f"{root}/usr/lib/os-release")  # the first is often a link
    if data is None:
        hint = "examine the whole root file system, with etc/os-release or usr/lib/os-release"
        raise LockfileError("no os-release says which distribution this is", hint=hint)
    said = {key: value for key, _, value in _LINE.findall(decoded(data))}
    name, release = said.get("ID", "").lower(), said.get("VERSION_ID", "")
    found = parsed(f"pkg:{kind}/{name}/x@1?distro={name}-{release}") if re.fullmatch(r"[a-z0-9._-]+", name) else None
    if found is None:
        raise LockfileError(f"advisories do not cover the distribution {name!r:.60}", hint="make an SBOM of it")
    return found[0]


def _first(source: Source, *places: str) -> bytes | None:
    for place in places:
        try:
            data = source.near(place)
        except LockfileError:
            continue
        if data is not None:
            return data
    return None
