"""What names third-party packages and is no lockfile that is read: each a gap with its way out, never silence.

Manifests without a lockfile, formats that are only recognised, environments that nobody locked, links and folders that
could not be entered.
"""

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from wardline.check.dependencies.formats import Formats
from wardline.check.dependencies.model import MAX_LOCKFILE_BYTES
from wardline.check.dependencies.recognised import recognised
from wardline.check.dependencies.unlocked import unlocked
from wardline.check.tree import Tree, Unlisted, UnreadableError
from wardline.findings.report import Gap
from wardline.kernel.text import printable

_NODE: Final = "node_modules"


def beside(
    tree: Tree,
    paths: Collection[str],
    formats: Formats,
    in_scope: Callable[[str], bool],
    changed: Collection[str] | None = None,
) -> list[Gap]:
    """Return the gaps of a tree whose files in scope are `paths`; with `changed`, only of what the change touches."""

    def read(path: str) -> bytes | None:
        try:
            return tree.read(path, max_bytes=MAX_LOCKFILE_BYTES)
        except (OSError, UnreadableError):
            return None

    gaps = []
    for path in paths if changed is None else sorted(set(changed) & set(paths)):
        known = recognised(path)
        if known is not None and formats.of(path) is None:
            gaps.append(_gap(path, f"{known[0]} is recognised, and not read yet", known[1]))
    for path, reason, remedy in unlocked(paths, read):
        if changed is None or path in changed:
            gaps.append(_gap(path, reason, remedy))
    gaps += _unlisted(tree, formats, in_scope, changed)
    if changed is None:
        gaps += _installed(getattr(tree, "installed", ()), paths, formats, in_scope)
    return gaps


def _unlisted(
    tree: Tree, formats: Formats, in_scope: Callable[[str], bool], changed: Collection[str] | None
) -> Iterator[Gap]:
    for unlisted in tree.unlisted():
        if in_scope(unlisted.path) and (changed is None or unlisted.path in changed) and _matters(unlisted, formats):
            yield _gap(
                unlisted.path, unlisted.reason, "put a regular file or folder there, or exclude it with a reason"
            )


def _matters(unlisted: Unlisted, formats: Formats) -> bool:
    """Return whether a package may be named there: in a folder that was not entered always, else by the name."""
    return unlisted.kind in {"folder", "submodule"} or formats.of(unlisted.path) is not None


def _installed(
    folders: Iterable[str], paths: Iterable[str], formats: Formats, in_scope: Callable[[str], bool]
) -> Iterator[Gap]:
    """Yield a gap for each installed environment whose packages no lockfile near it names."""
    folders = [folder for folder in folders if in_scope(folder)]
    if not folders:
        return
    locked: dict[str, set[str]] = {"npm": set(), "PyPI": set()}
    for path in paths:
        known = formats.of(path)
        for ecosystem in known.plugin.declared["ECOSYSTEMS"] if known else ():
            if ecosystem in locked:
                locked[ecosystem].add(posixpath.dirname(path))
    for folder in folders:
        node = posixpath.basename(folder.rstrip("/")) == _NODE
        home = posixpath.dirname(folder.rstrip("/"))
        if not any(_near(home, place) for place in locked["npm" if node else "PyPI"]):
            what = "an installed Node environment" if node else "an installed Python environment"
            remedy = "npm install --package-lock-only" if node else "lock it: uv lock, or pip freeze > requirements.txt"
            yield _gap(folder, f"{what} that no lockfile describes", remedy)


def _near(home: str, place: str) -> bool:
    """Return whether one folder is the other, or lies in it."""
    return (
        home == place
        or f"{home}/".startswith(f"{place}/" if place else "")
        or place.startswith(f"{home}/" if home else "")
    )


def _gap(scope: str, reason: str, remedy: str) -> Gap:
    return Gap(practice="dependencies", scope=printable(scope), reason=printable(reason), remedy=printable(remedy))
