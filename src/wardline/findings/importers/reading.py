"""Another tool's report as findings and gaps, one after the other: recognised, read, told apart, accounted for.

Pure: a stream in, values out. What a stranger wrote is read in a confined process (see `service`); this is what runs in
there.
"""

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, Final

from wardline.findings.importers import recognition
from wardline.findings.importers.model import Account, Bounds, DamagedReportError, Format, Note, Told
from wardline.findings.importers.numbering import numbered
from wardline.findings.importers.source import Source
from wardline.findings.importers.surroundings import Surroundings
from wardline.findings.report import Coverage, Finding, Gap, Practice
from wardline.kernel.text import printable

_AGAIN: Final = "have its tool write it again, whole"


def read(
    stream: BinaryIO, format_name: str = "auto", *, bounds: Bounds | None = None, name: str = "report", root: str = ""
) -> Iterator[Told]:
    """Yield what a report says: findings (suppressed ones with their suppression), gaps, notes, and at last accounts.

    `stream` is seekable. `name` is what gaps call the report; `root` the absolute path of the examined tree, which is
    taken off absolute paths, and where what stands around a finding is read. A report that is damaged gives what was
    read before, and a gap that says where it ends.

    Raises: `UnknownReportError` where the format is not known, or not recognised.
    """
    source = Source(stream, bounds, root=root)
    try:
        known = recognition.recognise(source) if format_name == "auto" else recognition.named(format_name)
    except DamagedReportError as error:
        yield Gap("other", name, error.detail, error.hint)
        yield Account("other", Coverage(in_scope=1, gaps=1))
        return
    yield from _Reading(source, known, name).told()


class _Reading:
    """One report while it is read: what was found in it, and what was not."""

    def __init__(self, source: Source, known: Format, name: str) -> None:
        self._source = source
        self._format = known
        self._name = name
        self._practices: set[Practice] = set()
        self._gaps: dict[Practice, int] = {}
        self._left_out: Counter[Practice] = Counter()  # gaps that are not listed
        self._own_accounts: list[Account] = []
        self._beside: list[Told] = []  # what a reader says that is no finding
        self._complete = True
        self._tree = Surroundings(source.root) if source.root else None
        self._own = bool(known.plugin.declared.get("OWN"))

    def told(self) -> Iterator[Told]:
        """Yield everything, and the account of it."""
        findings = self._findings()
        if not self._own:
            findings = numbered(findings, together=self._source.bounds.reordered)
        for one in findings:
            self._practices.add(one.practice)
            yield one
            yield from self._told_beside()
        yield from self._told_beside()
        for reason, trouble in self._source.troubles.items():
            yield self._gap(Gap(self._format.practice, self._place(trouble.place), reason, _AGAIN, trouble.times))
        for practice, units in sorted(self._left_out.items()):
            yield self._gap(Gap(practice, ".", "more gaps than are listed", "see the report", units))
        if not (self._practices or self._gaps or recognition.fits(self._format, self._source)):
            self._complete = False
            reason = f"nothing in it is of the format {self._format.name}"
            yield self._gap(Gap(self._format.practice, self._name, reason, "name its own format, or none"))
        yield from self._own_accounts if self._whole else map(_unexamined, self._own_accounts)
        if not self._own or self._gaps:
            yield from self._accounts()

    def _told_beside(self) -> Iterator[Told]:
        yield from self._beside
        self._beside.clear()

    def _findings(self) -> Iterator[Finding]:
        """Yield the findings, and put the rest beside; whatever ends the reading is a gap."""
        count = listed = 0
        bounds = self._source.bounds
        try:
            for one in self._format.plugin.load().read(self._source):
                if isinstance(one, Finding):
                    if count >= bounds.max_findings:
                        self._ended(f"more than {bounds.max_findings:,} findings", "split the report, or its scope")
                        return
                    count += 1
                    yield self._tree.told(one) if self._tree and not self._own else one
                elif isinstance(one, Gap):
                    listed += 1
                    if listed > (bounds.max_own_gaps if self._own else bounds.max_gaps):
                        self._left_out[one.practice] += one.units
                    else:
                        self._beside.append(one if self._own else self._gap(one))
                elif isinstance(one, Account):
                    self._own_accounts.append(one)
                else:
                    self._beside.append(one)
        except DamagedReportError as error:
            self._ended(error.detail, error.hint)
        except Exception as error:  # noqa: BLE001 - a plug-in that fails is a gap, and what it gave before stands
            reason = f"reading it as {self._format.name} ended with {type(error).__name__}"
            self._ended(reason, "report this as a defect of Wardline, with the report if it may be shown")

    def _ended(self, reason: str, remedy: str) -> None:
        self._complete = False
        self._beside.append(self._gap(Gap(self._format.practice, self._name, reason, remedy)))

    def _gap(self, gap: Gap) -> Gap:
        """Return a gap whose scope says in which report (unless that is everything), counted."""
        scope = gap.scope if gap.scope.startswith(self._name) or gap.scope == "." else self._place(gap.scope)
        self._gaps[gap.practice] = self._gaps.get(gap.practice, 0) + gap.units
        return gap._replace(scope=printable(scope), reason=printable(gap.reason), remedy=printable(gap.remedy))

    def _place(self, place: str) -> str:
        return f"{self._name}: {place}" if place else self._name

    @property
    def _whole(self) -> bool:
        """Whether all of the report was read: else what it does not have may be what was not read."""
        return self._complete and not self._source.troubles

    def _accounts(self) -> Iterator[Account]:
        """Yield one account for each practice: a report that was read to its end is one thing that was examined.

        What was left out counts as a gap of the format's practice, and may have been of any that the report is about.
        """
        seen = set() if self._own else self._practices
        practices = seen | set(self._gaps) or {self._format.practice}
        for practice in sorted(practices):
            gaps = self._gaps.get(practice, 0)
            read = self._complete if practice == self._format.practice else self._whole
            examined = int(read and not self._own)
            yield Account(practice, Coverage(in_scope=examined + gaps, examined=examined, gaps=gaps))


def _unexamined(account: Account) -> Account:
    """Return a report's own account of a practice where not all of the report was read: then it vouches for nothing."""
    part = account.coverage
    return account._replace(coverage=part._replace(examined=0, gaps=part.in_scope))


__all__ = ["Account", "Bounds", "Note", "Told", "read"]
