"""What is examined: a tree of files, seen safely. A folder, the index of a git repository, or one of its commits.

Strangers wrote these trees. Nothing here follows a symbolic link, opens a device or a FIFO, or leaves the root; what
could not be looked at is an `Unreadable` with its reason, and becomes a gap where a practice wanted it.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple, Protocol

from wardline.kernel.errors import WardlineError


class UnreadableError(WardlineError):
    """A file that is in the tree and cannot be examined: why, in words that can stand in a report."""

    code = "unreadable"


class Entry(NamedTuple):
    """A regular file: its `/`-separated path from the root (bytes that are not UTF-8 as in PEP 383) and its size."""

    path: str
    size: int


class Unlisted(NamedTuple):
    """Something the walk met and did not enter or list: a path, the reason, and what it is.

    A `folder` may have held anything (it was unreadable, or a limit was reached): nobody knows what is missing. A
    `link`, a `special` file (a device, a socket, a named pipe) or a `submodule` matters to whom its name matters.
    """

    path: str
    reason: str
    kind: Literal["folder", "link", "special", "submodule"] = "folder"


class Tree(Protocol):
    """The files that a check examines."""

    def files(self) -> Iterable[Entry]:
        """Return all regular files, in path order."""

    def unlisted(self) -> Iterable[Unlisted]:
        """Return what could not be listed, after `files`: unreadable folders, limits that were reached."""

    def read(self, path: str, *, max_bytes: int) -> bytes:
        """Return a file's bytes.

        Raises: `FileNotFoundError` where there is none; `UnreadableError` for a link, a device, a path that leaves the
        tree, or a file over `max_bytes`.
        """
