"""What happens inside the sandbox: trees are opened, practices run one after the other, everything is accounted for."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from wardline.check.dependencies import service as dependencies
from wardline.check.dependencies.reference import Reference
from wardline.check.model import Examination, Examined, Request, View
from wardline.check.policy import file as policy_file
from wardline.check.policy.file import Policy
from wardline.check.tree import Tree, UnreadableError
from wardline.check.trees import open_trees
from wardline.findings.report import Coverage, Gap, Practice, Report, most_urgent_first
from wardline.kernel.errors import AskedWronglyError

if TYPE_CHECKING:
    from wardline.check.exposure.reference import Reference as ExposureReference
    from wardline.kernel.git.repository import Repository


SUPPRESSIONS: Final = ".wardline/suppressions.toml"


class Materials(NamedTuple):
    """What was opened before the sandbox closed: the data that each practice holds the tree against."""

    today: date
    dependencies: Reference
    exposure: "ExposureReference | None" = None  # None where exposure is out of scope
    repository: "Repository | None" = None
    imported: Report | None = None  # what other tools reported


def examine(
    request: Request, materials: Materials, *, skip: Mapping[str, str], doing: Callable[[str], None]
) -> Examined:
    """Run the practices in scope over the tree and account for everything.

    `skip` are files that ended an earlier attempt, with the reason. Raises: `WardlineError` where the request itself
    cannot be met (no repository, an unknown revision, a policy file that cannot be obeyed).
    """
    doing("opening the tree")
    opened = open_trees(request, materials.repository)
    policy = _policy(opened.tree)
    excluded = policy.excluded()
    view = View(
        tree=opened.tree,
        policy=policy,
        in_scope=lambda path: not excluded(path),
        doing=doing,
        changed=opened.changed,
        before=opened.before,
        skip=skip,
    )
    parts = {practice: _practice(practice, view, request, materials) for practice in request.only}
    nothing = not any(part.coverage.in_scope + part.coverage.excluded for part in parts.values())
    if materials.imported is not None:
        from wardline.check.importing import with_imported

        parts = with_imported(parts, materials.imported)
    gaps: list[Gap] = []
    notes: tuple[str, ...] = ()
    if _there(opened.tree, SUPPRESSIONS):
        from wardline.check.suppressing import suppress

        parts, gaps, notes = suppress(parts, opened.tree, request, materials.today)
    if request.mode == "tree" and nothing:
        gaps.append(_nothing(request))
    report = Report(
        findings=most_urgent_first([finding for part in parts.values() for finding in part.findings]),
        gaps=(*(gap for part in parts.values() for gap in part.gaps), *gaps),
        coverage={practice: part.coverage for practice, part in parts.items()},
        suppressed=most_urgent_first([finding for part in parts.values() for finding in part.suppressed]),
        notes=(*opened.notes, *(note for part in parts.values() for note in part.notes), *notes, *_excluded(policy)),
        fail_on=request.fail_on or policy.fail_on,
    )
    inventory = next((part.inventory for part in parts.values() if part.inventory is not None), None)
    return Examined(report=report, inventory=inventory, revision=opened.revision)


def _there(tree: Tree, path: str) -> bool:
    """Return whether there is anything at a path: what cannot be read is there, and is for its reader to refuse."""
    try:
        tree.read(path, max_bytes=0)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except UnreadableError:
        return True
    return True


def _practice(practice: Practice, view: View, request: Request, materials: Materials) -> Examination:
    if practice == "exposure" and materials.exposure is not None:
        from wardline.check.exposure import service as exposure

        return exposure.examine(view, materials.exposure)
    if practice != "dependencies":
        return _not_built(practice)
    if request.purpose == "inventory":
        return dependencies.survey(view, materials.dependencies)
    return dependencies.examine(view, materials.dependencies, today=materials.today, inventory=request.inventory)


def _not_built(practice: Practice) -> Examination:
    gap = Gap(
        practice=practice,
        scope=".",
        reason=f"this version of Wardline does not examine {practice}",
        remedy="use another tool for it, or name what you want examined: --only dependencies,exposure",
    )
    return Examination(gaps=(gap,), coverage=Coverage(in_scope=1, gaps=1))


def _policy(tree: Tree) -> Policy:
    try:
        return policy_file.read(tree.read(policy_file.PATH, max_bytes=policy_file.MAX_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return Policy()
    except UnreadableError as error:
        raise AskedWronglyError(error.detail, hint="the policy file is a regular file in the tree") from error


def _excluded(policy: Policy) -> list[str]:
    """Return a note for each part of the tree that the policy takes out of scope, with its reason."""
    return [f"out of scope by {policy_file.PATH}: {part.path}: {part.reason}" for part in policy.exclude]


def _nothing(request: Request) -> Gap:
    return Gap(
        practice=request.only[0],
        scope=".",
        reason="nothing examined: there is nothing in scope here",
        remedy="name a folder with a lockfile, a manifest or an SBOM in it",
    )
