"""Go workspaces: `go.work`, for what it alone says: the toolchain, and replacements that hold for all its modules.

The modules that it uses are read by themselves, each from its own `go.mod`; a workspace selects the highest version
that any of them requires, so what it builds with is among theirs. A module that it uses outside of the examined tree is
not examined, and is said so.

Source: Go Modules Reference, "Workspaces".
"""

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.lockfiles.go_mod import add_standard_library, directives, in_tree, replacements
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import decoded

ID = "go-work"
TITLE = "go.work (Go)"
PATTERNS = ("go.work",)
ECOSYSTEMS = ("Go",)
UPGRADE = "go get {name}@v{version}"


def read(source: Source) -> Lockfile:
    """Return what a workspace adds to its modules. Raises: `LockfileError`."""
    found = list(directives(decoded(source.data)))
    gathering = Gathering()
    remedy = "examine that folder too: run the check on a folder that holds both"
    for entry in found:
        if entry.verb == "use":
            if len(entry.words) != 1:
                raise LockfileError("`use` takes one folder", line=entry.line)
            if not in_tree(source, entry.words[0]):
                reason = "is used from outside of the examined tree, or has no go.mod"
                gathering.skip(entry.words[0], reason, remedy, entry.line)
    for (name, _), (new, version) in replacements(found).items():
        line = next((entry.line for entry in found if entry.verb == "replace" and name in entry.words), 1)
        if version:
            gathering.add(Package("Go", new, version), line)
        elif not in_tree(source, new):
            gathering.skip(name, "is replaced by a folder outside of the examined tree", remedy, line)
    add_standard_library(gathering, found)
    return gathering.lockfile()
