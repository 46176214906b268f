"""What happens inside the sandbox: trees are opened, practices run one after the other, everything is accounted for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from wardline.check import suppressions
from wardline.check.dependencies import service as dependencies
from wardline.check.model import Examination, Mode, Request, View
from wardline.check.policy import file as policy_file
from wardline.check.trees import Opened, open_trees
from wardline.check.tree import Tree, UnreadableError
from wardline.findings.inventory import Inventory
from wardline.findings.report import Coverage, Finding, Gap, Practice, Report, most_urgent_first


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What was opened before the sandbox closed: the data that each practice holds the tree against."""

    today: date
    dependencies: dependencies.Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """The report, and the components where they were asked for."""

    report: Report
    inventory: Inventory | None
    revision: str | None


def examine(request: Request, materials: Materials, skip: Mapping[str, str], doing: Callable[[str], None]) -> Examined:
    """Run the practices in scope over the tree and account for everything.

    `skip` are files that ended an earlier attempt, with the reason. Raises: `WardlineError` where the request itself
    cannot be met (no repository, an unknown revision, a policy file that cannot be obeyed).
    """
    doing("opening the tree")
    opened = open_trees(request)
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
    parts: dict[Practice, Examination] = {
        practice: _practice(practice, view, request, materials) for practice in request.only
    }
    findings = [finding for part in parts.values() for finding in part.findings]
    applied = _suppressed(opened.tree, findings, request, materials.today)
    gaps = [gap for part in parts.values() for gap in part.gaps] + list(applied.gaps)
    if request.mode == "tree" and not any(part.coverage.in_scope for part in parts.values()):
        gaps.append(_nothing(request))
    report = Report(
        findings=most_urgent_first(applied.kept),
        gaps=tuple(gaps),
        coverage={practice: part.coverage for practice, part in parts.items()},
        suppressed=most_urgent_first(applied.suppressed),
        notes=(*opened.notes, *(note for part in parts.values() for note in part.notes), *applied.notes),
        fail_on=request.fail_on or policy.fail_on,
    )
    inventory = next((part.inventory for part in parts.values() if part.inventory is not None), None)
    return Examined(report=report, inventory=inventory, revision=opened.revision)


def _practice(practice: Practice, view: View, request: Request, materials: Materials) -> Examination:
    if practice != "dependencies":
        return _not_built(practice)
    return dependencies.examine(view, materials.dependencies, inventory=request.inventory)


def _not_built(practice: Practice) -> Examination:
    gap = Gap(
        practice=practice,
        scope=".",
        reason=f"this version of Wardline does not examine {practice}",
        remedy="use another tool for it, or name what you want examined: --only dependencies",
    )
    return Examination(gaps=(gap,), coverage=Coverage(in_scope=1, gaps=1))


def _nothing(request: Request) -> Gap:
    return Gap(
        practice=request.only[0],
        scope=".",
        reason="nothing examined: there is nothing in scope here",
        remedy="name a folder with a lockfile, a manifest or an SBOM in it",
    )
