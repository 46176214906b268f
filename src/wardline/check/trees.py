"""Opens what a request is about: the folder, or what is staged, or what changed since a merge base."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from wardline.check.model import Request
from wardline.check.tree import Tree
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable

if TYPE_CHECKING:
    from wardline.kernel.git.repository import Change, Repository


class Opened(NamedTuple):
    """The tree to examine; for a change also what it was before, and which paths changed (new path -> old path).

    A path that was deleted stands for itself: it is not in the tree any more, but it was in the one before.
    """

    tree: Tree
    before: Tree | None = None
    changed: Mapping[str, str | None] | None = None
    revision: str | None = None
    notes: tuple[str, ...] = ()


def open_trees(request: Request, repository: "Repository | None") -> Opened:
    """Return the tree that a request is about; `repository` is the one it lies in, None where it is not asked for.

    Raises: `WardlineError` where a change is asked about and there is no repository, or no such revision.
    """
    if request.mode in {"tree", "history"}:
        head = repository.head() if repository and request.revision else None
        return Opened(tree=_on_disk(request, repository), revision=head)
    if repository is None:
        shown = printable(str(request.path))
        hint = "name a folder inside a repository, or examine the whole folder: leave out --diff and --staged"
        raise AskedWronglyError(f"{shown} is in no git repository, so nothing in it changed", hint=hint)
    from wardline.check.committed import CommitTree, StagedTree
    from wardline.kernel.git.repository import Change

    if not request.path.is_dir():
        raise AskedWronglyError("a change is asked about for a folder, not for one file", hint="name the folder")
    folder = repository.inside(request.path)
    head = repository.head()
    if request.mode == "staged":
        changes = repository.changed(head, staged=True)
        before = CommitTree(repository, head, folder) if head else None
        return Opened(
            tree=StagedTree(repository, folder), before=before, changed=_inside(changes, folder), revision=head
        )
    base = repository.merge_base(request.base or "")
    changes = repository.changed(base, staged=False)
    changes += [Change(path, None, "A") for path in repository.untracked()]
    return Opened(
        tree=_on_disk(request, repository),
        before=CommitTree(repository, base, folder),
        changed=_inside(changes, folder),
        revision=head,
        notes=(f"compared with {base[:12]}, where this change left {printable(request.base or '')}",),
    )


def _on_disk(request: Request, repository: "Repository | None") -> Tree:
    """Return the folder; what git tracks in it is examined even where it looks like an installed package (T-13)."""
    from wardline.check.worktree import WorkTree

    if repository is None or repository.bare:
        return WorkTree(request.path)
    folder = repository.inside(request.folder)
    prefix = f"{folder}/" if folder else ""

    def tracked() -> Iterable[str]:
        from wardline.kernel.git.errors import GitError

        try:
            paths = repository.tracked()
        except GitError:  # a damaged index says nothing: what looks installed is listed as that
            return ()
        return (path.removeprefix(prefix) for path in paths if path.startswith(prefix))

    return WorkTree(request.path, tracked=tracked)


def _inside(changes: Iterable["Change"], folder: str) -> dict[str, str | None]:
    """Return the changes below a folder of the repository, relative to it; moved in from outside counts as new."""
    prefix = f"{folder}/" if folder else ""
    found: dict[str, str | None] = {}
    for change in changes:
        old = None if change.status == "A" else change.old_path or change.path
        if old is not None and not old.startswith(prefix):
            old = None
        if change.path.startswith(prefix):
            found[change.path.removeprefix(prefix)] = old.removeprefix(prefix) if old else None
        elif old is not None:  # moved out: it was here before
            found[old.removeprefix(prefix)] = old.removeprefix(prefix)
    return found
