"""Where a repository keeps what: found in Python, before git is asked anything, and refused where it points elsewhere.

A stranger's `.git` can be a file that names another repository of the user's, a folder that shares one's objects, or a
farm of symbolic links. What is honest about such pointers can be checked: a linked work tree and a submodule are both
pointed back at by what they point to.

Source: gitrepository-layout(5), gitformat-index(5).
"""

import os
import re
import stat
from pathlib import Path
from typing import Final, NamedTuple

from wardline.kernel.git.errors import GitError
from wardline.kernel.text import printable

_MAX_POINTER_BYTES: Final = 8 * 1024
_MAX_CONFIG_BYTES: Final = 1024 * 1024
_FILES: Final = ("config", "index", "packed-refs", "shallow", "objects/info/alternates", "info/exclude")
_FOLDERS: Final = ("objects", "objects/info", "objects/pack", "refs", "reftable", "info")


class Places(NamedTuple):
    """The folders of a repository. `top` is the work tree's, None where it has none (bare)."""

    top: Path | None
    git_dir: Path  # HEAD and the index: this work tree's own
    common_dir: Path  # objects, refs and settings: shared by all its work trees
    object_format: str  # "sha1", "sha256"
    ref_storage: str  # "files", "reftable"


def find(path: Path) -> Places | None:
    """Return the places of the repository that `path` is in, or None where it is in none.

    Raises: `GitError` where the repository is made of what lies elsewhere.
    """
    real = path.resolve()
    for folder in (real, *real.parents):
        pointer = folder / ".git"
        mode = _mode(pointer)
        if stat.S_ISLNK(mode):
            raise GitError(f"{_named(pointer)} is a symbolic link, which is not followed")
        if stat.S_ISDIR(mode) and _is_git_dir(pointer):
            if _mode(pointer / "commondir"):
                raise GitError(
                    f"{_named(pointer)} says that its objects are elsewhere, as only a linked work tree's may"
                )
            return _places(folder, pointer, pointer)
        if stat.S_ISREG(mode):
            return _pointed_at(folder, pointer)
        if _is_git_dir(folder):
            return _places(None, folder, folder)
    return None


def _is_git_dir(folder: Path) -> bool:
    return (
        stat.S_ISREG(_mode(folder / "HEAD"))
        and stat.S_ISDIR(_mode(folder / "objects"))
        and stat.S_ISDIR(_mode(folder / "refs"))
    )


def _pointed_at(top: Path, pointer: Path) -> Places:
    """Return the places of a linked work tree or a submodule, whose repository must point back at it."""
    words = _text(pointer, _MAX_POINTER_BYTES)
    if not words.startswith("gitdir: "):
        raise GitError(f"{_named(pointer)} is not a pointer to a repository")
    git_dir = _leads_to(top, words.removeprefix("gitdir: "))
    if _mode(git_dir / "gitdir") and _mode(git_dir / "commondir"):
        back = _leads_to(git_dir, _text(git_dir / "gitdir", _MAX_POINTER_BYTES))
        common = _leads_to(git_dir, _text(git_dir / "commondir", _MAX_POINTER_BYTES))
        if back == pointer and git_dir.parent == common / "worktrees":
            return _places(top, git_dir, common)
    elif _is_git_dir(git_dir):
        named = _setting(_text(git_dir / "config", _MAX_CONFIG_BYTES), "core", "worktree")
        if named is not None and _leads_to(git_dir, named) == top:
            return _places(top, git_dir, git_dir)
    raise GitError(
        f"{_named(pointer)} names a repository elsewhere that does not know of this work tree",
        hint="if it is yours: `git worktree repair`, or `git config core.worktree` there",
    )


def _places(top: Path | None, git_dir: Path, common_dir: Path) -> Places:
    for folder in dict.fromkeys((git_dir, common_dir)):
        for kind, parts in ((stat.S_IFREG, _FILES), (stat.S_IFDIR, _FOLDERS)):
            for part in parts:
                _must_be(folder / part, kind)
    settings = _text(common_dir / "config", _MAX_CONFIG_BYTES)
    return Places(
        top,
        git_dir,
        common_dir,
        _known(_setting(settings, "extensions", "objectformat"), ("sha1", "sha256")),
        _known(_setting(settings, "extensions", "refstorage"), ("files", "reftable")),
    )


def _must_be(path: Path, kind: int) -> None:
    """Refuse what leads elsewhere, and what git would wait for."""
    mode = _mode(path)
    if mode and stat.S_IFMT(mode) != kind:
        what = "a symbolic link, which is not followed" if stat.S_ISLNK(mode) else "not what git puts there"
        raise GitError(f"{_named(path)} is {what}")


def borrowed(places: Places) -> str | None:
    """Return a folder outside the repository that it takes objects from, if it does (`git clone --reference`)."""
    alternates = places.common_dir / "objects/info/alternates"
    if not _mode(alternates):
        return None
    objects = places.common_dir / "objects"
    for line in _text(alternates, _MAX_POINTER_BYTES).splitlines():
        if line and not line.startswith("#") and not _leads_to(objects, line).is_relative_to(places.common_dir):
            return printable(line)
    return None


def _setting(text: str, section: str, name: str) -> str | None:
    """Return a setting's value as far as this needs one: a plain `name = value` below `[section]`; the last counts."""
    within = False
    found = None
    for line in text.splitlines():
        header = re.match(r'\s*\[\s*([A-Za-z0-9.-]+)\s*("[^"]*")?\s*\]', line)
        if header:
            within = header.group(1).lower() == section and header.group(2) is None
            line = line[header.end() :]  # noqa: PLW2901 - a setting may stand behind its header
        key, equals, value = line.partition("=")
        if within and equals and key.strip().lower() == name:
            found = value.strip().strip('"')
    return found


def _known(value: str | None, known: tuple[str, ...]) -> str:
    if value is None:
        return known[0]
    if value.lower() not in known:
        raise GitError(f"the repository's format {printable(value, max_chars=40)!r} is not known to Wardline")
    return value.lower()


def _leads_to(folder: Path, words: str) -> Path:
    try:
        return (folder / words.rstrip("\r\n")).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # too long; links in a circle, before Python 3.13; NUL
        raise GitError(f"a pointer in {_named(folder)} leads nowhere") from error


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except (OSError, ValueError):
        return 0


def _text(path: Path, max_bytes: int) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise GitError(f"{_named(path)} is not a file")
            content = os.read(descriptor, max_bytes + 1)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise GitError(f"{_named(path)} cannot be read") from error
    if len(content) > max_bytes:
        raise GitError(f"{_named(path)} is larger than {max_bytes} bytes")
    return os.fsdecode(content)


def _named(path: Path) -> str:
    """Return the last two parts of a path: enough for the reader, and no more of the machine than that."""
    return printable("/".join(path.parts[-2:]))
