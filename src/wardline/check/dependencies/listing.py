"""Every lockfile of a tree, read; and everything that names third-party packages and was not read, with its reason."""

import posixpath
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from wardline.check.dependencies.beside import beside
from wardline.check.dependencies.formats import Format, Formats
from wardline.check.dependencies.model import MAX_LOCKFILE_BYTES, Lockfile, LockfileError, Package, Source
from wardline.check.model import View
from wardline.check.tree import Tree, UnreadableError
from wardline.findings.report import Gap
from wardline.kernel.sandbox import OvertimeError, deadline
from wardline.kernel.text import printable

SECONDS_PER_LOCKFILE: Final = 20.0
# A change to one of these beside a lockfile changes what the lockfile means (what is direct, which file it includes).
_COMPANIONS: Final = frozenset(
    {".txt", ".in", ".toml", ".json", ".xml", ".mod", ".sum", ".work", ".props", ".gradle", ".cfg"}
)


class Read(NamedTuple):
    """One lockfile that was read: where, as what, and what it says."""

    path: str
    format: Format
    lockfile: Lockfile


class Listing:
    """The packages of a tree in the order of its lockfiles, the gaps beside them, and how many files were excluded."""

    def __init__(self) -> None:
        self.read: list[Read] = []
        self.gaps: list[Gap] = []
        self.excluded = 0
        # A circle: in a process that does not look for cycles, what was read is never taken apart, object by object,
        # which would take a large lockfile's check 4 ms.
        self._whole = self

    def packages(self) -> list[Package]:
        """Return all packages; the same package in two lockfiles stands twice."""
        return [package for read in self.read for package in read.lockfile.packages]

    def places(self) -> Callable[[int], tuple[Read, int]]:
        """Return a function from an index into `packages()` to the lockfile and the index within it."""
        ends = list(accumulate(len(read.lockfile.packages) for read in self.read))

        def place(number: int) -> tuple[Read, int]:
            at = bisect_right(ends, number)
            return self.read[at], number - (ends[at - 1] if at else 0)

        return place


def listing(tree: Tree, formats: Formats, view: View, changed: Collection[str] | None = None) -> Listing:
    """Return what the lockfiles of `tree` in scope say; with `changed`, only of those that these paths concern."""
    listed = Listing()
    inside: list[str] = []
    locked: list[tuple[str, Format]] = []
    for entry in tree.files():
        path = entry.path
        known = formats.of(path)
        if view.in_scope(path):
            inside.append(path)
            if known is not None:
                locked.append((path, known))
        elif known is not None:
            listed.excluded += 1
    if changed is not None:
        locked = list(_concerned(locked, changed))
    for path, known in locked:
        view.doing(f"dependencies: {printable(path)}")
        _read(tree, path, known, view, listed)
    view.doing("dependencies: what is no lockfile and names packages")
    listed.gaps += beside(tree, inside, formats, view.in_scope, changed)
    return listed


def _concerned(locked: Iterable[tuple[str, Format]], changed: Collection[str]) -> Iterator[tuple[str, Format]]:
    folders = {posixpath.dirname(path) for path in changed if posixpath.splitext(path)[1] in _COMPANIONS}
    includes = {posixpath.splitext(path)[1] for path in changed} & {".txt", ".in", ".xml"}
    for path, known in locked:
        extension = posixpath.splitext(path)[1]
        if path in changed or posixpath.dirname(path) in folders or extension in includes:
            yield path, known


def _read(tree: Tree, path: str, known: Format, view: View, listed: Listing) -> None:
    shown = printable(path)
    if shown in view.skip:
        listed.gaps.append(_gap(shown, view.skip[shown], _remedy(known)))
        return
    try:
        with deadline(SECONDS_PER_LOCKFILE):
            data = tree.read(path, max_bytes=MAX_LOCKFILE_BYTES)
            lockfile: Lockfile = known.plugin.load().read(Source(path, data, _near(tree, path)))
    except OvertimeError:
        reason = f"reading it as {known.title} took longer than {SECONDS_PER_LOCKFILE:.0f} s"
        listed.gaps.append(_gap(shown, reason, _remedy(known)))
    except LockfileError as error:
        place = f"{shown}:{error.line}" if error.line else shown
        listed.gaps.append(_gap(place, printable(error.detail), printable(error.hint) or _remedy(known)))
    except (UnreadableError, OSError) as error:
        reason = error.detail if isinstance(error, UnreadableError) else error.strerror or type(error).__name__
        listed.gaps.append(_gap(shown, printable(reason), "make it a readable file of its own"))
    except Exception as error:  # noqa: BLE001 - a plug-in's crash is a gap that names it, never an end or a pass
        reason = f"the reader for {known.title} (rule lockfiles/{known.id}) failed: {type(error).__name__}"
        listed.gaps.append(
            _gap(shown, reason, "report this as a defect of Wardline, with the file if you can share it")
        )
    else:
        listed.read.append(Read(path, known, lockfile))
        for part in lockfile.unread:
            place = f"{shown}:{part.line}" if part.line else shown
            listed.gaps.append(
                _gap(place, printable(part.reason), printable(part.remedy) or _remedy(known), part.units)
            )


def _near(tree: Tree, path: str) -> Callable[[str], bytes | None]:
    folder = posixpath.dirname(path)

    def near(relative: str) -> bytes | None:
        wanted = posixpath.normpath(posixpath.join(folder, relative))
        try:
            return tree.read(wanted, max_bytes=MAX_LOCKFILE_BYTES)
        except FileNotFoundError:
            return None
        except UnreadableError as error:
            raise LockfileError(f"{printable(relative)}: {error.detail}") from error

    return near


def _gap(scope: str, reason: str, remedy: str, units: int = 1) -> Gap:
    return Gap(practice="dependencies", scope=scope, reason=reason, remedy=remedy, units=units)


def _remedy(known: Format) -> str:
    return f"make {known.title} anew with its own tool, or exclude it in .wardline/policy.toml with a reason"
