"""Debian's and Ubuntu's installed packages: `var/lib/dpkg/status`, and `status.d/` of images without dpkg.

Advisories name source packages, so each installed package is reported as its source, at the source's version. The
distribution and its release come from `os-release`. Packages that are removed but for their configuration do not count.

Source: dpkg(1), "Information about packages"; Debian Policy 5.6.1 and 5.6.12; deb-control(5), `Source`.
"""

import re
from collections.abc import Iterator
from typing import Final

from wardline.check.dependencies.distribution import ecosystem
from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import decoded

ID = "dpkg-status"
TITLE = "installed packages (dpkg)"
PATTERNS = ("var/lib/dpkg/status", "var/lib/dpkg/status.d/*")
ECOSYSTEMS = ("Debian", "Ubuntu")
UPGRADE = "apt-get install --only-upgrade {name}"

_REMEDY: Final = "reinstall the packages, or examine a whole root file system"
_SOURCE: Final = re.compile(r"(\S+)(?: \((\S+)\))?")
_FIELD: Final = re.compile(r"(Package|Status|Version|Source): *(.*)")


def read(source: Source) -> Lockfile:
    """Return the source packages of what is installed. Raises: `LockfileError`."""
    single = source.path.rpartition("/")[0].endswith("status.d")
    gathering = Gathering()
    if single and source.path.endswith(".md5sums"):
        return gathering.lockfile()
    distribution = ecosystem(source, "deb", "../../../.." if single else "../../..")
    found = False
    for fields, line in _stanzas(decoded(source.data)):
        found = True
        name, version = fields.get("Package", ""), fields.get("Version", "")
        if fields.get("Status", "").endswith((" not-installed", " config-files")):
            continue
        match = _SOURCE.fullmatch(fields.get("Source", name).strip())
        if not name or not version or match is None:
            gathering.skip(name, "has no name or version", _REMEDY, line)
            continue
        gathering.add(Package(distribution, match[1], match[2] or version), line)
    if not found:
        raise LockfileError("no package: not dpkg's status", hint=_REMEDY)
    return gathering.lockfile()


def _stanzas(content: str) -> Iterator[tuple[dict[str, str], int]]:
    fields: dict[str, str] = {}
    start = 1
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            if fields:
                yield fields, start
            fields = {}
        elif match := _FIELD.match(line):
            if not fields:
                start = number
            fields.setdefault(match[1], match[2].strip())
    if fields:
        yield fields, start
