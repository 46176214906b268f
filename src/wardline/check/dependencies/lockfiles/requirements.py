"""pip: requirements files, with what they include by `-r` and what `-c` constrains.

Examined are requirements with one exact version (`==` without a wildcard, `===`), wheels and source archives whose file
name tells, and unpinned ones that a constraints file named by `-c` pins. Every other requirement (`requests>=2`, a
branch in git) is not examined, and said so: which version will be installed is not in the file. Markers do not take a
requirement out. What `-r` includes counts for the file that includes it, at the line that does. Local folders (`-e .`)
are not third-party.

Comments `# via` (pip-compile, `uv pip compile`) tell what is direct and who needs whom; without them that is not known.
The group follows from the file's name: `requirements-dev.txt` and `requirements/test.txt` are not production's.

Not known: dates; transitive packages that the file does not list (`pip freeze` and pip-compile list all).

Source: pip's documentation, "Requirements File Format" and "Constraints Files"; PEP 440 and PEP 508.
"""

import posixpath
import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.lockfiles._asked import by_python_name, mark
from wardline.check.dependencies.lockfiles._requirement import Requirement, named_in_file, normalised, parsed
from wardline.check.dependencies.lockfiles._requirement_lines import Line, logical_lines
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source

ID = "requirements"
TITLE = "requirements.txt (pip)"
PATTERNS = ("requirements*.txt", "*requirements.txt", "requirements/*.txt")
ECOSYSTEMS = ("PyPI",)

_UNPINNED: Final = "pin it to one exact version, for all packages with `pip-compile` or `uv pip compile`"
_MAX_FILES: Final = 100
_GROUPS: Final = {
    "dev": "dev", "develop": "dev", "development": "dev", "test": "test", "tests": "test", "testing": "test",
    "doc": "docs", "docs": "docs", "lint": "lint", "linting": "lint", "ci": "ci",
}  # fmt: skip
_INCLUDE: Final = re.compile(
    r"(?:-r\s*|--requirement[\s=]+)(?P<r>\S.*)|(?:-c\s*|--constraint[\s=]+)(?P<c>\S.*)", re.DOTALL
)
_EDITABLE: Final = re.compile(r"(?:-e\s*|--editable[\s=]+)(?P<target>\S.*)", re.DOTALL)
_EGG: Final = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_OPTION: Final = re.compile(r"\s--?[A-Za-z]")
_REMOTE: Final = re.compile(r"(?:(?:git|hg|svn|bzr)\+)?[a-z][a-z0-9+.-]*://|(?:git|hg|svn|bzr)\+", re.IGNORECASE)
_PATH: Final = re.compile(r"\.{1,2}(?:[/\\\[]|\Z)|/|~/|file:|[A-Za-z]:\\|.*[/\\]", re.DOTALL)


@dataclass(slots=True)
class _Reading:
    """A requirements file and its includes being read."""

    source: Source
    groups: tuple[str, ...]
    gathering: Gathering = field(default_factory=Gathering)
    constraints: dict[str, str] = field(default_factory=dict)  # exact versions by normalised name
    via: dict[int, list[str]] = field(default_factory=dict)  # what `# via` says, by the package's number
    pending: list[tuple[Requirement, Line, int]] = field(default_factory=list)  # unpinned; the line in this file
    files: int = 0

    def add(self, name: str, version: str, place: int, via: list[str]) -> None:
        """Add a package, at a line of the outermost file, with what `# via` says."""
        number = self.gathering.add(Package("PyPI", name, version, self.groups), place)
        self.via.setdefault(number, []).extend(via)


class _Within(NamedTuple):
    """Where a file being read is: its folder, the line in the outermost file that includes it, the files that do."""

    folder: str = ""
    at: int | None = None
    above: tuple[str, ...] = ()


def read(source: Source) -> Lockfile:
    """Return the packages that a requirements file pins. Raises: `LockfileError`."""
    name = posixpath.basename(source.path)
    reading = _Reading(source, _groups(source.path))
    if name.startswith("constraints"):  # says nothing by itself: it holds where a requirements file names it
        return reading.gathering.lockfile()
    _read_file(reading, source.data, _Within())
    for requirement, line, at in reading.pending:
        pinned = reading.constraints.get(normalised(requirement.name))
        if pinned is None:
            reading.gathering.skip(requirement.name, "has no exact version", _UNPINNED, at)
        else:
            reading.add(requirement.name, pinned, at, line.via)
    return _lockfile(reading)


