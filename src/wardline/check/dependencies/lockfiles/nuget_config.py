"""NuGet's older `packages.config`: every package of a project, direct and transitive, at one version.

`developmentDependency="true"` is the group "dev". The format does not say what is direct, or who brings whom.

Source: "packages.config reference" in NuGet's documentation.
"""

from typing import Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_xml

ID = "nuget-config"
TITLE = "packages.config (NuGet)"
PATTERNS = ("packages.config", "packages.*.config")
ECOSYSTEMS = ("NuGet",)
UPGRADE = "nuget update packages.config -Id {name} -Version {version}"

_REMEDY: Final = 'give each package an exact version: `<package id="..." version="1.2.3" />`'


def read(source: Source) -> Lockfile:
    """Return the packages of a `packages.config`. Raises: `LockfileError`."""
    root = load_xml(source.data)
    if root.name != "packages":
        raise LockfileError("not a packages.config", hint=_REMEDY)
    gathering = Gathering()
    for row in root.children:
        name, version = row.attributes.get("id", "").strip(), row.attributes.get("version", "").strip()
        if row.name != "package" or not name or not version:
            gathering.skip(name, "has no id or version", _REMEDY, row.line)
            continue
        development = row.attributes.get("developmentDependency", "").strip().lower() == "true"
        gathering.add(Package("NuGet", name, version, ("dev",) if development else ()), row.line)
    return gathering.lockfile()
