"""SPDX's tag-value form, and what it has in common with the JSON form."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import LockfileError
from wardline.check.dependencies.sbom import Part, say_missing

VERSIONS: Final = frozenset({"SPDX-2.1", "SPDX-2.2", "SPDX-2.3"})
NO_PACKAGES: Final = frozenset({"FILE", "OPERATING-SYSTEM", "OPERATING_SYSTEM", "file", "operatingSystem", "data"})

_REMEDY: Final = "make the document anew, as SPDX 2.3 JSON"
_TAG: Final = re.compile(r"([A-Za-z0-9]+):[ \t]*(.*)")
_OPENS: Final = frozenset({"PackageName", "FileName", "SnippetSPDXID", "LicenseID"})


class Tag(NamedTuple):
    """One `Name: value`, and its line."""

    name: str
    value: str
    line: int


class Document(NamedTuple):
    """An SPDX document of any form: packages, relations (first, kind, second, group), and what it describes."""

    parts: list[Part]
    relations: list[tuple[str, str, str, str]]
    described: list[str]


def described_by(first: str, kind: str, second: str) -> tuple[str, ...]:
    """Return what this relation says the document describes."""
    if kind == "DESCRIBES" and first == "SPDXRef-DOCUMENT":
        return (second,)
    return (first,) if kind == "DESCRIBED_BY" and second == "SPDXRef-DOCUMENT" else ()


def related(relations: Sequence[tuple[str, str, str, str]]) -> set[str]:
    """Return the elements that the relations name."""
    return {first for first, _, _, _ in relations} | {second for _, _, second, _ in relations}


def tagged(content: str, gathering: Gathering) -> Document:
    """Return a tag-value document (SPDX 2.3, clauses 6 to 11). Raises: `LockfileError`."""
    tags = list(_tags(content))
    if next((tag.value for tag in tags if tag.name == "SPDXVersion"), "") not in VERSIONS:
        raise LockfileError("not an SPDX tag-value document of version 2.1 to 2.3", hint=_REMEDY)
    parts = list(_parts(tags))
    relations, described = _relations(tags)
    known = {tag.value for tag in tags if tag.name.endswith("SPDXID")} | {"NONE", "NOASSERTION"}
    say_missing(known, related(relations), gathering, _REMEDY)
    if parts and not relations:
        gathering.skip("this document", "has no relationships: it may be cut short", _REMEDY)
    return Document(parts, relations, described)


def _relations(tags: Sequence[Tag]) -> tuple[list[tuple[str, str, str, str]], list[str]]:
    relations: list[tuple[str, str, str, str]] = []
    described: list[str] = []
    for tag in tags:
        words = tag.value.split() if tag.name == "Relationship" else []
        if len(words) == 3:
            first, kind, second = words[0], words[1].upper(), words[2]
            relations.append((first, kind, second, ""))
            described += described_by(first, kind, second)
    return relations, described


def _parts(tags: Sequence[Tag]) -> Iterator[Part]:
    """Yield the packages: each reaches from its `PackageName` to the next thing that is described."""
    stanza: list[Tag] = []
    for tag in (*tags, Tag("PackageName", "", 0)):
        if tag.name in _OPENS:
            if stanza:
                yield from _part(stanza)
            stanza = []
        if stanza or tag.name == "PackageName":
            stanza.append(tag)


def _part(stanza: Sequence[Tag]) -> Iterator[Part]:
    said = {tag.name: tag.value for tag in reversed(stanza)}
    purl, line = "", stanza[0].line
    for tag in stanza:
        words = tag.value.split() if tag.name == "ExternalRef" else []
        if len(words) == 3 and words[1] == "purl":
            purl, line = words[2], tag.line
            break
    if purl or said.get("PrimaryPackagePurpose") not in NO_PACKAGES:
        yield Part(said.get("SPDXID", ""), purl, said["PackageName"], said.get("PackageVersion", ""), (), line)


def _tags(content: str) -> Iterator[Tag]:
    """Yield the tags; a `<text>` of several lines is skipped over, since no tag that counts here has one."""
    opened = 0
    for number, line in enumerate(content.split("\n"), 1):
        if opened:
            if "</text>" in line:
                opened = 0
            continue
        match = _TAG.match(line)
        if match is None:
            continue
        value = match[2].strip()
        if value.startswith("<text>") and "</text>" not in value:
            opened = number
            continue
        yield Tag(match[1], value.removeprefix("<text>").removesuffix("</text>").strip(), number)
    if opened:
        raise LockfileError("a <text> does not end: the document is cut short", line=opened, hint=_REMEDY)
