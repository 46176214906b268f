"""Other tools' findings in a check: read in a confined process of their own, joined to those of the practices.

Asked only where reports are named (`--import`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from wardline.check.model import Examination, Request
from wardline.findings.identity import joined
from wardline.findings.importers import service
from wardline.findings.importers.model import Told
from wardline.findings.report import Coverage, Finding, Practice, Report
from wardline.kernel.text import printable


def imported_by(request: Request, progress: Callable[[str], None]) -> Report:
    """Return what the reports that a request names say, all together.

    Raises: `AskedWronglyError` where one is not there; `UnknownReportError` where one is in no format that is known.
    """
    return service.collected(_told(request, progress))


def _told(request: Request, progress: Callable[[str], None]) -> Iterator[Told]:
    for report in request.imports:
        progress(f"reading {printable(str(report))}")
        yield from service.examined(report, root=str(request.folder))


def with_imported(parts: Mapping[Practice, Examination], imported: Report) -> dict[Practice, Examination]:
    """Return the practices' parts with what other tools found: each wrong thing once at each place, ours before theirs.

    A finding that shares its fingerprint, or for a dependency an advisory, with one of ours is ours. What a report did
    not say, or could not be read, is a gap of the practice; each report is one more thing that was examined.
    """
    ours = [one for part in parts.values() for one in (*part.findings, *part.suppressed)]
    known = {one.fingerprint for one in ours}
    theirs = [one for one in joined((*imported.findings, *imported.suppressed), ours) if one.fingerprint not in known]
    new = list(_once(theirs))
    practices = [*parts, *sorted(({one.practice for one in new} | set(imported.coverage)) - set(parts))]
    together = {name: _with(parts.get(name, Examination()), name, new, imported) for name in practices}
    if imported.notes and practices:
        first = together[practices[0]]
        together[practices[0]] = first._replace(notes=(*first.notes, *imported.notes))
    return together


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    said = set()
    for one in findings:
        place = (one.fingerprint, one.file, one.location, one.package.version if one.package else "")
        if place not in said:
            said.add(place)
            yield one


def _with(part: Examination, practice: Practice, new: Sequence[Finding], imported: Report) -> Examination:
    found = [one for one in new if one.practice == practice]
    suppressed = [one for one in found if one.suppression is not None]
    coverage = imported.coverage.get(practice, Coverage())._replace(suppressed=len(suppressed))
    return part._replace(
        findings=(*part.findings, *(one for one in found if one.suppression is None)),
        suppressed=(*part.suppressed, *suppressed),
        gaps=(*part.gaps, *(gap for gap in imported.gaps if gap.practice == practice)),
        coverage=service.added(part.coverage, coverage),
    )
