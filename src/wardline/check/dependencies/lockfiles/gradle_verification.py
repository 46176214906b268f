"""Gradle's dependency verification: `gradle/verification-metadata.xml`.

It lists every module whose files the build may use, with their checksums: dependencies, plugins, and what both need.
Entries stay until somebody removes them, so a version that is no longer used may be among them (`gradle
--write-verification-metadata` after deleting the entries lists them anew). Components that are trusted by a pattern
(`trusted-artifacts`) are named nowhere, and are said so. Neither groups nor direct ones are told apart.

Source: Gradle User Manual, "Verifying dependencies", and its schema, "dependency-verification-1.3.xsd".
"""

from typing import Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_xml

ID = "gradle-verification"
TITLE = "verification-metadata.xml (Gradle)"
PATTERNS = ("gradle/verification-metadata.xml",)
ECOSYSTEMS = ("Maven",)

_REMEDY: Final = "run `gradle --write-verification-metadata sha256 help`, and commit the file"
_NAMED: Final = "lock the versions too: `gradle dependencies --write-locks`"


def read(source: Source) -> Lockfile:
    """Return the modules that the file has checksums of. Raises: `LockfileError`."""
    root = load_xml(source.data)
    components = root.child("components")
    if root.name != "verification-metadata" or (components is None and root.child("configuration") is None):
        raise LockfileError("not Gradle's verification metadata", hint=_REMEDY)
    gathering = Gathering()
    for component in components.children if components is not None else ():
        group, name, version = (component.attributes.get(key, "").strip() for key in ("group", "name", "version"))
        if component.name != "component" or not (group and name and version):
            gathering.skip(f"{group}:{name}", "has no group, name or version", _REMEDY, component.line)
        else:
            gathering.add(Package("Maven", f"{group}:{name}", version), component.line)
    configuration = root.child("configuration")
    trusted = configuration.child("trusted-artifacts") if configuration is not None else None
    for pattern in trusted.children if trusted is not None else ():
        if not _only_sources(pattern.attributes.get("file", "")):
            shown = ":".join(pattern.attributes.get(key, "*") for key in ("group", "name", "version"))
            gathering.skip(shown, "is trusted by a pattern, which names no versions", _NAMED, pattern.line)
    return gathering.lockfile()


def _only_sources(pattern: str) -> bool:
    return "sources" in pattern or "javadoc" in pattern
