"""Manifests that ask for third-party packages and have no lockfile: which versions they bring, nobody can say.

Pure on the list of all paths and a function that reads one. A manifest is covered by a lockfile of its ecosystem in
its own folder, by an SBOM there, or by a lockfile in a folder above where that folder's manifest makes a workspace of
those below. What is installed (`node_modules`, a Composer `vendor`) is covered by the lockfile beside it, and is one
gap where there is none. Linear in the number of paths; a manifest is read only where nothing covers it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from wardline.check.dependencies.manifests import BY_EXTENSION, BY_NAME, Asks, Manifest
from wardline.check.dependencies.model import LockfileError

MAX_MANIFEST_BYTES: Final = 4 * 1024 * 1024

_SBOM: Final = r"(?:s?bom\.(?:json|xml)|.+\.(?:cdx\.(?:json|xml)|spdx(?:\.json)?|sbom\.(?:json|xml)))"
_KINDS: Final = (*BY_NAME.values(), *BY_EXTENSION.values())
_LOCKS: Final = frozenset().union(*(kind.locks for kind in _KINDS))
_LOCK_PATTERN: Final = "|".join(sorted({kind.lock_pattern for kind in _KINDS} - {""}))
NAMED_AS_LOCK: Final = f"{_SBOM}|{_LOCK_PATTERN}"
LOCK_ENDS: Final = (".json", ".xml", ".spdx", ".toml", ".txt", ".config")  # how all names end that these patterns match
# Folders that hold what a tool installed.
_INSTALLED: Final = r"(?:\A|/)(node_modules|bower_components|Pods|Carthage|vendor|deps|site-packages|dist-packages)/"
# What shows that such a folder is what its name says, relative to the folder it stands in; and the manifest behind it.
_SHOWN_BY: Final = {
    "vendor": (
        ("vendor/composer/installed.json", "composer.json"),
        ("vendor/autoload.php", "composer.json"),
        ("vendor/modules.txt", "go.mod"),
    ),
    "deps": (("mix.exs", "mix.exs"), ("rebar.config", "rebar.config")),
}
_BEHIND: Final = {"node_modules": "package.json", "Pods": "Podfile", "Carthage": "Cartfile"}
_PYTHON: Final = frozenset({"site-packages", "dist-packages"})  # each installed package there is read by itself

Gap = tuple[str, str, str]


class _Tree:
    """What the paths of a tree say, and what its manifests say once they are asked."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self.paths = frozenset(paths)
        self.locks: dict[str, set[str]] = {}
        self.manifests: list[tuple[str, str, Manifest]] = []  # folder, base name, kind
        self.installed: dict[str, str] = {}  # folder -> the manifest behind it
        self._above: dict[tuple[str, int], bool] = {}
        for path in self.paths:
            folder, _, name = path.rpartition("/")
            kind = BY_NAME.get(name) or (BY_EXTENSION.get(name[name.rfind(".") :]) if "." in name else None)
            if kind is not None:
                self._add(path, folder, name, kind)
            if name in _LOCKS or (name.endswith(LOCK_ENDS) and re.fullmatch(NAMED_AS_LOCK, name)):
                self.locks.setdefault(folder, set()).add(name)
            if name.endswith(".txt") and f"/{folder}".endswith("/requirements"):
                self.locks.setdefault(folder[: -len("/requirements")], set()).add("requirements.txt")
            if name.endswith(".lockfile") and f"/{folder}".endswith("/gradle/dependency-locks"):
                self.locks.setdefault(folder[: -len("/gradle/dependency-locks")], set()).add("gradle.lockfile")

    def _add(self, path: str, folder: str, name: str, kind: Manifest) -> None:
        match = re.search(_INSTALLED, path)
        while match is not None:
            behind = self._behind(path[: match.start(1)], match[1])
            if behind is not None:
                if match[1] not in _PYTHON:
                    self.installed[path[: match.end(1)]] = behind
                return
            match = re.compile(_INSTALLED).search(path, match.end() - 1)
        self.manifests.append((folder, name, kind))

    def _behind(self, prefix: str, name: str) -> str | None:
        """Return the manifest behind a folder of installed packages ("" if unknown), None for an ordinary folder."""
        if name in _SHOWN_BY:
            return next((behind for shown, behind in _SHOWN_BY[name] if prefix + shown in self.paths), None)
        return _BEHIND.get(name, "")

    def covered(self, folder: str, name: str, kind: Manifest) -> bool:
        """Return whether a lockfile covers a manifest of this kind in this folder."""
        if self._locked(folder, kind):
            return True
        return not self.asked(_joined(folder, name), kind.apart) and self._covered_above(folder, kind)

    def _locked(self, folder: str, kind: Manifest) -> bool:
        names = self.locks.get(folder, ())
        return any(_joined(folder, path) in self.paths for path in kind.above) or any(
            name in kind.locks
            or re.fullmatch(_SBOM, name)
            or (kind.lock_pattern and re.fullmatch(kind.lock_pattern, name))
            for name in names
        )

    def _covered_above(self, folder: str, kind: Manifest) -> bool:
        """Return whether a folder above has a lockfile that covers those below it. Each folder is asked once."""
        walked = []
        answer = False
        while folder and (folder, id(kind)) not in self._above:
            walked.append(folder)
            folder = folder.rpartition("/")[0]
            if self._is_workspace(folder, kind):
                answer = True
                break
        else:
            answer = self._above.get((folder, id(kind)), False)
        for below in walked:
            self._above[below, id(kind)] = answer
        return answer

    def _is_workspace(self, folder: str, kind: Manifest) -> bool:
        if any(_joined(folder, path) in self.paths for path in kind.above):
            return True
        if not any(name in kind.locks for name in self.locks.get(folder, ())):
            return False
        if any(_joined(folder, path) in self.paths for path in kind.marks):
            return True
        return any(
            self.asked(_joined(folder, name), kind.workspace) for name, known in BY_NAME.items() if known is kind
        )

    def asked(self, path: str, question: Asks) -> bool | None:
        """Return a manifest's answer, None where it cannot be read; False where there is none."""
        if path not in self.paths:
            return False
        data = self._read(path)
        if data is None or len(data) > MAX_MANIFEST_BYTES:
            return None
        try:
            return question(data)
        except LockfileError:
            return None


