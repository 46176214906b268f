"""What a tree is made of: third-party components, where each is named, and who brings whom. Pure values."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from wardline.findings.report import Gap


class Component(NamedTuple):
    """One third-party package at one version in one file.

    `ecosystem` is OSV's name. `groups` is empty where production needs it. `direct` is None where the file cannot
    tell. `paths` are chains of `name@version` from a direct dependency to this one, the shortest first. `date` is
    when this version was published, where the lockfile says so.
    """

    ecosystem: str
    name: str
    version: str
    purl: str
    file: str
    line: int | None
    groups: tuple[str, ...] = ()
    direct: bool | None = None
    paths: tuple[tuple[str, ...], ...] = ()
    date: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the component as JSON-ready values; `date` is for freshness and stands in no inventory."""
        row = {**self._asdict(), "groups": list(self.groups), "paths": [list(path) for path in self.paths]}
        del row["date"]
        return row


class Inventory(NamedTuple):
    """All components found, and what could not be read.

    `needs` maps an index into `components` to the indexes of what it needs; an index that is missing has no known
    needs (which is not the same as needing nothing).
    """

    components: Sequence[Component] = ()
    needs: Mapping[int, Sequence[int]] = MappingProxyType({})
    gaps: Sequence[Gap] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the `inventory --format json` document."""
        gaps = [
            {
                "practice": gap.practice,
                "scope": gap.scope,
                "reason": gap.reason,
                "remedy": gap.remedy,
                "units": gap.units,
            }
            for gap in self.gaps
        ]
        return {"packages": [component.to_dict() for component in self.components], "gaps": gaps}
