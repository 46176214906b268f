"""What a software bill of materials lists: the packages of all lockfiles, merged where they are the same one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from wardline.findings.inventory import Component, Inventory
from wardline.findings.report import Finding, PackageRef
from wardline.kernel.text import printable

_MAX_REF_CHARS: Final = 1_000

PartKey = tuple[str, str, str, str]


@dataclass(slots=True)
class Part:
    """One package at one version, wherever it is locked.

    `ref` identifies it in the document: its purl, which is unique here. `groups` is empty where any place needs it in
    production. `direct` is True where any place asks for it, None where no place can tell. `needs` are indexes of other
    parts, together from all places; None where no place knows them.
    """

    ref: str
    name: str
    version: str
    purl: str
    ecosystem: str
    places: list[tuple[str, int | None]] = field(default_factory=list)
    groups: set[str] | None = None
    direct: bool | None = None
    needs: dict[int, None] | None = None

    @property
    def key(self) -> PartKey:
        """Return what tells it from other parts."""
        return (self.ecosystem, self.name, self.version, self.purl)

    @property
    def required(self) -> bool:
        """Return whether production needs it."""
        return not self.groups


def parts_of(inventory: Inventory | None, findings: Iterable[Finding] = ()) -> list[Part]:
    """Return the parts in order of their names; packages that only findings name are added without a graph."""
    merged: dict[PartKey, Part] = {}
    components: Sequence[Component] = inventory.components if inventory else ()
    found = [_merge(merged, component) for component in components]
    for finding in findings:
        if finding.package is not None:
            package = finding.package
            key = part_key(package)
            if key not in merged:
                _merge(merged, Component(*key, finding.file or "", finding.line))
    parts = sorted(merged.values(), key=lambda part: (part.ref, part.key))
    index = {id(part): number for number, part in enumerate(parts)}
    for number, needs in (inventory.needs if inventory else {}).items():
        if 0 <= number < len(found):
            known = found[number].needs = found[number].needs or {}
            wanted = (index[id(found[one])] for one in needs if 0 <= one < len(found))
            known.update(dict.fromkeys(one for one in wanted if parts[one] is not found[number]))
    return _unique(parts)


def part_key(package: Component | PackageRef) -> PartKey:
    """Return the key of the part that a component or a finding's package is."""
    return (package.ecosystem, package.name, package.version, package.purl)


def _merge(merged: dict[PartKey, Part], one: Component) -> Part:
    key = part_key(one)
    part = merged.get(key)
    if part is None:
        ref = printable(one.purl or f"{one.ecosystem}:{one.name}@{one.version}", max_chars=_MAX_REF_CHARS)
        part = merged[key] = Part(ref, one.name, one.version, one.purl, one.ecosystem, groups=set(one.groups))
    elif part.groups:
        part.groups = part.groups | set(one.groups) if one.groups else set()
    if one.file:
        part.places.append((one.file, one.line))
    if one.direct is not None:
        part.direct = part.direct or one.direct
    return part


def _unique(parts: list[Part]) -> list[Part]:
    """Return the parts with no `ref` twice: hostile names can make two packages' purls the same."""
    seen: set[str] = set()
    for number, part in enumerate(parts):
        if part.ref in seen:
            part.ref = f"{part.ref}#wardline:{number}"
        seen.add(part.ref)
    return parts
