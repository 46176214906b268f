"""The engine of `wardline check`, outside the sandbox: open the data, fork, try again without what ended a child.

The tree, its policy file and its git repository are strangers' work, so everything that reads them runs in a child
under `kernel.sandbox`. A child that dies took one file with it: that file becomes a gap, the rest is examined again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wardline.check import answers
from wardline.check.answers import Raw
from wardline.check.dependencies import reference as dependencies
from wardline.check.examination import Materials, examine
from wardline.check.model import Examined, Request
from wardline.findings.report import Coverage, Gap, Report
from wardline.kernel import cache, sandbox
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable

if TYPE_CHECKING:
    from wardline.check.exposure.reference import Reference as Exposure
    from wardline.kernel.confinement.channel import Channel
    from wardline.kernel.git.repository import Repository

MAX_ATTEMPTS: Final = 4


def examined(
    request: Request, *, now: datetime, progress: Callable[[str], None], meanwhile: Callable[[], object] | None = None
) -> Raw:
    """Examine what was asked for and return the sandbox's answer (see `wardline.check.asking`).

    Raises: `WardlineError` where the request cannot be met: no such path, advisories that cannot be read. What is found
    wrong inside the sandbox (an unknown revision, a policy file that cannot be obeyed) is in the answer.
    """
    if not request.path.exists():
        raise AskedWronglyError(f"{printable(str(request.path))}: no such file or folder")
    cache.refuse_inside(request.folder)
    reference = dependencies.load(request, progress)
    imported = None
    if request.imports:
        from wardline.check.importing import imported_by

        imported = imported_by(request, progress)
    with opened_repository(request) as repository:
        materials = Materials(
            today=now.date(),
            dependencies=reference,
            exposure=_exposure(request, repository),
            repository=repository,
            imported=imported,
        )
        return _sandboxed(request, materials, progress, meanwhile)


def _sandboxed(
    request: Request,
    materials: Materials,
    progress: Callable[[str], None],
    meanwhile: Callable[[], object] | None,
) -> Raw:
    """Examine in a confined child; where it dies, name what it was reading, leave that out, and examine the rest."""
    skip: dict[str, str] = {}
    readable = [request.folder, *request.vex]
    readable += materials.repository.readable if materials.repository else ()
    for _ in range(MAX_ATTEMPTS):
        outcome = sandbox.run(
            lambda channel: _in_child(request, materials, skip, channel),
            readable=readable,
            progress=progress,
            meanwhile=meanwhile,
        )
        meanwhile = None
        if outcome.answer is not None:
            return Raw(outcome.answer, outcome.unenforced)
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
    dead_end = Examined(report=dead, inventory=None, revision=None)
    return Raw(answers.packed(lambda: dead_end), outcome.unenforced)


def _exposure(request: Request, repository: "Repository | None") -> "Exposure | None":
    """Return the rules of the exposure practice, compiled, where it is in scope."""
    if "exposure" not in request.only:
        return None
    from wardline.check.exposure import reference  # only here: a check of dependencies does not pay for it

    return reference.load(request, repository)


def _in_child(request: Request, materials: Materials, skip: Mapping[str, str], channel: "Channel") -> bytes:
    """Examine, in the child."""
    return answers.packed(lambda: examine(request, materials, skip=skip, doing=channel.doing))


@contextmanager
def opened_repository(request: Request) -> Iterator["Repository | None"]:
    """Give the repository that the path is in. Opening it asks git nothing yet."""
    from wardline.kernel.git import layout
    from wardline.kernel.git.errors import GitError

    repository = None
    try:
        if layout.find(request.path) is not None:
            from wardline.kernel.git.repository import Repository

            repository = Repository.at(request.path)
    except GitError:
        if request.mode in {"diff", "staged"}:
            raise  # a tree is examined without it as well
    try:
        yield repository
    finally:
        if repository is not None:
            repository.close()