def _groups(path: str) -> tuple[str, ...]:
    folder, name = posixpath.split(path)
    words = re.split(r"[-_.]", name.lower().removesuffix(".txt"))
    if posixpath.basename(folder) != "requirements" and "requirements" not in words:
        return ()
    return tuple(sorted({_GROUPS[word] for word in words if word in _GROUPS}))


def _read_file(reading: _Reading, data: bytes, within: _Within) -> None:
    for line in logical_lines(data):
        place = line.number if within.at is None else within.at
        included = _INCLUDE.match(line.text)
        if included:
            _include(reading, included, within._replace(at=place))
        elif line.text.startswith("-") and not _EDITABLE.match(line.text):
            if not line.is_known_option():
                reading.gathering.skip(_shown(line.text), "is an option that is not known", "remove it", place)
        else:
            _requirement(reading, line, place)


def _include(reading: _Reading, included: re.Match[str], within: _Within) -> None:
    name = (included["r"] or included["c"]).strip().strip("\"'")
    path = posixpath.normpath(posixpath.join(within.folder, name))
    if path in within.above:  # pip reads in circles until it is stopped; each file once says all there is
        return
    reading.files += 1
    problem, data = "", None
    if _REMOTE.match(name) or name.startswith(("/", "~")):
        problem = "is not in this tree"
    elif reading.files > _MAX_FILES:
        problem = f"is more than {_MAX_FILES} files deep or wide"
    else:
        try:
            data = reading.source.near(path)
            problem = "" if data is not None else "is not there"
        except LockfileError as error:
            problem = f"cannot be read ({error.detail})"
    if data is None:
        reading.gathering.skip(_shown(name), f"is included and {problem}", "include a file of this tree", within.at)
    elif included["r"]:
        _read_file(reading, data, _Within(posixpath.dirname(path), within.at, (*within.above, path)))
    else:
        _constrain(reading, data)


def _constrain(reading: _Reading, data: bytes) -> None:
    for line in logical_lines(data):
        requirement = parsed(_without_options(line.text))
        if requirement is not None and requirement.exact:
            reading.constraints.setdefault(normalised(requirement.name), requirement.exact)


def _without_options(line: str) -> str:
    option = _OPTION.search(line)
    return line[: option.start()] if option else line


def _requirement(reading: _Reading, line: Line, place: int) -> None:
    editable = _EDITABLE.match(line.text)
    stated = _without_options(editable["target"] if editable else line.text).strip()
    requirement = (
        None if _REMOTE.match(stated) or _PATH.match(stated.partition(" @")[0].partition(";")[0]) else parsed(stated)
    )
    url = stated if requirement is None else requirement.url
    if requirement is not None and requirement.exact and not url:
        reading.add(requirement.name, requirement.exact, place, line.via)
    elif requirement is not None and not url:
        reading.pending.append((requirement, line, place))
    elif named := named_in_file(url.partition(";")[0].strip().partition("#")[0].partition("?")[0].rpartition("/")[2]):
        reading.add(requirement.name if requirement else named[0], named[1], place, line.via)
    elif requirement is not None or _REMOTE.match(url):
        egg = _EGG.search(url)
        name = requirement.name if requirement else egg.group(1) if egg else _shown(url)
        if not url.startswith("file:"):
            reading.gathering.skip(name, "is a repository or an archive without a version", _UNPINNED, place)
    elif not _PATH.match(url) and not editable:
        reading.gathering.skip(_shown(stated), "is no requirement", "write it as pip does", place)


def _shown(url: str) -> str:
    """Return a place without what may be a credential in it."""
    return re.sub(r"//[^/@]*@", "//", url)[:100]


def _lockfile(reading: _Reading) -> Lockfile:
    packages = reading.gathering.packages
    if not any(reading.via.values()):
        return reading.gathering.lockfile()
    by_name = by_python_name(packages)
    edges: list[dict[int, None]] = [{} for _ in packages]
    roots: dict[int, tuple[str, ...]] = {}
    unsaid: set[int] = set()
    for number, origins in reading.via.items():
        unsaid |= {number} if not origins else set()
        for origin in origins:
            needing = by_name.get(normalised(origin), ()) if _is_name(origin) else ()
            for parent in needing:
                edges[parent][number] = None
            if not needing and not origin.startswith(("-c ", "--constraint")):
                roots[number] = packages[number].groups or ("",)
    graph = mark(packages, [list(needs) for needs in edges], roots, complete=True, grouped=False)
    for number in unsaid:
        packages[number] = packages[number]._replace(direct=None)
    return reading.gathering.lockfile(graph=lambda: graph)


def _is_name(origin: str) -> bool:
    requirement = parsed(origin)
    return requirement is not None and "(" not in origin and not origin.startswith("-")
