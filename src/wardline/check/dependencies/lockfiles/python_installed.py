"""Installed Python packages: the `METADATA` of a `*.dist-info`, and the older `*.egg-info`.

Each is one package of its own. One that was installed from a folder (`direct_url.json` with `dir_info`) is the
project's own. It is direct where the installer noted that somebody asked for it (`REQUESTED`).

Source: PyPA's specifications, "Recording installed projects", "Core metadata", "Direct URL".
"""

import re
from typing import Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import decoded, load_json, mapping

ID = "python-installed"
TITLE = "installed package (Python)"
PATTERNS = (
    "*.dist-info/METADATA",
    "site-packages/*.egg-info/PKG-INFO",
    "dist-packages/*.egg-info/PKG-INFO",
    "site-packages/*.egg-info",
    "dist-packages/*.egg-info",
)
ECOSYSTEMS = ("PyPI",)
UPGRADE = "pip install {name}=={version}"

_REMEDY: Final = "reinstall the package"
_FIELD: Final = re.compile(r"^(Name|Version):[ \t]*(\S+)[ \t]*$", re.MULTILINE | re.IGNORECASE)


def read(source: Source) -> Lockfile:
    """Return the one package that is installed. Raises: `LockfileError`."""
    head = decoded(source.data).partition("\n\n")[0]
    fields = {match[1].lower(): (match[2], match.start()) for match in reversed(list(_FIELD.finditer(head)))}
    if fields.keys() != {"name", "version"}:
        raise LockfileError("no name and version: not a package's metadata", hint=_REMEDY)
    gathering = Gathering()
    if source.path.endswith("/METADATA") and _from_a_folder(source):
        return gathering.lockfile()
    name, at = fields["name"]
    direct = True if source.path.endswith("/METADATA") and _was_asked_for(source) else None
    gathering.add(Package("PyPI", name, fields["version"][0], (), direct), head.count("\n", 0, at) + 1)
    return gathering.lockfile()


def _was_asked_for(source: Source) -> bool:
    try:
        return source.near("REQUESTED") is not None
    except LockfileError:
        return False


def _from_a_folder(source: Source) -> bool:
    try:
        data = source.near("direct_url.json")
        return data is not None and isinstance(mapping(load_json(data)).get("dir_info"), dict)
    except LockfileError:
        return False
