"""SBOMs whose name does not say which: `sbom.json`, `sbom.xml` and the like, read as what they turn out to be.

See CycloneDX and SPDX.
"""

from wardline.check.dependencies.lockfiles import cyclonedx, spdx
from wardline.check.dependencies.model import Lockfile, LockfileError, Source
from wardline.check.dependencies.reading import load_json, mapping, unmarked

ID = "sbom"
TITLE = "SBOM"
PATTERNS = ("sbom.json", "sbom.xml", "*.sbom.json", "*.sbom.xml")
ECOSYSTEMS: tuple[str, ...] = ()


def read(source: Source) -> Lockfile:
    """Return the packages of an SBOM. Raises: `LockfileError`."""
    if unmarked(source.data).lstrip()[:1] == b"<":
        return cyclonedx.read(source)
    document = mapping(load_json(source.data))
    if "bomFormat" in document:
        return cyclonedx.of_json(document, source.data)
    if "spdxVersion" in document or "@graph" in document:
        return spdx.of_json(document, source.data)
    raise LockfileError("neither CycloneDX nor SPDX", hint="make it anew as one of them")
