"""What git holds: the index, or one of the commits, as trees. Nothing of it touches the disk.

A path in a commit is a stranger's bytes and here only a key: `../x` or `.git/config` in a tree object leads nowhere.
"""

import stat
from collections.abc import Sequence
from typing import Final

from wardline.check.tree import Entry, Unlisted, UnreadableError
from wardline.kernel.git.repository import Listed, Repository
from wardline.kernel.text import printable

_SUBMODULE: Final = 0o160000


class CommittedTree:
    """The regular files of a list of git entries below a folder of the repository ("" for all of it).

    Symbolic links, submodules and both sides of a conflict are in `unlisted`. Sizes are asked for once, on the first
    call of `files`; files that a partial clone does not have are listed with size 0 and unreadable.
    """

    def __init__(self, repository: Repository, entries: Sequence[Listed], folder: str = "") -> None:
        self._repository = repository
        self._ids: dict[str, str] = {}
        self._unlisted: dict[str, Unlisted] = {}
        self._files: list[Entry] | None = None
        prefix = folder.rstrip("/") + "/" if folder else ""
        for entry in entries:
            if entry.path.startswith(prefix):
                self._add(entry.path[len(prefix) :], entry)

    def _add(self, path: str, entry: Listed) -> None:
        if entry.stage:
            reason = "in conflict: both sides are staged, and neither is the file"
            self._unlisted[path] = Unlisted(path, reason, "folder")
        elif stat.S_ISREG(entry.mode):
            self._ids[path] = entry.id
        elif entry.mode == _SUBMODULE:
            reason = "a submodule: a repository of its own, to be checked there"
            self._unlisted[path] = Unlisted(path, reason, "submodule")
        else:
            self._unlisted[path] = Unlisted(path, "a symbolic link, which is not followed", "link")

    def files(self) -> list[Entry]:
        """Return all regular files, in path order."""
        if self._files is None:
            sizes = self._repository.sizes(dict.fromkeys(self._ids.values()))
            self._files = [Entry(path, sizes.get(name, 0)) for path, name in sorted(self._ids.items())]
        return self._files

    def unlisted(self) -> list[Unlisted]:
        """Return the links, submodules and conflicts."""
        return list(self._unlisted.values())

    def read(self, path: str, *, max_bytes: int) -> bytes:
        """Return a file's bytes.

        Raises: `FileNotFoundError` where there is none; `UnreadableError` for a link, a submodule, a conflict, a file
        over `max_bytes`, or one that a partial clone does not have.
        """
        name = self._ids.get(path)
        if name is None:
            found = self._unlisted.get(path)
            if found is not None:
                raise UnreadableError(f"{printable(path)}: {found.reason}")
            raise FileNotFoundError(printable(path))
        for _, content in self._repository.blobs([name], max_bytes=max_bytes):
            if content is not None:
                return content
        raise UnreadableError(
            f"{printable(path)}: more than the {max_bytes} bytes that are read of one file, or not in this clone",
            hint="in a partial clone: git fetch --refetch --no-filter",
        )


class StagedTree(CommittedTree):
    """The index: what `git commit` would commit."""

    def __init__(self, repository: Repository, folder: str = "") -> None:
        """Raise `GitError` where the index cannot be read."""
        super().__init__(repository, repository.index(), folder)


class CommitTree(CommittedTree):
    """A commit, by id (see `Repository.commit`)."""

    def __init__(self, repository: Repository, commit: str, folder: str = "") -> None:
        """Raise `GitError` where the commit cannot be read."""
        super().__init__(repository, repository.tree(commit), folder)
