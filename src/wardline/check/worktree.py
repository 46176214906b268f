"""A folder as it lies on disk, walked and read without ever being led out of it.

Every step goes through the descriptor of the folder above, with `O_NOFOLLOW`: a name that is swapped for a symbolic
link between one step and the next is refused, not followed. What is no regular file is not opened at all.
"""

import errno
import os
import stat
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, Literal

from wardline.check.tree import Entry, Unlisted, UnreadableError
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable

MAX_FILES: Final = 2_000_000
MAX_DEPTH: Final = 200
MAX_PATH_BYTES: Final = 4096
MAX_UNLISTED: Final = 100_000

_MACHINE: Final = Path("/")
_KERNELS_OWN: Final = ("dev/", "proc/", "sys/")

_UnlistedKind = Literal["folder", "link", "special", "submodule"]
_Entries = Iterator["os.DirEntry[str]"]
_Waiting = list[tuple[int, str, _Entries]]  # descriptor, path with its slash, entries to come

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_CHUNK_BYTES: Final = 16 * 1024 * 1024  # nearly every file in one read, without putting parts together


class WorkTree:
    """The regular files below a folder, or one file with its folder around it (`read` reaches the file's neighbours).

    `excluded(path)` is asked about every file and, as `path/`, about every folder; what it says yes to is left out and
    stands in `left_out`. `.git` is never entered. Installed packages (`node_modules`, virtual environments) are not
    entered but listed in `installed`, unless `tracked()` (paths that git tracks, from this root; asked once, when the
    first such folder is met) has one of their files: then they are source like any other. Without it, what looks
    installed counts as installed.

    The walk is made once and kept. The root may itself be reached through symbolic links; they are resolved here and
    now. An instance made before a fork opens its own descriptors in the child.
    """

    def __init__(
        self,
        root: Path,
        *,
        excluded: Callable[[str], bool] | None = None,
        tracked: Callable[[], Iterable[str]] | None = None,
        max_files: int = MAX_FILES,
    ) -> None:
        """Raise `AskedWronglyError` where `root` is neither a folder nor a regular file."""
        self.root, self._only = _resolved(root)
        self._excluded = excluded
        self._ask_tracked = tracked
        self._tracked: list[str] | None = None
        self._max_files = max_files
        self._files: list[Entry] | None = None
        self._unlisted: list[Unlisted] = []
        self.installed: list[str] = []
        self.left_out: list[str] = []
        self._opened: tuple[int, str, int] | None = None  # process, folder, descriptor

    def files(self) -> list[Entry]:
        """Return all regular files, in path order."""
        if self._files is None:
            self._files = self._walk() if self._only is None else self._single(self._only)
        return self._files

    def unlisted(self) -> list[Unlisted]:
        """Return what the walk met and did not list, at most `MAX_UNLISTED`: see `Unlisted.kind` for what matters."""
        self.files()
        return self._unlisted

    def read(self, path: str, *, max_bytes: int) -> bytes:
        """Return a file's bytes.

        Raises: `FileNotFoundError` where there is none; `UnreadableError` for a link, a device, a path that leaves the
        tree or enters `.git`, or a file over `max_bytes`, which a file that grows while it is read does not evade.
        """
        folder, _, name = _contained(path).rpartition("/")
        try:
            descriptor = self._folder(folder)
            facts = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            _regular(path, facts)
            _within(path, facts.st_size, max_bytes)
            return _content(path, os.open(name, _FILE, dir_fd=descriptor), max_bytes)
        except FileNotFoundError:
            raise
        except (OSError, ValueError) as error:
            raise UnreadableError(f"{printable(path)}: {_reason(error)}") from error

    def close(self) -> None:
        """Give back the descriptor that is kept open between two reads of one folder."""
        if self._opened is not None and self._opened[0] == os.getpid():
            os.close(self._opened[2])
        self._opened = None

    def _folder(self, path: str) -> int:
        """Return a descriptor of a folder, reached step by step; the last one is kept for the next file beside it."""
        if self._opened is not None and self._opened[:2] == (os.getpid(), path):
            return self._opened[2]
        self.close()
        descriptor = os.open(self.root, _FOLDER)
        for name in path.split("/") if path else ():
            above = descriptor
            try:
                descriptor = os.open(name, _FOLDER, dir_fd=above)
            finally:
                os.close(above)
        self._opened = (os.getpid(), path, descriptor)
        return descriptor

    def _single(self, name: str) -> list[Entry]:
        facts = (self.root / name).lstat()
        return [Entry(name, facts.st_size)] if stat.S_ISREG(facts.st_mode) else []

    def _walk(self) -> list[Entry]:
        """Return the files below the root, depth first, so that whole paths come in order.

        A folder sorts among its siblings as `name/`. The descriptors of the folders above stay open: they cannot be
        swapped for something else on the way.
        """
        found: list[Entry] = []
        waiting: _Waiting = []
        try:
            self._enter(None, "", ".", waiting)
            while waiting:
                descriptor, path, entries = waiting[-1]
                name = self._files_until_folder(descriptor, path, entries, found)
                if name is None:
                    waiting.pop()
                    os.close(descriptor)
                elif len(found) >= self._max_files:
                    self._unlist(path + name, f"more than {self._max_files} files: this one and all after it")
                    break
                elif len(waiting) > MAX_DEPTH:
                    self._unlist(path + name, f"nested more than {MAX_DEPTH} folders deep")
                elif not self._left_out(path + name + "/"):
                    self._enter(descriptor, path + name + "/", name, waiting)
        finally:
            for descriptor, _, _ in waiting:
                os.close(descriptor)
        return found

    def _files_until_folder(self, descriptor: int, path: str, entries: _Entries, found: list[Entry]) -> str | None:
        """Add the files that come next to `found`; return the name at which that ends: a folder, or one too many."""
        excluded = self._excluded
        for entry in entries:
            name = entry.name
            if entry.is_dir(follow_symlinks=False) or len(found) >= self._max_files:
                return name
            if name == ".git":  # a worktree's or a submodule's pointer
                continue
            below = path + name
            try:
                facts = os.lstat(name, dir_fd=descriptor)  # measured: a fifth faster than entry.stat
            except OSError as error:
                self._unlist(below, _reason(error), "special")
                continue
            if excluded is not None and self._left_out(below):
                continue
            if stat.S_ISREG(facts.st_mode):
                found.append(Entry(below, facts.st_size))
            else:
                self._unlist(below, _kind(facts.st_mode), "link" if stat.S_ISLNK(facts.st_mode) else "special")
        return None

    def _enter(self, above: int | None, path: str, name: str, waiting: _Waiting) -> None:
        """Put a folder's entries, in order, on the stack, unless it is not to be entered."""
        if name == ".git":
            return
        if len(os.fsencode(path)) > MAX_PATH_BYTES:
            self._unlist(path[:-1], f"a path of more than {MAX_PATH_BYTES} bytes")
            return
        if path in _KERNELS_OWN and self.root == _MACHINE:
            self._unlist(path[:-1], "the kernel's own files", "special")
            return
        if name == "node_modules" and self._is_installed(path):
            self.installed.append(path[:-1])
            return
        descriptor = -1
        try:
            descriptor = os.open(self.root, _FOLDER) if above is None else os.open(name, _FOLDER, dir_fd=above)
            with os.scandir(descriptor) as listing:
                entries = sorted(islice(listing, MAX_FILES), key=_order)
                if next(listing, None) is not None:
                    self._unlist(path[:-1] or ".", f"more than {MAX_FILES} names in one folder: all after those")
        except OSError as error:
            if descriptor >= 0:
                os.close(descriptor)
            self._unlist(path[:-1] or ".", _reason(error))
            return
        if above is not None and any(entry.name == "pyvenv.cfg" for entry in entries) and self._is_installed(path):
            os.close(descriptor)
            self.installed.append(path[:-1])
            return
        waiting.append((descriptor, path, iter(entries)))

    def _is_installed(self, folder: str) -> bool:
        """Return whether git tracks nothing below `folder` (which ends in `/`), as far as is known.

        Otherwise a file named `pyvenv.cfg` would be enough to keep a folder of a repository from being examined.
        """
        if self._ask_tracked is None:
            return True
        if self._tracked is None:
            self._tracked = sorted(self._ask_tracked())
        at = bisect_left(self._tracked, folder)
        return at == len(self._tracked) or not self._tracked[at].startswith(folder)

    def _left_out(self, path: str) -> bool:
        if self._excluded is not None and self._excluded(path):
            self.left_out.append(path)
            return True
        return False

    def _unlist(self, path: str, reason: str, kind: _UnlistedKind = "folder") -> None:
        if len(self._unlisted) < MAX_UNLISTED:
            self._unlisted.append(Unlisted(path, reason, kind))


