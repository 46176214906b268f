"""Other tools' reports for the faces: read in a confined process, given one finding after the other, put together.

    for told in examined(Path("semgrep.sarif")): ...  # Finding, Gap, Note, Account

The report is a stranger's work: the process that reads it sees no other file than those of the tree that it is about,
where that is named, and no network, and has bounded time and memory. What it says is checked again on this side. Memory
holds neither the report nor its findings.
"""

import stat
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from wardline.findings.importers.model import Account, Bounds, Note, Told, UnknownReportError
from wardline.findings.report import Coverage, Finding, Gap, Practice, Report, Severity, most_urgent_first
from wardline.kernel import sandbox
from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.kernel.sandbox import Limits
from wardline.kernel.text import printable

if TYPE_CHECKING:
    from wardline.findings.importers.transport import Sender

STANDARD_INPUT: Final = "-"
_CHUNK_BYTES: Final = 256 * 1024
_MEMORY_BYTES: Final = 512 * 1024 * 1024
_MAX_TOLD_BYTES: Final = 4 * 1024 * 1024 * 1024


def examined(
    report: Path | str, format_name: str = "auto", *, bounds: Bounds | None = None, root: str = ""
) -> Generator[Told, None, None]:
    """Yield what the report in a file says, or on standard input where `report` is `"-"`.

    What came before the reading process died, or the report broke off, stands, and a gap says where. `root` is the
    absolute path of the tree that the report is about, where known: what stands around a finding is read from it.

    Raises: `AskedWronglyError` where there is no such file; `UnknownReportError` where the format is not known.
    """
    bounds = bounds or Bounds()
    with _whole(report, bounds) as path:
        name = "standard input" if str(report) == STANDARD_INPUT else printable(Path(report).name, max_chars=200)
        yield from _sandboxed(path, format_name, bounds, name, root)


def _sandboxed(path: Path, format_name: str, bounds: Bounds, name: str, root: str) -> Iterator[Told]:
    from wardline.findings.importers import reading, transport  # before the fork: the child then has them
    from wardline.findings.importers.recognition import formats

    formats()

    def work(_: object, send: Any) -> bytes:
        sender: Sender = transport.Sender(send)
        with path.open("rb") as stream:
            sender.all(reading.read(stream, format_name, bounds=bounds, name=name, root=root))
        return b""

    limits = Limits(
        wall_seconds=bounds.seconds,
        cpu_seconds=int(bounds.seconds),
        memory_bytes=_MEMORY_BYTES,
        max_processes=1,
        max_answer_bytes=_MAX_TOLD_BYTES,
    )
    tree = [Path(root)] if root and Path(root).is_dir() else []
    for heard in sandbox.stream(work, readable=[path, *tree], limits=limits):
        if isinstance(heard, bytes):
            yield from transport.received(heard)
            continue
        if heard.unenforced:
            yield Note(f"the sandbox was not whole: {'; '.join(map(printable, heard.unenforced))}")
        if heard.answer is None:
            yield Gap("other", name, f"the process that read it {heard.died}", "have its tool write it again")
            yield Account("other", Coverage(in_scope=1, gaps=1))


@contextmanager
def _whole(report: Path | str, bounds: Bounds) -> Iterator[Path]:
    """Give the path of a regular file that holds the report: what comes through a pipe is put into one, and bounded."""
    if str(report) == STANDARD_INPUT:
        with open(0, "rb", closefd=False) as stream, _spooled(stream, bounds) as path:
            yield path
        return
    path = Path(report)
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            with path.open("rb"):
                pass
            yield path.resolve()
            return
        if not (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
            raise AskedWronglyError(f"{printable(str(path))}: not a file", hint="name the file that the report is in")
        with path.open("rb") as stream, _spooled(stream, bounds) as spooled:
            yield spooled
    except OSError as error:
        raise AskedWronglyError(f"{printable(str(path))}: {error.strerror}", hint="name the report's file") from error


@contextmanager
def _spooled(stream: BinaryIO, bounds: Bounds) -> Iterator[Path]:
    from tempfile import mkstemp

    descriptor, name = mkstemp(prefix="wardline-report-")
    try:
        size = 0
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
            while part := stream.read(_CHUNK_BYTES):
                size += len(part)
                if size > bounds.max_bytes:
                    raise CannotSayError(
                        f"the report is larger than {bounds.max_bytes:,} bytes", hint="have its tool write it in parts"
                    )
                file.write(part)
        yield Path(name).resolve()
    finally:
        Path(name).unlink()


def collected(told: Iterable[Told], *, fail_on: Severity = "low") -> Report:
    """Return the report that all of it is, in memory: findings by urgency, gaps, accounts added up by practice."""
    findings: list[Finding] = []
    suppressed: list[Finding] = []
    gaps: list[Gap] = []
    notes: list[str] = []
    coverage: dict[Practice, Coverage] = {}
    for one in told:
        match one:
            case Finding():
                (findings if one.suppression is None else suppressed).append(one)
            case Gap():
                gaps.append(one)
            case Note():
                notes.append(one.text)
            case Account():
                coverage[one.practice] = added(coverage.get(one.practice, Coverage()), one.coverage)
    return Report(
        findings=most_urgent_first(findings),
        gaps=tuple(gaps),
        coverage=counted(coverage, Counter(one.practice for one in suppressed)),
        suppressed=most_urgent_first(suppressed),
        notes=tuple(notes),
        fail_on=fail_on,
    )


def added(one: Coverage, other: Coverage) -> Coverage:
    """Return two accounts of one practice as one."""
    return Coverage(
        in_scope=one.in_scope + other.in_scope,
        examined=one.examined + other.examined,
        gaps=one.gaps + other.gaps,
        excluded=one.excluded + other.excluded,
        suppressed=one.suppressed + other.suppressed,
        data_date=min((date for date in (one.data_date, other.data_date) if date), default=None),
    )


def counted(coverage: Mapping[Practice, Coverage], suppressed: Mapping[Practice, int]) -> dict[Practice, Coverage]:
    """Return the accounts with at least as many suppressed findings as there are."""
    return {
        practice: part._replace(suppressed=max(part.suppressed, suppressed.get(practice, 0)))
        for practice, part in coverage.items()
    }


__all__ = ["Account", "Bounds", "Note", "Told", "UnknownReportError", "added", "collected", "counted", "examined"]