def unlocked(paths: Iterable[str], read: Callable[[str], bytes | None]) -> list[Gap]:
    """Return (path, reason, remedy) for every manifest that asks for packages and that no lockfile covers.

    `paths` are all files of a tree; `read(path)` gives one's bytes, or None where it cannot be read. A manifest that
    asks for nothing is no gap; one that cannot be read is, since it may ask for anything.
    """
    tree = _Tree(paths, read)
    gaps = list(_installed(tree))
    for folder, name, kind in tree.manifests:
        path = _joined(folder, name)
        asks = not tree.covered(folder, name, kind) and tree.asked(path, kind.asks)
        if asks is None:
            gaps.append((path, f"{kind.title} cannot be read, and no lockfile covers it", kind.remedy))
        elif asks:
            gaps.append((path, f"{kind.title} asks for packages, and no lockfile says which versions", kind.remedy))
    return sorted(gaps)


def _installed(tree: _Tree) -> Iterator[Gap]:
    """Yield the folders of installed packages that neither a lockfile nor a manifest beside them speaks for."""
    for folder, behind in tree.installed.items():
        above = folder.rpartition("/")[0]
        kind = BY_NAME.get(behind)
        if behind and _joined(above, behind) in tree.paths:
            continue  # read, or a gap, by itself
        if kind is None or not tree.covered(above, behind, kind):
            remedy = kind.remedy if kind else "remove the folder from the tree, or make an SBOM of it"
            yield folder, "packages are installed here, and no lockfile says which versions", remedy


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
