"""From the confined process that reads a report to the one that asked: lines of JSON, checked when they arrive.

Never pickle: what comes out of that process is a stranger's word.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import orjson

from wardline.findings.importers.model import Account, Note, Told, UnknownReportError
from wardline.findings.report import Coverage, Finding, Gap, finding_from_dict, finding_to_dict
from wardline.kernel.errors import AskedWronglyError, CannotSayError, WardlineError

_PART_BYTES: Final = 64 * 1024


class Sender:
    """Sends what was found, many at a time."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        """Take the function that sends a part."""
        self._send = send
        self._held: list[bytes] = []
        self._bytes = 0

    def all(self, told: Iterable[Told]) -> None:
        """Send everything, and the error that ends it."""
        try:
            for one in told:
                self._line(_packed(one))
        except WardlineError as error:
            self._line(["error", isinstance(error, AskedWronglyError), error.detail, error.hint])
        self._flush()

    def _line(self, value: list[Any]) -> None:
        packed = orjson.dumps(value)
        self._held.append(packed)
        self._bytes += len(packed)
        if self._bytes >= _PART_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            self._send(b"\n".join(self._held))
            self._held = []
            self._bytes = 0


def _packed(one: Told) -> list[Any]:
    match one:
        case Finding():
            return ["finding", finding_to_dict(one)]
        case Gap():
            return ["gap", list(one)]
        case Note():
            return ["note", one.text]
        case Account():
            return ["account", one.practice, list(one.coverage)]


def received(part: bytes) -> Iterator[Told]:
    """Yield what a part holds.

    Raises: `UnknownReportError` or `CannotSayError`, whichever ended the reading; `CannotSayError` where the part is
    none.
    """
    for line in part.split(b"\n"):
        try:
            kind, *values = orjson.loads(line)
            told = _unpacked(kind, values)
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise CannotSayError("the process that reads the report gave an answer that is none") from error
        if isinstance(told, WardlineError):
            raise told
        yield told


def _unpacked(kind: str, values: list[Any]) -> Told | WardlineError:
    match kind:
        case "finding":
            return finding_from_dict(values[0])
        case "gap":
            practice, scope, reason, remedy, units = values[0]
            return Gap(practice, str(scope), str(reason), str(remedy), int(units))
        case "note":
            return Note(str(values[0]))
        case "error":
            wrongly, detail, hint = values
            return (UnknownReportError if wrongly else CannotSayError)(str(detail), hint=str(hint))
        case "account":
            return Account(values[0], Coverage(*values[1]))
        case _:
            raise ValueError(kind)
