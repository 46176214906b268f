"""The engine of `wardline check` as a face asks it: one request, one answer.

`service` gives the sandbox's answer in bytes; it is read, and made whole, here.
"""

from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import Final, NamedTuple

from wardline.check import answers, service
from wardline.check.model import Request
from wardline.check.reports.model import Rule, Subject
from wardline.check.rules import rules
from wardline.findings.inventory import Inventory
from wardline.findings.report import Coverage, Gap, Report, Verdict
from wardline.kernel.errors import EXIT_CANNOT_SAY, EXIT_NO, EXIT_YES
from wardline.kernel.text import printable
from wardline.kernel.version import VERSION

_STATUS: Final[dict[Verdict, int]] = {"pass": EXIT_YES, "block": EXIT_NO, "cannot-say": EXIT_CANNOT_SAY}


class Answer(NamedTuple):
    """What a check came to: the report, the components where they were asked for, and what was examined."""

    report: Report
    inventory: Inventory | None
    subject: Subject


def exit_status(verdict: Verdict) -> int:
    """Return the exit status that carries a verdict: 0 pass, 1 block, 3 cannot say."""
    return _STATUS[verdict]


def check(
    request: Request, *, now: datetime, progress: Callable[[str], None], meanwhile: Callable[[], object] = tuple
) -> Answer:
    """Examine what was asked for and return the whole account.

    `meanwhile` is called once the examination has begun in a process of its own: time to load what shows the answer.

    Raises: `WardlineError` where the request cannot be met: no such path, no repository, an unknown revision, a policy
    file that cannot be obeyed, advisories that cannot be read.
    """
    started = perf_counter()
    known: dict[str, Rule] = {}

    def prepare() -> None:
        known.update(rules(request.only))
        answers.prepare()
        meanwhile()

    raw = service.examined(request, now=now, progress=progress, meanwhile=prepare)
    found = answers.unpacked(raw.answer)
    report = _with_sandbox(found.report, raw.unenforced, request)
    reported = {finding.rule for finding in (*report.findings, *report.suppressed)}
    subject = Subject(
        name=printable(request.path.resolve().name) or "/",
        at=now,
        tool_version=VERSION,
        revision=found.revision,
        mode=request.mode,
        inventory=found.inventory,
        rules={name: rule for name, rule in (known or rules(request.only)).items() if name in reported},
        seconds=perf_counter() - started,
    )
    return Answer(report=report, inventory=found.inventory, subject=subject)


def _with_sandbox(report: Report, unenforced: tuple[str, ...], request: Request) -> Report:
    """Say what the sandbox could not enforce here: a note, or a gap where the sandbox is required."""
    if not unenforced:
        return report
    said = "; ".join(map(printable, unenforced))
    if not request.require_sandbox:
        return report._replace(notes=(*report.notes, f"the sandbox was not whole: {said}"))
    gap = Gap(
        practice="other",
        scope="the sandbox",
        reason=f"not enforced here: {said}",
        remedy="run on Linux 5.13 or later with Landlock and seccomp, or without --require-sandbox",
    )
    coverage = {**report.coverage, "other": Coverage(in_scope=1, gaps=1)}
    return report._replace(gaps=(*report.gaps, gap), coverage=coverage)
