"""What a check is asked, and what a practice answers."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from wardline.check.policy.file import Policy
from wardline.check.tree import Tree
from wardline.findings.inventory import Inventory
from wardline.findings.report import Coverage, Finding, Gap, Practice, Report, Severity

Mode = Literal["tree", "diff", "staged", "history"]

PRACTICES: Final[tuple[Practice, ...]] = ("dependencies", "exposure", "code", "pipeline", "policy")


class Request(NamedTuple):
    """One check: what to examine, which part of it, against which data."""

    path: Path
    mode: Mode = "tree"
    base: str | None = None  # the revision that `diff` is against
    only: tuple[Practice, ...] = PRACTICES
    fail_on: Severity | None = None  # None: as the policy file says
    advisories: str | None = None  # a path or an address; None: those of `wardline advisories sync`
    kev: Path | None = None
    epss: Path | None = None
    vex: tuple[Path, ...] = ()
    imports: tuple[Path, ...] = ()  # other tools' reports, whose findings join
    inventory: bool = False  # also list every component
    purpose: Literal["check", "inventory"] = "check"  # an inventory holds components against nothing
    require_sandbox: bool = False
    revision: bool = False  # also say which commit is checked out

    @property
    def folder(self) -> Path:
        """Return the folder that is examined, or the one that the examined file lies in."""
        root = self.path.resolve()
        return root if root.is_dir() else root.parent


class View(NamedTuple):
    """What a practice sees: the tree, what it was before the change, and what is out of scope.

    `changed` is None where the whole tree is in scope, else the paths that the change touches, each with the path it
    had before (None where it is new); `before` is then the tree at the merge base. `skip` are paths that ended an
    earlier attempt, with the reason: each is a gap. `doing` is told what is being examined, so that a crash has a name.
    """

    tree: Tree
    policy: Policy
    in_scope: Callable[[str], bool]
    doing: Callable[[str], None]
    changed: Mapping[str, str | None] | None = None
    before: Tree | None = None
    skip: Mapping[str, str] = MappingProxyType({})


class Examination(NamedTuple):
    """What one practice found, did not look at, and covered."""

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()  # by what the practice itself knows (VEX)
    gaps: tuple[Gap, ...] = ()
    coverage: Coverage = Coverage()
    notes: tuple[str, ...] = ()
    inventory: Inventory | None = None
    held: tuple[tuple[Finding, str], ...] = ()  # findings whose value met a suppression's, each with that one's key


class Examined(NamedTuple):
    """The report of all practices, the components where they were asked for, and the commit where it was asked for."""

    report: Report
    inventory: Inventory | None
    revision: str | None
