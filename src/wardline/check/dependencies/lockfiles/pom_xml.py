"""Maven: the direct dependencies of a `pom.xml`.

A POM is no lockfile: what its dependencies need in turn is decided by their own POMs, in a repository. That is one gap
for each `pom.xml` that has dependencies, or a parent that only a repository has. Properties, parents in the tree,
`dependencyManagement` and active-by-default profiles are followed; a dependency whose version is a range, or comes from
a remote parent or an imported BOM, is not examined, and is said so. An SBOM beside it (`bom.json` or `bom.xml`, as
Maven's CycloneDX plugin writes it) that names the project and every one of its direct dependencies closes all of these
gaps: it is read by itself.

Scopes `test` and `provided` are groups, and so is the profile that a dependency stands in. A dependency on the
project's own group and version is another module of the same build, and is left out. What a parent in the tree asks for
is reported there, and here only where this project sees another version of it. Build plugins are not dependencies.

Source: Maven's POM Reference; "Introduction to the Dependency Mechanism"; its version requirement specification.
"""

import re
from collections.abc import Sequence
from typing import Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.pom import Chain, Dependency, chain
from wardline.findings.purl import purl

ID = "pom-xml"
TITLE = "pom.xml (Maven)"
PATTERNS = ("pom.xml", "*.pom")
ECOSYSTEMS = ("Maven",)
UPGRADE = "mvn versions:use-dep-version -Dincludes={name} -DdepVersion={version} -DforceVersion=true"

_SBOM: Final = (
    "run `mvn org.cyclonedx:cyclonedx-maven-plugin:makeBom -DoutputDirectory=. -DoutputFormat=json"
    " -DincludeTestScope=true`, and commit the bom.json beside each pom.xml"
)
_FIXED: Final = re.compile(r"\[\s*([^\[\](),\s]+)\s*\]")  # the one range that is a version
_UNKNOWN: Final = re.compile(r"[\[\](),\s$]|LATEST|RELEASE")
_GROUPS: Final = frozenset({"test", "provided"})


def read(source: Source) -> Lockfile:
    """Return the direct dependencies of a POM. Raises: `LockfileError`."""
    project = chain(source)
    gathering = Gathering()
    foreign = [(row, _package(project, row)) for row in project.poms[0].dependencies if not _own(project, row)]
    for depth, parent in enumerate(project.poms[1:], 1):
        above = Chain(project.poms[depth:], project.remote)
        for row in parent.dependencies:
            package = _package(project, row)
            if package != _package(above, row) and not _own(project, row):
                foreign.append((row._replace(line=1), package))
    covered = _covered(source, project, [package for _, package in foreign])
    for row, package in foreign:
        why = _unknown(project, package)
        if not why:
            gathering.add(package, row.line)
        elif not covered:
            gathering.skip(package.name, why, _SBOM, row.line)
    if (foreign or project.remote) and not covered:
        what = "what the dependencies need in turn is in no pom.xml"
        if project.remote:
            what = f"what the parent {project.remote} brings, and {what}"
        gathering.skip("transitive dependencies", what, _SBOM)
    return gathering.lockfile()


def _unknown(project: Chain, package: Package) -> str:
    """Return why this dependency cannot be examined, "" where it can."""
    if not package.version:
        sources = [*project.boms(), *([f"the parent {project.remote}"] if project.remote else [])]
        return f"has no version here: it is managed by {' or '.join(sources[:3]) or 'nothing in this project'}"
    if _UNKNOWN.search(package.name) or not all(package.name.split(":")):
        return "has a name that is not known here"
    if _UNKNOWN.search(package.version):
        why = "a property that is not known here" if "${" in package.version else "a range or a keyword"
        return f"has the version {package.version!r:.80}, {why}"
    return ""


def _covered(source: Source, project: Chain, packages: Sequence[Package]) -> bool:
    """Return whether an SBOM beside the POM is the project's own, and as new as its direct dependencies."""
    own = project.poms[0]
    wanted = [f"/{own.artifact}@"]
    for package in packages:
        version = "" if _unknown(project, package) else package.version
        wanted.append(f"{purl('Maven', package.name, version).partition('@')[0]}@{version}")
    for name in ("bom.json", "bom.xml"):
        try:
            data = source.near(name)
        except LockfileError:
            continue
        if data is not None and b"cyclonedx" in data[:10_000].lower() and _names(data, wanted):
            return True
    return False


def _names(data: bytes, wanted: Sequence[str]) -> bool:
    return all(text.encode("utf-8", "replace") in data for text in wanted)


def _package(project: Chain, row: Dependency) -> Package:
    managed = project.managed(row)
    version = row.version or (managed.version if managed else "")
    scope = project.resolved(row.scope or (managed.scope if managed else ""))
    name = f"{project.resolved(row.group)}:{project.resolved(row.artifact)}"
    groups = ((scope,) if scope in _GROUPS else ()) or ((row.profile,) if row.profile else ())
    version = project.resolved(version).strip()
    fixed = _FIXED.fullmatch(version)
    return Package("Maven", name, fixed[1] if fixed else version, groups, direct=True)


def _own(project: Chain, row: Dependency) -> bool:
    """Return whether a dependency is another module of the same build: of the same group, and at its own version."""
    group, version = map(project.resolved, project.coordinates)
    managed = project.managed(row)
    wanted = project.resolved(row.version or (managed.version if managed else ""))
    return bool(group and version) and (project.resolved(row.group), wanted) == (group, version)
