"""The engine of `wardline check`: which practices run over which tree, inside the sandbox, and one account of it all.

The tree, its policy file and its git repository are strangers' work, so everything that reads them runs in a child
under `kernel.sandbox`. A child that dies took one file with it: that file becomes a gap, the rest is examined again.
"""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple

from wardline.check import answers
from wardline.check.dependencies import reference as dependencies
from wardline.check.examination import Examined, Materials, examine
from wardline.check.model import Request
from wardline.check.reports.model import Subject
from wardline.check.rules import rules
from wardline.findings.inventory import Inventory
from wardline.findings.report import Coverage, Gap, Report, Verdict
from wardline.kernel import cache, sandbox
from wardline.kernel.errors import EXIT_CANNOT_SAY, EXIT_NO, EXIT_YES, AskedWronglyError
from wardline.kernel.text import printable
from wardline.kernel.version import VERSION

if TYPE_CHECKING:
    from wardline.kernel.confinement.channel import Channel
    from wardline.kernel.git.repository import Repository

MAX_ATTEMPTS: Final = 4
_STATUS: Final[dict[Verdict, int]] = {"pass": EXIT_YES, "block": EXIT_NO, "cannot-say": EXIT_CANNOT_SAY}


class Answer(NamedTuple):
    """What a check came to: the report, the components where they were asked for, and what was examined."""

    report: Report
    inventory: Inventory | None
    subject: Subject


def exit_status(verdict: Verdict) -> int:
    """Return the exit status that carries a verdict: 0 pass, 1 block, 3 cannot say."""
    return _STATUS[verdict]


def check(request: Request, *, now: datetime, progress: Callable[[str], None]) -> Answer:
    """Examine what was asked for and return the whole account.

    Raises: `WardlineError` where the request cannot be met: no such path, no repository, an unknown revision, a policy
    file that cannot be obeyed, advisories that cannot be read.
    """
    started = perf_counter()
    if not request.path.exists():
        raise AskedWronglyError(f"{printable(str(request.path))}: no such file or folder")
    cache.refuse_inside(request.folder)
    reference = dependencies.load(request, progress)
    with _repository(request) as repository:
        materials = Materials(today=now.date(), dependencies=reference, repository=repository)
        examined, unenforced = _sandboxed(request, materials, progress)
    report = _with_sandbox(examined.report, unenforced, request)
    subject = Subject(
        name=printable(request.path.resolve().name) or "/",
        at=now,
        tool_version=VERSION,
        revision=examined.revision,
        mode=request.mode,
        inventory=examined.inventory,
        rules={name: rule for name, rule in rules().items() if any(name == found.rule for found in report.findings)},
        seconds=perf_counter() - started,
    )
    return Answer(report=report, inventory=examined.inventory, subject=subject)


def _sandboxed(
    request: Request, materials: Materials, progress: Callable[[str], None]
) -> tuple[Examined, tuple[str, ...]]:
    """Examine in a confined child; where it dies, name what it was reading, leave that out, and examine the rest."""
    skip: dict[str, str] = {}
    readable = [request.folder, *request.vex]
    readable += materials.repository.readable if materials.repository else ()
    for _ in range(MAX_ATTEMPTS):
        outcome = sandbox.run(
            lambda channel: _examined(request, materials, skip, channel),
            readable=readable,
            progress=progress,
        )
        if outcome.answer is not None:
            return answers.unpacked(outcome.answer), outcome.unenforced
        practice, _, path = outcome.doing.partition(": ")
        reason = f"examining it ended the examining process: {outcome.died}"
        if practice not in request.only or path in skip or not path:
            break
        skip[path] = reason
    gap = Gap(
        practice=request.only[0],
        scope=printable(outcome.doing) or ".",
        reason=f"the examining process died: {outcome.died}",
        remedy="exclude what it was reading in .wardline/policy.toml with a reason, and report this as a defect",
    )
    coverage = {request.only[0]: Coverage(in_scope=1, gaps=1)}
    dead = Report(gaps=(gap,), coverage=coverage, fail_on=request.fail_on or "low")
    return Examined(report=dead, inventory=None, revision=None), outcome.unenforced


def _examined(request: Request, materials: Materials, skip: Mapping[str, str], channel: "Channel") -> bytes:
    """Examine, in the child. It lives for one check, so nothing is gained by looking for cycles in what it reads."""
    gc.disable()
    return answers.packed(lambda: examine(request, materials, skip=skip, doing=channel.doing))


@contextmanager
def _repository(request: Request) -> Iterator["Repository | None"]:
    """Give the repository that the path is in. Opening it asks git nothing yet."""
    from wardline.kernel.git.errors import GitError
    from wardline.kernel.git.repository import Repository

    try:
        repository = Repository.at(request.path)
    except GitError:
        if request.mode in {"diff", "staged"}:
            raise
        repository = None  # a tree is examined without it as well
    try:
        yield repository
    finally:
        if repository is not None:
            repository.close()


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
