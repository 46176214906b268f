"""A repository on this machine becomes a service of the platform, and its check's report is received."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from wardline.catalog.room import slug_of
from wardline.catalog.sources import tree
from wardline.catalog.sources.tree import TreeFacts
from wardline.findings.model import Receipt, Upload
from wardline.findings.report import Practice, Report
from wardline.findings.waivers.repository import written
from wardline.kernel.identity.model import PLATFORM
from wardline.main.checking import Checked
from wardline.services import Services

SOURCE: Final = "wardline check"
_MAX_BYTES: Final = 1024 * 1024


def received(services: Services, repository: Path, checked: Checked) -> Receipt:
    """Register the repository as a service, read what its files say of it, and receive its report.

    Raises: `WardlineError` where a file that decides something cannot be read, or the database does not answer.
    """
    facts = tree.read(dict(_files(repository)))
    slug = _slug(facts, repository)
    service = services.catalog.import_tree(PLATFORM, slug, facts)
    receipt = services.findings.receive(PLATFORM, upload(service.id, checked, services.clock()))
    files = written(repository)
    services.waivers.read_files(
        PLATFORM,
        service.id,
        {one.path: one.content for one in files},
        {one.path: one.authors for one in files},
    )
    return receipt


def upload(service: str, checked: Checked, at: datetime) -> Upload:
    """Return a check's report as it is received: complete in every practice that was looked at.

    `at` makes it a report of its own: what was repaired and is back again is told from the same report sent twice.
    """
    report = checked.report
    return Upload(
        service=service,
        source=SOURCE,
        findings=(*report.findings, *report.suppressed),
        gaps=tuple(gap._asdict() for gap in report.gaps),
        complete=complete(report),
        commit=checked.revision,
        at=at,
    )


def complete(report: Report) -> frozenset[Practice]:
    """Return the practices that were looked at; what was left out of them is among the gaps, and closes nothing."""
    return frozenset(name for name, part in report.coverage.items() if part.examined)


def _slug(facts: TreeFacts, repository: Path) -> str:
    named = (facts.service.name if facts.service else None) or (facts.components[0].name if facts.components else None)
    return slug_of(named or repository.name)


def _files(repository: Path) -> Iterator[tuple[str, bytes]]:
    for place in tree.PLACES:
        content = _content(repository / place)
        if content is not None:
            yield place, content


def _content(path: Path) -> bytes | None:
    """Return a plain file's bytes, up to a bound; links lead nowhere here."""
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as opened:
        return opened.read(_MAX_BYTES)