def _order(entry: os.DirEntry[str]) -> str:
    return entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name


def _resolved(root: Path) -> tuple[Path, str | None]:
    """Return the folder to walk, and the one file in it that was asked for, if it was a file."""
    try:
        real = root.resolve(strict=True)
        mode = real.stat().st_mode
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, before Python 3.13
        raise AskedWronglyError(f"{printable(str(root))}: {_reason(error)}") from error
    if stat.S_ISDIR(mode):
        return real, None
    if stat.S_ISREG(mode):
        return real.parent, real.name
    raise AskedWronglyError(f"{printable(str(root))}: {_kind(mode)}, neither a folder nor a file")


def _contained(path: str) -> str:
    """Return the path without `./`, or raise `UnreadableError` where it could lead out of the tree."""
    parts = [part for part in path.split("/") if part != "."]
    if path.startswith("/") or ".." in parts or "" in parts or "\0" in path or not parts:
        raise UnreadableError(f"{printable(path)}: not a path inside the examined tree")
    if ".git" in parts:
        raise UnreadableError(f"{printable(path)}: git's own files are not examined as files")
    return "/".join(parts)


def _regular(path: str, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise UnreadableError(f"{printable(path)}: {_kind(facts.st_mode)}")


def _within(path: str, size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise UnreadableError(f"{printable(path)}: {size} bytes, more than the {max_bytes} that are read of one file")


def _content(path: str, descriptor: int, max_bytes: int) -> bytes:
    try:
        facts = os.fstat(descriptor)
        _regular(path, facts)
        parts: list[bytes] = []
        total = 0
        while part := os.read(descriptor, min(max(facts.st_size - total, 0) + 1, _CHUNK_BYTES)):
            total += len(part)
            _within(path, total, max_bytes)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
    finally:
        os.close(descriptor)


def _kind(mode: int) -> str:
    for test, name in (
        (stat.S_ISLNK, "a symbolic link, which is not followed"),
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    ):
        if test(mode):
            return name
    return "no regular file"


def _reason(error: BaseException) -> str:
    """Return the system's words for an error, without the path, which may be the server's own."""
    if isinstance(error, NotADirectoryError) or getattr(error, "errno", 0) == errno.ELOOP:
        return "a part of its path is a symbolic link, which is not followed, or no folder"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the path cannot be used"
