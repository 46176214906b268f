"""The engine of `wardline check`: which practices run over which tree, inside the sandbox, and one account of it all.

The tree, its policy file and its git repository are strangers' work, so everything that reads them runs in a child
under `kernel.sandbox`. A child that dies took one file with it: that file becomes a gap, and the rest is examined again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from wardline.check import examination
from wardline.check.model import Request
from wardline.check.reports.model import Subject
from wardline.findings.inventory import Inventory
from wardline.findings.report import Coverage, Gap, Report, Verdict
from wardline.kernel import sandbox
from wardline.kernel.errors import EXIT_CANNOT_SAY, EXIT_NO, EXIT_YES, AskedWronglyError, CannotSayError, WardlineError
from wardline.kernel.text import printable

_ATTEMPTS: Final = 4
_STATUS: Final[dict[Verdict, int]] = {"pass": EXIT_YES, "block": EXIT_NO, "cannot-say": EXIT_CANNOT_SAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a check came to: the report, the components where they were asked for, and what was examined."""

    report: Report
    inventory: Inventory | None
    name: str
    revision: str | None
    at: datetime
    mode: str
    seconds: float


def exit_status(verdict: Verdict) -> int:
    """Return the exit status that carries a verdict: 0 pass, 1 block, 3 cannot say."""
    return _STATUS[verdict]
