"""A Maven project as far as its own files say it: parents that are in the tree, properties, managed versions.

What only a repository knows (a remote parent, an imported BOM) is not fetched; where a value depends on it, it stays
unresolved. Source: Maven's POM Reference, "Inheritance", "Properties", "Dependency Management", "Profiles".
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from wardline.check.dependencies.model import LockfileError, Source
from wardline.check.dependencies.reading import Element, load_xml

_MAX_PARENTS: Final = 30
_MAX_CHARS: Final = 1_000
_EXPRESSION: Final = re.compile(r"\$\{([^${}]*)\}")


class Dependency(NamedTuple):
    """A `<dependency>` as it is written: values may hold `${...}`; `profile` is empty outside of profiles."""

    group: str
    artifact: str
    version: str
    scope: str
    classifier: str
    kind: str
    profile: str
    line: int


class Pom(NamedTuple):
    """One `pom.xml`. `parent` names its parent (group, artifact, version), None where it has none.

    `parent_path` is where the parent's file may be, relative to this one; "" says that only a repository has it.
    """

    group: str
    artifact: str
    version: str
    parent: tuple[str, str, str] | None
    parent_path: str
    properties: dict[str, str]
    dependencies: list[Dependency]
    managed: list[Dependency]


class Chain:
    """A POM and its parents in the tree, the nearest first: what a value is, seen from the nearest.

    `remote` names the parent that is not in the tree ("group:artifact:version"), "" where there is none.
    """

    def __init__(self, poms: list[Pom], remote: str) -> None:
        """Keep the chain."""
        self.poms = poms
        self.remote = remote
        self._properties: dict[str, str] = {}
        for pom in reversed(poms):
            self._properties.update(pom.properties)
        self._properties.update(self._of_the_project())
        self._managed: dict[tuple[str, str, str, str], Dependency] = {}
        for pom in reversed(poms):
            self._managed.update((self._key(row), row) for row in pom.managed if row.scope != "import")

    def _of_the_project(self) -> dict[str, str]:
        own = self.poms[0]
        parent = own.parent or ("", "", "")
        group, version = self.coordinates
        values = {"groupId": group, "artifactId": own.artifact, "version": version}
        values |= {"parent.groupId": parent[0], "parent.artifactId": parent[1], "parent.version": parent[2]}
        return {prefix + key: value for key, value in values.items() if value for prefix in ("project.", "pom.")}

    @property
    def coordinates(self) -> tuple[str, str]:
        """Return the project's own group and version, as written: its own, else its parent's."""
        own = self.poms[0]
        parent = own.parent or ("", "", "")
        return own.group or parent[0], own.version or parent[2]

    def resolved(self, text: str) -> str:
        """Return `text` with its `${...}` replaced as far as they are known; a cycle stays as it is."""
        for _ in range(_MAX_PARENTS):
            if len(text) > _MAX_CHARS:
                break
            replaced = _EXPRESSION.sub(lambda match: self._properties.get(match[1].strip(), match[0]), text)
            if replaced == text:
                break
            text = replaced
        return text

    def managed(self, row: Dependency) -> Dependency | None:
        """Return the `dependencyManagement` entry that gives this dependency its version and scope."""
        return self._managed.get(self._key(row))

    def boms(self) -> list[str]:
        """Return the imported BOMs, as `group:artifact:version`."""
        rows = (row for pom in self.poms for row in pom.managed if row.scope == "import")
        return [":".join(map(self.resolved, (row.group, row.artifact, row.version))) for row in rows]

    def _key(self, row: Dependency) -> tuple[str, str, str, str]:
        kind = "jar" if row.kind in {"", "jar"} else row.kind
        return self.resolved(row.group), self.resolved(row.artifact), kind, row.classifier


def chain(source: Source) -> Chain:
    """Return the POM at `source` with its parents in the tree. Raises: `LockfileError` where it is none itself."""
    poms = [_pom(load_xml(source.data))]
    folder = "."
    seen = {posixpath.basename(source.path)}
    while (parent := poms[-1].parent) is not None:
        place, found = _parent(source, folder, poms[-1])
        if found is None or place in seen or len(poms) >= _MAX_PARENTS:
            return Chain(poms, ":".join(parent))
        seen.add(place)
        poms.append(found)
        folder = posixpath.dirname(place) or "."
    return Chain(poms, "")


def _parent(source: Source, folder: str, child: Pom) -> tuple[str, Pom | None]:
    """Return where the parent's file is and what it says; None where it is not in the tree, or another project's."""
    if not child.parent_path or child.parent is None:
        return "", None
    place = posixpath.normpath(posixpath.join(folder, child.parent_path))
    places = [place] if place.endswith(".xml") else [posixpath.join(place, "pom.xml"), place]
    for where in places:
        try:
            data = source.near(where)
            pom = _pom(load_xml(data)) if data is not None else None
        except LockfileError:
            continue
        if pom is not None:
            group = pom.group or (pom.parent or ("",))[0]
            return where, pom if (group, pom.artifact) == child.parent[:2] else None
    return place, None


def _pom(root: Element) -> Pom:
    if root.name != "project":
        raise LockfileError("not a Maven project", line=root.line)
    parent = root.child("parent")
    named, path = None, ""
    if parent is not None:
        named = (_value(parent, "groupId"), _value(parent, "artifactId"), _value(parent, "version"))
        path = _value(parent, "relativePath") if parent.child("relativePath") is not None else "../pom.xml"
    properties = _properties(root)
    dependencies = list(_dependencies(root, ""))
    managed = list(_dependencies(root.child("dependencyManagement"), ""))
    for profile in _children(root.child("profiles"), "profile"):
        dependencies += _dependencies(profile, _value(profile, "id") or "profile")
        if _active(profile):
            properties |= _properties(profile)
            managed += _dependencies(profile.child("dependencyManagement"), "")
    group, artifact, version = (_value(root, key) for key in ("groupId", "artifactId", "version"))
    return Pom(group, artifact, version, named, path, properties, dependencies, managed)


def _active(profile: Element) -> bool:
    activation = profile.child("activation")
    return activation is not None and _value(activation, "activeByDefault") == "true"


def _properties(element: Element) -> dict[str, str]:
    properties = element.child("properties")
    if properties is None:
        return {}
    said = ((row.name, "".join(row.text).strip()) for row in properties.children)
    return {name: value for name, value in said if len(value) <= _MAX_CHARS}


def _dependencies(element: Element | None, profile: str) -> Iterator[Dependency]:
    rows = element.child("dependencies") if element is not None else None
    for row in _children(rows, "dependency"):
        group, artifact, version = (_value(row, key) for key in ("groupId", "artifactId", "version"))
        scope, classifier, kind = (_value(row, key) for key in ("scope", "classifier", "type"))
        yield Dependency(group, artifact, version, scope, classifier, kind, profile, row.line)


def _children(element: Element | None, name: str) -> Iterator[Element]:
    return (child for child in element.children if child.name == name) if element is not None else iter(())


def _value(element: Element, name: str) -> str:
    return element.value(name) or ""
