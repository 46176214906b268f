"""What reading another tool's report gives, how much it may use, and how it fails."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from wardline.findings.report import Coverage, Finding, Gap, Practice
from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.kernel.plugins import Plugin

if TYPE_CHECKING:
    from wardline.findings.importers.source import Source

_MB: Final = 1024 * 1024


class Bounds(NamedTuple):
    """How much one report may use. What is beyond is a gap that says so, never silently left out."""

    max_bytes: int = 1024 * _MB  # after decompression
    max_element_bytes: int = 8 * _MB  # one result, one issue, one line
    max_findings: int = 1_000_000
    max_gaps: int = 1000
    max_own_gaps: int = 20_000  # in a report of Wardline's own
    max_known: int = 200_000  # rules, packages, files: what a result refers to
    reordered: int = 8192  # findings that are held back so that their order in the report makes no difference
    seconds: float = 900.0


class Account(NamedTuple):
    """How much of one practice's scope the report's author says was examined."""

    practice: Practice
    coverage: Coverage


class Note(NamedTuple):
    """What the reader of a report should know and no verdict depends on."""

    text: str


Told = Finding | Gap | Note | Account
Reader = Callable[["Source"], Iterator[Told]]


class Format(NamedTuple):
    """One report format: its plug-in, and what its file declares (see `wardline.findings.importers.formats`)."""

    name: str
    title: str
    kind: str  # "json", "xml" or "csv"
    practice: Practice
    signs: tuple[tuple[str, ...], ...]  # any of these sets of shapes, each all there, is this format
    plugin: Plugin


class UnknownReportError(AskedWronglyError):
    """A report in no format that is known, or not in the one that was named."""

    code = "unknown-report"


class DamagedReportError(CannotSayError):
    """A report that cannot be read on from some place: cut short, malformed, too large. What came before stands."""

    code: ClassVar[str] = "damaged-report"
