"""A stranger's report read by a process of its own, which is confined and bounded; what it says comes back as values.

The process is `wardline import FILE --dry-run --lines`, so that what a server takes in is what the command line shows
with `--json`: the first line says all but the findings, each of which is a line after it.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, get_args

import orjson

from wardline.api.spool import no_space_said
from wardline.findings.importers import recognition
from wardline.findings.importers.source import Source
from wardline.findings.report import Finding, Practice, finding_from_dict
from wardline.kernel import processes
from wardline.kernel.errors import AskedWronglyError, CannotSayError, TooLargeError
from wardline.kernel.text import printable

SECONDS: Final = 900.0
MAX_BYTES: Final = 1024 * 1024 * 1024  # of normalised findings, on disk
_BUFFER: Final = 1024 * 1024
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR", "WARDLINE_CACHE", "HOME")
_PRACTICES: Final[frozenset[str]] = frozenset(get_args(Practice))


class Summary(NamedTuple):
    """What a report says besides its findings: how many there are, what it did not look at, what it looked at whole."""

    findings: int
    gaps: tuple[dict[str, Any], ...]
    complete: frozenset[Practice]

    @property
    def empty(self) -> str:
        """Why it is no report at all ("" where it is one): nothing found, nothing looked at, and reading it failed."""
        failed = [gap for gap in self.gaps if gap.get("practice") == "other"]
        if self.findings or self.complete or len(failed) < len(self.gaps):
            return ""
        return printable(str(failed[0].get("reason", "")), max_chars=300) if failed else "it says nothing"


class Told:
    """A report that was read: its summary, and its findings, which may be read as often as is needed."""

    def __init__(self, summary: Summary, file: Path) -> None:
        """Name the file that the findings are in."""
        self.summary = summary
        self._file = file

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings, the suppressed ones too: what is suppressed is not fixed. One is in memory at a time.

        Raises: `CannotSayError` where the process has not written what it should.
        """
        count = 0
        with self._file.open("rb", buffering=_BUFFER) as stream:
            stream.readline()
            for line in stream:
                count += 1
                try:
                    yield finding_from_dict(orjson.loads(line))
                except (KeyError, TypeError, ValueError) as error:
                    raise _unreadable() from error
        if count != self.summary.findings:
            raise _unreadable()


def recognised(report: Path, format_name: str) -> str:
    """Return the name of the format that a report is in: the one that is named, or what its first bytes show.

    Only those are looked at, with patterns and nothing that builds values. Raises: `UnknownReportError`.
    """
    if format_name != "auto":
        return recognition.named(format_name).name
    with report.open("rb") as stream:
        return recognition.recognise(Source(stream)).name


def read(report: Path, into: Path, format_name: str) -> Told:
    """Return what a report says, by way of `into`.

    Raises: `AskedWronglyError` for a report in no known format; `TooLargeError`; `NoSpaceError`; `CannotSayError`
    where reading it did not end.
    """
    command = [sys.executable, "-I", "-m", "wardline", "import", str(report)]
    command += ["--dry-run", "--lines", "--format", format_name]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with no_space_said(), _exclusively(into) as out:
        try:
            told = processes.ask_into(command, out, seconds=SECONDS, max_bytes=MAX_BYTES, environment=environment)
        except TooLargeError as error:
            raise TooLargeError("the report says more than is taken in at once", hint="send it in parts") from error
        except processes.ProgramError as error:
            raise CannotSayError("reading the report did not end in time", hint="send it in parts") from error
    if told.status not in {0, 1, 3} or into.stat().st_size == 0:
        raise _refused(told.status, told.err, str(report))
    return Told(_summary(into), into)


def _summary(file: Path) -> Summary:
    with file.open("rb") as stream:
        line = stream.readline()
    try:
        said = orjson.loads(line)
        count = said["findings"] + said["suppressed"]
        gaps = said["gaps"]
        complete = {name for name, part in said["coverage"].items() if name in _PRACTICES and _whole(part)}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _unreadable() from error
    if not isinstance(count, int) or not isinstance(gaps, list) or not all(isinstance(gap, dict) for gap in gaps):
        raise _unreadable()
    return Summary(count, tuple(gaps), frozenset(complete))


def _whole(coverage: Any) -> bool:
    """Return whether anything was looked at; what was left out is among the gaps. An empty folder proves nothing."""
    if not isinstance(coverage, dict):
        return False
    examined = coverage.get("examined")
    return isinstance(examined, int) and examined > 0


@contextmanager
def _exclusively(path: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        yield stream


def _refused(status: int, said: str, path: str) -> AskedWronglyError | CannotSayError:
    """Return the error that the process has told, in its words, without where the file is."""
    lines = [line.replace(path, "the report") for line in said.splitlines() if line.strip()]
    detail = next((line for line in lines if line.startswith("wardline:")), "wardline: it cannot be read")
    hint = next((line.strip() for line in lines if line.startswith("  ")), "name its format, and send it whole")
    kind = AskedWronglyError if status == 2 else CannotSayError
    return kind(printable(detail.removeprefix("wardline: "), max_chars=500), hint=printable(hint, max_chars=500))


def _unreadable() -> CannotSayError:
    return CannotSayError("what was read from the report cannot be taken in", hint="report this, with the report")
