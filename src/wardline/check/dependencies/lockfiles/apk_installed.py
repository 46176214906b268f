"""Alpine's installed packages: `lib/apk/db/installed`, of Wolfi and Chainguard too.

Advisories name the package that is built (`o:`, the origin), so each installed package is reported as its origin. The
distribution and its release come from `os-release`.

Source: apk-tools' "APK installed database" format: `P:` name, `V:` version, `o:` origin; a blank line ends a package.
"""

from typing import Final

from wardline.check.dependencies.distribution import ecosystem
from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import decoded

ID = "apk-installed"
TITLE = "installed packages (apk)"
PATTERNS = ("lib/apk/db/installed",)
ECOSYSTEMS = ("Alpine", "Wolfi", "Chainguard")
UPGRADE = "apk add --upgrade {name}"

_REMEDY: Final = "run `apk fix`, or examine a whole root file system"


def read(source: Source) -> Lockfile:
    """Return the origins of what is installed. Raises: `LockfileError`."""
    root = "../../../.." if source.path.endswith("usr/lib/apk/db/installed") else "../../.."
    distribution = ecosystem(source, "apk", root)
    gathering = Gathering()
    fields: dict[str, str] = {}
    found = False
    for number, line in enumerate([*decoded(source.data).split("\n"), ""], 1):
        if line[1:2] == ":" and line[0] in "PVo":
            fields.setdefault(line[0], line[2:].strip())
            fields.setdefault("line", str(number))
        elif not line.strip() and fields:
            found = True
            name, version = fields.get("P", ""), fields.get("V", "")
            if name and version:
                gathering.add(Package(distribution, fields.get("o") or name, version), int(fields["line"]))
            else:
                gathering.skip(name, "has no name or version", _REMEDY, int(fields["line"]))
            fields = {}
    if not found:
        raise LockfileError("no package: not apk's database", hint=_REMEDY)
    return gathering.lockfile()
