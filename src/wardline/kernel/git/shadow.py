"""A git directory of our own that shows git a stranger's objects and refs, and none of the stranger's settings.

Some thirty settings of git's name a program to run or a file to read (`core.fsmonitor`, `core.hooksPath`, `filter.*`,
`include.path`, ...), every version adds some, and `-c` cannot take back all of them. So git never sees the
repository's settings, hooks, attributes, grafts or remotes: it is given a new, private git directory, in which
`objects`, `refs` and the like are links to the real ones, and the settings are ours.

`GIT_DIR` being set, git does not ask who owns the repository either (`safe.directory`, whose refusal protects against
settings and hooks that are not read here): a container that checks out as another user just works.
"""

import os
import stat
from pathlib import Path
from typing import Final

from wardline.kernel.git.errors import GitError
from wardline.kernel.git.layout import Places

_SETTINGS: Final = """\
[core]
	repositoryformatversion = 1
	bare = {bare}
	bigFileThreshold = 32m
	fsmonitor = false
	hooksPath = /dev/null
	attributesFile = /dev/null
	excludesFile = /dev/null
	untrackedCache = false
[protocol]
	allow = never
[diff]
	renameLimit = 1000
[gc]
	auto = 0
[maintenance]
	auto = false
[extensions]
	objectFormat = {object_format}
{more}"""

_SHARED: Final = ("objects", "refs", "packed-refs", "reftable", "shallow")
_OWN: Final = ("FETCH_HEAD", "MERGE_HEAD", "ORIG_HEAD")  # names that a person may give as a revision
_MAX_HEAD_BYTES: Final = 4096
_MAX_SHARED_INDEXES: Final = 1000


def make(places: Places) -> Path:
    """Return a new private folder that git takes for the repository's git directory; `remove` it afterwards."""
    folder = _private_folder()
    reftable = places.ref_storage == "reftable"
    settings = _SETTINGS.format(
        bare="false" if places.top else "true",
        object_format=places.object_format,
        more="\trefStorage = reftable\n" if reftable else "",
    )
    (folder / "config").write_text(settings)
    (folder / "HEAD").write_bytes(_head(places.git_dir / "HEAD"))
    for name in _SHARED:
        _show(places.common_dir / name, folder / name)
    for name in _OWN:
        _show(places.git_dir / name, folder / name)
    # gitformat-index(5), split index: one of these is in use, the others are old
    shared = [name for name in os.listdir(places.git_dir) if name.startswith("sharedindex.")]  # noqa: PTH208 - names
    for name in shared[:_MAX_SHARED_INDEXES]:
        _show(places.git_dir / name, folder / name)
    (folder / "info").mkdir()
    _show(places.common_dir / "info/exclude", folder / "info/exclude")
    return folder


def remove(folder: Path) -> None:
    """Take the private folder away; the links go, what they point at stays."""
    for place in (folder / "info", folder):
        try:
            for name in os.listdir(place):  # noqa: PTH208 - names, to be joined
                if not (place / name).is_dir() or (place / name).is_symlink():
                    (place / name).unlink()
            place.rmdir()
        except OSError:
            continue


def _show(real: Path, link: Path) -> None:
    """Link to a regular file or a folder; a pipe or a device in its place, git would wait for."""
    try:
        mode = real.lstat().st_mode
    except OSError:
        return
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        link.symlink_to(real)


def _head(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise GitError("the repository's HEAD cannot be read") from error
    try:
        return os.read(descriptor, _MAX_HEAD_BYTES)
    finally:
        os.close(descriptor)


def _private_folder() -> Path:
    for parent in (os.environ.get("TMPDIR", ""), "/tmp", "/var/tmp"):  # noqa: S108 - a name nobody can guess, mode 0700
        folder = Path(parent) / f"wardline-{os.urandom(12).hex()}"
        try:
            if parent.startswith("/"):
                folder.mkdir(mode=0o700)
                return folder
        except OSError:
            continue
    raise GitError("no folder for temporary files can be written", hint="set TMPDIR to one")
