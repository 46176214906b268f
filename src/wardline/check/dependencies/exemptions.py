"""VEX statements that a check is given, and what they take out of the count: read inside the sandbox, never silent."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wardline.check.dependencies.vex.model import MAX_VEX_BYTES, Statement, VexError
from wardline.check.tree import Tree, UnreadableError
from wardline.findings.report import Gap
from wardline.kernel.text import printable

if TYPE_CHECKING:
    from wardline.check.dependencies.vex.applying import Statements


class Exemptions(NamedTuple):
    """The statements, and the gaps of documents that could not be read: an unread statement exempts nothing."""

    statements: tuple[Statement, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()

    def by_vulnerability(self) -> "Statements | None":
        """Return the statements as they are asked, None where there are none."""
        if not self.statements:
            return None
        from wardline.check.dependencies.vex.applying import Statements

        return Statements(self.statements)


def read(named: Iterable[Path], tree: Tree, in_tree: Iterable[str]) -> Exemptions:
    """Return the statements of the VEX files that the request names and of those that the tree's policy names."""
    statements: list[Statement] = []
    gaps: list[Gap] = []
    notes: list[str] = []
    for shown, data in [*_outside(named, gaps), *_inside(tree, in_tree, gaps)]:
        from wardline.check.dependencies.vex.reading import read as read_document

        flaws: list[str] = []
        try:
            statements += read_document(data, shown, flaws=flaws)
        except VexError as error:
            gaps.append(_gap(shown, error.detail))
        notes += (f"{shown}: {flaw}; this statement exempts nothing" for flaw in flaws)
    return Exemptions(tuple(statements), tuple(gaps), tuple(notes))


def _outside(named: Iterable[Path], gaps: list[Gap]) -> Iterable[tuple[str, bytes]]:
    for path in named:
        shown = printable(path.name)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_VEX_BYTES + 1)
        except OSError as error:
            gaps.append(_gap(shown, error.strerror or "it cannot be read"))
        else:
            yield shown, data


def _inside(tree: Tree, paths: Iterable[str], gaps: list[Gap]) -> Iterable[tuple[str, bytes]]:
    for path in paths:
        shown = printable(path)
        try:
            yield shown, tree.read(path, max_bytes=MAX_VEX_BYTES)
        except UnreadableError as error:
            gaps.append(_gap(shown, error.detail))
        except OSError:
            gaps.append(_gap(shown, "the policy names it, and it is not there"))


def _gap(shown: str, reason: str) -> Gap:
    remedy = "make it a readable OpenVEX or CycloneDX document, or name it no more"
    return Gap(practice="dependencies", scope=shown, reason=printable(reason), remedy=remedy, units=0)
