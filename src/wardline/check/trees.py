"""Opens what a request is about: the folder, or what is staged, or what changed since a merge base."""

from collections.abc import Mapping
from dataclasses import dataclass

from wardline.check.model import Request
from wardline.check.tree import Tree
from wardline.check.worktree import WorkTree
from wardline.kernel.errors import AskedWronglyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The tree to examine; for a change also what it was before and which paths changed (new path -> old path)."""

    tree: Tree
    before: Tree | None = None
    changed: Mapping[str, str | None] | None = None
    revision: str | None = None
    notes: tuple[str, ...] = ()


def open_trees(request: Request) -> Opened:
    """Return the tree that a request is about.

    Raises: `WardlineError` where a change is asked about and there is no repository, or no such revision.
    """
    if request.mode in {"tree", "history"}:
        return Opened(tree=WorkTree(request.path))
    raise AskedWronglyError("not a git repository")
