"""One report while it comes in: what was counted, and what waits for its end. It lives in one call and nowhere else."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from wardline.catalog.model import Service
from wardline.findings import places
from wardline.findings.keeping import Keeper
from wardline.findings.matching import Stay
from wardline.findings.report import Finding

MOST_STAYING: Final = 100_000  # where more stay, files of the others are told by less
Waiting = tuple[Finding, list[str], str | None]  # with its files, and the finding that once had its name


@dataclass(slots=True)
class Arrival:
    """A report whose turn it is."""

    report: str
    service: Service
    source: str
    at: datetime
    stale: bool
    fence: int
    first: bool  # this source reported nothing before: nothing can have moved
    before: Mapping[str, Any]  # what an attempt that was cut off had counted
    covered: Sequence[tuple[Collection[str], places.Unexamined]]  # what newer reports looked at
    opened: int = 0
    reopened: int = 0
    seen: int = 0
    fixed: int = 0
    moved: int = 0
    ambiguous: int = 0
    introduced: int = 0
    ignored: int = 0
    names: set[int] = field(default_factory=set)  # fingerprints as numbers: a third of the memory of their texts
    waiting: list[Waiting] = field(default_factory=list)
    weight: int = 0  # of what waits, in characters
    stayed: list[tuple[str, str, int]] = field(default_factory=list)  # the place before, and the file and line now
    keeper: Keeper | None = None  # of the one transaction of a small report

    def take(self) -> list[Waiting]:
        """Return what waits, and have nothing wait any more."""
        taken, self.waiting, self.weight = self.waiting, [], 0
        return taken

    def leave(self, numbers: Collection[int]) -> None:
        """Take some of what waits away, by their places."""
        self.waiting = [one for number, one in enumerate(self.waiting) if number not in numbers]

    def wait(self, finding: Finding, files: list[str], once: str | None) -> None:
        """Have a finding wait for the end."""
        self.waiting.append((finding, files, once))
        self.weight += weight(finding)

    def has(self, fingerprint: str) -> bool:
        """Return whether the report has named this finding so far."""
        return int(fingerprint, 16) in self.names

    def stay(self, place: str, finding: Finding) -> None:
        """Note where a known finding was and is: by it, others of its file are known again."""
        if finding.file and finding.line and len(self.stayed) < MOST_STAYING:
            self.stayed.append((place, finding.file, finding.line))

    def stays(self) -> Iterator[Stay]:
        """Yield where the known findings were and are."""
        for place, file, line in self.stayed:
            before, _, number = place.rpartition(":")
            if number.isdecimal():
                yield Stay(before, int(number), file, line)

    def grouped(self, findings: Sequence[Finding]) -> dict[str, list[Finding]]:
        """Return findings by fingerprint, the most urgent of each first, without those of an earlier piece."""
        found: dict[str, list[Finding]] = {}
        for finding in findings:
            here = found.get(finding.fingerprint)
            if here is not None:
                here.append(finding)
            elif not self.has(finding.fingerprint):
                found[finding.fingerprint] = [finding]
        self.names.update(int(name, 16) for name in found)
        for some in found.values():
            if len(some) > 1:
                some.sort(key=Finding.urgency)
        return found

    def looked_at(self, finding: Finding) -> bool:
        """Return whether a newer report looked where this finding is: then that one knows better."""
        files = [finding.file] if finding.file else []
        return any(
            finding.practice in complete
            and not unexamined.hides(finding.practice, files, package=finding.package.name if finding.package else "")
            for complete, unexamined in self.covered
        )

    def counts(self) -> dict[str, int]:
        """Return what was counted, with what an earlier attempt at the same report had changed."""
        changed = {
            name: getattr(self, name) + int(self.before.get(name, 0))
            for name in ("opened", "reopened", "fixed", "moved")
        }
        twice = sum(int(self.before.get(name, 0)) for name in ("opened", "reopened", "moved"))
        return {
            **changed,
            "seen": max(0, self.seen - twice),
            "ambiguous": self.ambiguous,
            "introduced": self.introduced,
            "ignored": self.ignored,
            "findings": len(self.names),
        }


def weight(finding: Finding) -> int:
    """Return about how many characters a finding has: what memory a stranger's words take."""
    return len(repr(finding))
