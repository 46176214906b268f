"""Applies a tree's suppressions to what the practices found; asked only where the tree has such a file."""

from collections.abc import Mapping
from datetime import date

from wardline.check import suppressions
from wardline.check.model import Examination, Request
from wardline.check.suppressions import Applied, Suppressions
from wardline.check.tree import Tree, UnreadableError
from wardline.findings.report import Gap, Practice


def suppress(
    parts: Mapping[Practice, Examination], tree: Tree, request: Request, today: date
) -> tuple[dict[Practice, Examination], list[Gap], tuple[str, ...]]:
    """Return the practices' parts without what is suppressed, the gaps of entries that cannot be obeyed, and notes."""
    entries, gaps = _suppressions(tree, today)
    findings = [finding for part in parts.values() for finding in part.findings]
    whole = request.mode == "tree" and not request.path.is_file()
    expected = (lambda rule: _expected(rule, parts)) if whole else None
    held = {finding: key for part in parts.values() for finding, key in part.held}
    applied = suppressions.apply(entries, findings, today, expected=expected, held=held)
    gaps += applied.gaps
    kept = set(map(id, applied.kept))
    return {practice: _without(part, kept, applied, practice) for practice, part in parts.items()}, gaps, applied.notes


def _without(part: Examination, kept: set[int], applied: Applied, practice: Practice) -> Examination:
    """Return a practice's part with its suppressed findings apart, and counted."""
    suppressed = [finding for finding in applied.suppressed if finding.practice == practice]
    return part._replace(
        findings=tuple(finding for finding in part.findings if id(finding) in kept),
        suppressed=(*part.suppressed, *suppressed),
        coverage=part.coverage._replace(suppressed=part.coverage.suppressed + len(suppressed)),
    )


def _expected(rule: str, parts: Mapping[Practice, Examination]) -> bool:
    """Return whether this check would have found what a suppression of that rule is about."""
    if rule.endswith("-dependency"):
        return "dependencies" in parts
    if "exposure" not in parts:
        return False
    if rule.startswith("team/"):
        return True
    from wardline.check.exposure import catalogue

    return any(known.id == rule for known in catalogue.rules())


def _suppressions(tree: Tree, today: date) -> tuple[Suppressions, list[Gap]]:
    try:
        data = tree.read(suppressions.PATH, max_bytes=suppressions.MAX_BYTES)
    except OSError:
        return Suppressions(suppressions.PATH, {}), []
    except UnreadableError as error:
        remedy = "make it a regular file of the tree, or remove it"
        gap = Gap(practice="policy", scope=suppressions.PATH, reason=error.detail, remedy=remedy)
        return Suppressions(suppressions.PATH, {}), [gap]
    return suppressions.read(data, suppressions.PATH, today)
