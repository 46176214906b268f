"""A report of any size in bounded memory: its findings lie in a nameless file, by urgency, until they are shown."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import orjson

from wardline.findings.importers.model import Account, Note, Told
from wardline.findings.importers.service import added, counted
from wardline.findings.report import (
    SEVERITIES,
    Coverage,
    Finding,
    Gap,
    Practice,
    Report,
    Severity,
    finding_from_dict,
    finding_to_dict,
)

_SORTED_WHOLE: Final = 10_000
_INDENT: Final = orjson.OPT_INDENT_2

_Order = tuple[bool, bool, bool, int]


class Spooled:
    """All that a report says. A context manager: the file is gone at its end.

    Findings come most urgent first: up to ten thousand exactly as `check` orders them, beyond that by malware, known
    exploitation and severity, and within these as the report has them.
    """

    def __init__(self, told: Iterable[Told], *, fail_on: Severity = "low") -> None:
        """Take everything in."""
        self._file = TemporaryFile()  # noqa: SIM115 - closed by this object's own end
        self._size = 0
        self._places: dict[_Order, array[int]] = {}
        self._exact: list[tuple[bool, Any, int]] = []
        self.by_severity: Counter[Severity] = Counter()
        self.by_practice: Counter[Practice] = Counter()
        self.suppressed = 0
        self.rest = Report(fail_on=fail_on)
        self._blocks = False
        try:
            self._take(told)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        """Give the report."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let the file go."""
        self._file.close()

    def _take(self, told: Iterable[Told]) -> None:
        gaps: list[Gap] = []
        notes: list[str] = []
        coverage: dict[Practice, Coverage] = {}
        suppressed: Counter[Practice] = Counter()
        for one in told:
            match one:
                case Finding():
                    self._keep(one)
                    suppressed[one.practice] += one.suppression is not None
                case Gap():
                    gaps.append(one)
                case Note():
                    notes.append(one.text)
                case Account():
                    coverage[one.practice] = added(coverage.get(one.practice, Coverage()), one.coverage)
        self.rest = self.rest._replace(gaps=tuple(gaps), notes=tuple(notes), coverage=counted(coverage, suppressed))

    def _keep(self, one: Finding) -> None:
        line = orjson.dumps(finding_to_dict(one), option=orjson.OPT_APPEND_NEWLINE)
        hidden = one.suppression is not None
        order = (hidden, not one.blocks, one.exploited is None, SEVERITIES.index(one.severity))
        self._places.setdefault(order, array("Q")).append(self._size)
        if len(self._exact) <= _SORTED_WHOLE:
            self._exact.append((hidden, one.urgency(), self._size))
        self._file.write(line)
        self._size += len(line)
        if hidden:
            self.suppressed += 1
            return
        self.by_severity[one.severity] += 1
        self.by_practice[one.practice] += 1
        self._blocks = self._blocks or self.rest.blocking(one)

    @property
    def verdict(self) -> str:
        """Return the answer, as `Report.verdict` gives it."""
        return "block" if self._blocks else self.rest.verdict

    def findings(self, *, suppressed: bool = False) -> Iterator[Finding]:
        """Yield the findings that count, or those that are suppressed, most urgent first."""
        for line in self._lines(suppressed=suppressed):
            yield finding_from_dict(orjson.loads(line))

    def _lines(self, *, suppressed: bool) -> Iterator[bytes]:
        self._file.flush()
        for offset in self._ordered(suppressed=suppressed):
            self._file.seek(offset)
            yield self._file.readline()

    def _ordered(self, *, suppressed: bool) -> Iterator[int]:
        if len(self._exact) <= _SORTED_WHOLE:
            yield from (place for hidden, _, place in sorted(self._exact) if hidden == suppressed)
            return
        for order in sorted(self._places):
            if order[0] == suppressed:
                yield from self._places[order]

    def write_json(self, out: BinaryIO) -> None:
        """Write the document of `check --format json`, schema 1."""
        document = self.rest.to_dict() | {"verdict": self.verdict}
        for number, (name, value) in enumerate(document.items()):
            out.write(b",\n  " if number else b"{\n  ")
            out.write(orjson.dumps(name) + b": ")
            if name in {"findings", "suppressed"}:
                self._write_list(out, map(orjson.loads, self._lines(suppressed=name == "suppressed")))
            else:
                out.write(orjson.dumps(value, option=_INDENT).replace(b"\n", b"\n  "))
        out.write(b"\n}\n")

    def write_lines(self, out: BinaryIO) -> None:
        """Write the same as lines of JSON: the document without its findings, then one finding a line, as they count.

        For another program that takes them in: nothing is indented, and the first line says all but the findings. In it
        `findings` and `suppressed` are how many lines of each follow, in this order.
        """
        counts = {"findings": sum(self.by_severity.values()), "suppressed": self.suppressed}
        head = self.rest.to_dict() | {"verdict": self.verdict} | counts
        out.write(orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE))
        for hidden in (False, True):
            out.writelines(self._lines(suppressed=hidden))

    def _write_list(self, out: BinaryIO, documents: Iterator[dict[str, Any]]) -> None:
        between = b"[\n    "
        for document in documents:
            out.write(between + orjson.dumps(document, option=_INDENT).replace(b"\n", b"\n    "))
            between = b",\n    "
        out.write(b"\n  ]" if between[:1] == b"," else b"[]")
